// The keyboard's places in a figure: each kind of stop is one stop of the Tab key, and arrows go on from there.
import { setAttributes } from "../figures/svg.js";

/**
 * A place on which the keyboard can stand.
 *
 * @typedef {object} Mark
 * @property {string} name data-name
 * @property {string} stop its kind, such as "weight"; a "toggle" is a switch, all others are buttons
 * @property {boolean} [chosen] whether Tab stops here; where no mark of a kind says so, it stops where it did last
 * @property {boolean} pressed
 * @property {string} label
 */

/** @typedef {Map<string, { node: SVGElement }>} Nodes by name */

const NONE = { role: null, tabindex: null, "aria-label": null, "aria-pressed": null, "aria-checked": null, "data-stop": null };

export class Stops {
  /** @type {Map<string, Mark[]>} */ kinds = new Map();
  /** By kind, at which of its marks Tab stops. @type {Map<string, number>} */ places = new Map();
  /** @type {Nodes} */ nodes = new Map();
  /** @type {Set<SVGElement>} */ marked = new Set();

  /** @param {Mark[]} marks @param {Nodes} nodes what is drawn */
  mark(marks, nodes) {
    const before = this.marked;
    this.nodes = nodes;
    this.marked = new Set(marks.flatMap(({ name }) => nodes.get(name)?.node ?? []));
    this.kinds = Map.groupBy(marks, ({ stop }) => stop);
    for (const node of before) if (!this.marked.has(node)) setAttributes(node, NONE);
    for (const [stop, all] of this.kinds) {
      const chosen = all.findIndex((mark) => mark.chosen);
      this.stopAt(stop, chosen < 0 ? Math.min(this.places.get(stop) ?? 0, all.length - 1) : chosen);
    }
  }

  /** @param {string} stop @param {number} at */
  stopAt(stop, at) {
    this.places.set(stop, at);
    this.kinds.get(stop)?.forEach(({ name, pressed, label }, place) => {
      const node = this.nodes.get(name)?.node;
      const [role, state] = stop === "toggle" ? ["switch", "aria-checked"] : ["button", "aria-pressed"];
      const attributes = { role, [state]: String(pressed), "aria-label": label, "data-stop": stop };
      if (node) setAttributes(node, { ...attributes, tabindex: place === at ? 0 : -1 });
    });
  }

  /** The focus has come to a stop: so does Tab, where nothing else is said. @param {string | undefined} name */
  reached(name) {
    for (const [stop, all] of this.kinds) {
      const at = all.findIndex((mark) => mark.name === name);
      if (at >= 0 && !all.some(({ chosen }) => chosen)) this.stopAt(stop, at);
    }
  }

  /** So many places on among the stops of this kind. @param {string} stop @param {number} by */
  step(stop, by) {
    const to = (this.places.get(stop) ?? 0) + by;
    this.stopAt(stop, Math.max(0, Math.min((this.kinds.get(stop)?.length ?? 1) - 1, to)));
    this.focus(stop);
  }

  /** The keyboard's place follows the choice. @param {string} stop */
  focus(stop) {
    const name = this.kinds.get(stop)?.[this.places.get(stop) ?? 0]?.name;
    if (name) this.nodes.get(name)?.node.focus({ preventScroll: true });
  }
}
