// Where the keyboard can stand in a figure: each kind of stop is one stop of the Tab key, and arrows go on from there.
import { setAttributes } from "../shared/svg.js";

/**
 * What the keyboard can stand on, by its data-name.
 *
 * @typedef {object} Mark
 * @property {string} stop its kind, such as "weight"; a "toggle" is a switch, all others are buttons
 * @property {boolean} [chosen] whether Tab stops here; where no mark of a kind says so, it stops where the focus was last
 * @property {boolean} pressed
 * @property {string} label
 */

/** @typedef {Map<string, Mark>} MarksByName */

const NONE = ["role", "tabindex", "aria-label", "aria-pressed", "aria-checked", "data-stop"];

export class Stops {
  /** @type {Map<string, SVGElement>} */ marked = new Map();
  /** By kind, the place among its own where the focus was last. @type {Map<string, number>} */ last = new Map();

  /** @param {SVGSVGElement} svg */
  constructor(svg) {
    this.svg = svg;
  }

  /** @param {MarksByName} marks */
  mark(marks) {
    const nodes = this.named(marks.keys());
    for (const [name, node] of this.marked)
      if (nodes.get(name) !== node) setAttributes(node, Object.fromEntries(NONE.map((each) => [each, null])));
    this.marked = nodes;
    this.marks = marks;
    for (const [stop, all] of Map.groupBy(marks, ([, mark]) => mark.stop)) {
      const said = all.findIndex(([, { chosen }]) => chosen);
      const at = said < 0 ? Math.min(this.last.get(stop) ?? 0, all.length - 1) : said;
      all.forEach(([name, { pressed, label }], place) => {
        const node = nodes.get(name);
        const state =
          stop === "toggle"
            ? { role: "switch", "aria-checked": `${pressed}` }
            : { role: "button", "aria-pressed": `${pressed}` };
        if (node) setAttributes(node, { ...state, tabindex: place === at ? 0 : -1, "data-stop": stop, "aria-label": label });
      });
    }
  }

  /**
   * Those that are there, looked for among all numbers only where one has come or gone.
   *
   * @param {Iterable<string>} names
   */
  named(names) {
    const wanted = new Set(names);
    const known = [...this.marked].filter(([name, node]) => wanted.has(name) && node.isConnected && node.dataset.name === name);
    if (known.length === wanted.size) return new Map(known);
    /** @type {NodeListOf<SVGElement>} */
    const all = this.svg.querySelectorAll("[data-name]");
    return new Map(
      [...all].map((node) => /** @type {const} */ ([node.dataset.name ?? "", node])).filter(([name]) => wanted.has(name)),
    );
  }

  /**
   * The focus has come to a stop: Tab stops there from now on, where nothing else is said.
   *
   * @param {string | undefined} name
   */
  reached(name) {
    const stop = name && this.marks?.get(name)?.stop;
    if (!stop || !this.marks) return;
    this.last.set(stop, this.namesOf(stop).indexOf(name));
    this.mark(this.marks);
  }

  /** @param {string} stop */
  namesOf(stop) {
    return [...(this.marks ?? [])].filter(([, mark]) => mark.stop === stop).map(([name]) => name);
  }

  /**
   * So many places on among the stops of this kind.
   *
   * @param {string} name
   * @param {number} by
   */
  step(name, by) {
    const names = this.namesOf(this.marks?.get(name)?.stop ?? "");
    const to = Math.max(0, Math.min(names.length - 1, names.indexOf(name) + by));
    this.marked.get(names[to])?.focus({ preventScroll: true });
  }

  /**
   * The keyboard's place follows the choice.
   *
   * @param {string} stop
   */
  focus(stop) {
    /** @type {SVGElement | null} */
    const node = this.svg.querySelector(`[data-stop="${stop}"][tabindex="0"]`);
    node?.focus({ preventScroll: true });
  }
}
