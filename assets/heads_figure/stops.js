// Where the keyboard can stand in the multi-head figure: one stop of the Tab key for the numbers of y, one for the heads, one for
// the followed row of weights, one for the parts of the followed head; arrows go on from there.
import { setAttributes } from "../shared/svg.js";
import { describe } from "./words.js";

/** @import { HeadsData } from "./heads_figure.js" */
/** @import { Chosen, Trace } from "./trace.js" */

/** @typedef {"y" | "head" | "weight" | "part"} Stop */
/** @typedef {{ stop: Stop, chosen: boolean, pressed: boolean }} Mark */

export class Stops {
  /** @param {SVGSVGElement} svg */
  constructor(svg) {
    this.svg = svg;
    /** @type {Map<string, SVGElement>} */
    this.marked = new Map();
  }

  /**
   * @param {HeadsData} data
   * @param {Trace} at the choice completed
   * @param {Chosen} choice as it was made
   */
  mark(data, at, choice) {
    /** @type {NodeListOf<SVGElement>} */
    const named = this.svg.querySelectorAll("[data-name]");
    const nodes = new Map([...named].map((node) => [node.dataset.name, node]));
    const wanted = marksOf(data, at, choice);
    for (const [name, node] of this.marked) if (!wanted.has(name) || nodes.get(name) !== node) clear(node);
    this.marked = new Map();
    for (const [name, { stop, chosen, pressed }] of wanted) {
      const node = nodes.get(name);
      if (!node) continue;
      const says = { "aria-label": describe(name, data), "aria-pressed": String(pressed) };
      setAttributes(node, { role: "button", tabindex: chosen ? 0 : -1, ...says });
      node.dataset.stop = stop;
      this.marked.set(name, node);
    }
  }

  /**
   * The keyboard's place follows the choice.
   *
   * @param {string} stop
   */
  focus(stop) {
    /** @type {SVGElement | null} */
    const node = this.svg.querySelector(`[data-stop="${stop}"][tabindex="0"]`);
    node?.focus();
  }
}

/**
 * By data-name, what the keyboard can stand on.
 *
 * @param {HeadsData} data
 * @param {Trace} at
 * @param {Chosen} choice
 */
function marksOf(data, at, choice) {
  const headDim = data.x[0].length / data.heads.length;
  /** @type {Map<string, Mark>} */
  const marks = new Map();
  /** @param {string} name @param {Stop} stop @param {boolean} chosen */
  const add = (name, stop, chosen, pressed = chosen) => marks.set(name, { stop, chosen, pressed });
  data.output.forEach((row, i) => row.forEach((_, c) => add(`y/${i}/${c}`, "y", i === at.row && c === at.column)));
  data.heads.forEach((_, h) => add(`head/${h}`, "head", h === at.followed, h === choice.followed));
  data.x.forEach((_, j) => add(`head/${at.followed}/w/${at.row}/${j}`, "weight", j === at.pair, j === choice.pair));
  for (let part = 0; part < headDim; part += 1)
    add(`concat/${at.row}/${at.followed * headDim + part}`, "part", part === at.part, part === choice.part);
  return marks;
}

/** @param {SVGElement} node */
function clear(node) {
  setAttributes(node, { role: null, tabindex: null, "aria-label": null, "aria-pressed": null, "data-stop": null });
}
