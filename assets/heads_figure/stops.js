// Where the keyboard can stand in the multi-head figure: one stop of the Tab key for the numbers of y, one for the heads, one for
// the followed row of weights, one for the parts of the followed head, one for the mask of the followed row; arrows go on from there.
import { setAttributes } from "../shared/svg.js";
import { STEPS, completed } from "./trace.js";
import { describe } from "./words.js";

/** @import { HeadsChoice, HeadsData } from "./figure.js" */
/** @import { Chosen, Trace } from "./trace.js" */

/** @typedef {"y" | "head" | "weight" | "part" | "toggle"} Stop */
/** @typedef {{ stop: Stop, chosen: boolean, pressed: boolean }} Mark */

/** @type {Record<string, [number, number]>} */
const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

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
   * @param {HeadsChoice} choice as it was made
   */
  mark(data, at, choice) {
    const wanted = marksOf(data, at, choice);
    const nodes = this.named(wanted.keys());
    for (const [name, node] of this.marked) if (nodes.get(name) !== node) clear(node);
    this.marked = nodes;
    for (const [name, node] of nodes) {
      const { stop, chosen, pressed } = /** @type {Mark} */ (wanted.get(name));
      const state =
        stop === "toggle" ? { role: "switch", "aria-checked": `${pressed}` } : { role: "button", "aria-pressed": `${pressed}` };
      const stopped = { tabindex: chosen ? 0 : -1, "data-stop": stop, "aria-label": describe(name, data) };
      setAttributes(node, { ...state, ...stopped });
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

/**
 * By data-name, what the keyboard can stand on.
 *
 * @param {HeadsData} data
 * @param {Trace} at
 * @param {HeadsChoice} choice
 */
function marksOf(data, at, { followed, pair, part, step }) {
  const headDim = data.x[0].length / data.heads.length;
  /** @type {Map<string, Mark>} */
  const marks = new Map();
  /** @param {string} name @param {Stop} stop @param {boolean} chosen */
  const add = (name, stop, chosen, pressed = chosen) => marks.set(name, { stop, chosen, pressed });
  data.heads.forEach((_, h) => add(`head/${h}`, "head", h === at.followed, h === followed));
  const weights = step > STEPS.scores ? "w" : "s";
  data.x.forEach((_, j) => {
    add(`head/${at.followed}/${weights}/${at.row}/${j}`, "weight", j === at.pair, j === pair);
    add(`toggle/${at.row}/${j}`, "toggle", j === at.pair, !data.heads[0].blocked[at.row][j]);
  });
  for (let c = 0; c < headDim; c += 1) {
    const cell =
      step < STEPS.concatenate ? `head/${at.followed}/out/${at.row}/${c}` : `concat/${at.row}/${at.followed * headDim + c}`;
    add(cell, "part", c === at.part, c === part);
  }
  if (step < STEPS.join) return marks;
  data.output.forEach((row, i) => row.forEach((_, c) => add(`y/${i}/${c}`, "y", i === at.row && c === at.column)));
  return marks;
}

/** @param {SVGElement} node */
function clear(node) {
  const none = { "aria-label": null, "aria-pressed": null, "aria-checked": null, "data-stop": null };
  setAttributes(node, { role: null, tabindex: null, ...none });
}

/**
 * What an arrow key chooses at a stop, null where it is none.
 *
 * @param {HeadsData} data
 * @param {Chosen} choice
 * @param {string} stop
 * @param {string} key
 * @returns {Partial<Chosen> | null}
 */
export function moved(data, choice, stop, key) {
  const move = MOVES[key];
  if (!move) return null;
  const at = completed(data, choice);
  const [down, right] = move;
  const [tokens, dim, heads] = [data.x.length, data.x[0].length, data.heads.length];
  /** @param {number} value @param {number} size */
  const within = (value, size) => Math.min(size - 1, Math.max(0, value));
  if (stop === "y") return { row: within(at.row + down, tokens), column: within(at.column + right, dim) };
  if (stop === "head") return { followed: within(at.followed + down + right, heads) };
  if (stop === "weight" || stop === "toggle")
    return { followed: at.followed, row: within(at.row + down, tokens), pair: within(at.pair + right, tokens) };
  return { followed: at.followed, part: within(at.part + down + right, dim / heads) };
}
