// Keyboard focus in a figure: Tab stops once per kind of stop, and arrow keys move within a kind.
import { setAttributes } from "../figures/svg.js";

/**
 * An element that can have the keyboard focus.
 *
 * @typedef {object} Mark
 * @property {string} name data-name
 * @property {string} stop its kind, such as "weight"; a "toggle" is a switch, all others are buttons
 * @property {boolean} [chosen] true if Tab stops here; if no mark of a kind is chosen, Tab stops at the last one used
 * @property {boolean} pressed
 * @property {string} label
 */

/** @typedef {Map<string, { node: SVGElement }>} Nodes by name */

const NONE = { role: null, tabindex: null, "aria-label": null, "aria-pressed": null, "aria-checked": null, "data-stop": null };

export class Stops {
  /** @type {Map<string, Mark[]>} */ kinds = new Map();
  /** Index of the mark that Tab reaches, by kind. @type {Map<string, number>} */ places = new Map();
  /** @type {Nodes} */ nodes = new Map();
  /** @type {Set<SVGElement>} */ marked = new Set();

  /** @param {Mark[]} marks @param {Nodes} nodes the drawn nodes */
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

  /** Record the focused stop. Tab stops there from now on, unless a chosen mark says otherwise. @param {string | undefined} name */
  reached(name) {
    for (const [stop, all] of this.kinds) {
      const at = all.findIndex((mark) => mark.name === name);
      if (at >= 0 && !all.some(({ chosen }) => chosen)) this.stopAt(stop, at);
    }
  }

  /** Move the focus by some places among the stops of this kind. @param {string} stop @param {number} by */
  step(stop, by) {
    const to = (this.places.get(stop) ?? 0) + by;
    this.stopAt(stop, Math.max(0, Math.min((this.kinds.get(stop)?.length ?? 1) - 1, to)));
    this.focus(stop);
  }

  /** Focus the current stop of a kind. @param {string} stop */
  focus(stop) {
    const name = this.kinds.get(stop)?.[this.places.get(stop) ?? 0]?.name;
    if (name) this.nodes.get(name)?.node.focus({ preventScroll: true });
  }
}
