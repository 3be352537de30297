// The numbers that the figure shows at each step, and the names of its vectors. Pure.

/** @import { Choice } from "../lesson_figure/plan.js" */
/** @import { ToyData } from "./data.js" */
/** @import { Layout } from "./layout.js" */

/**
 * The data, the layout and the reader's choice: everything that the figure needs for a drawing.
 *
 * @typedef {object} Shown
 * @property {ToyData} data
 * @property {Layout} layout
 * @property {number} step
 * @property {number} row
 * @property {number | null} lit the key whose query, key and value are outlined
 * @property {number | null} pinned
 * @property {boolean} dimming true if all other keys are dimmed
 */

export const STEPS = { dot: 1, scale: 2, mask: 3, softmax: 4, weigh: 5, sum: 6 };

/**
 * Return the number of key j at this step.
 *
 * @param {Pick<Shown, "data" | "step" | "row">} shown
 * @param {number} j
 */
export function weightAt({ data, step, row }, j) {
  if (step === STEPS.dot) return data.scores[row][j];
  if (step === STEPS.scale) return data.scaled[row][j];
  if (step === STEPS.mask) return data.blocked[row][j] ? closed(data) : data.scaled[row][j];
  return data.weights[row][j];
}

/** Return the names of the vectors that keys and values come from. @param {Pick<ToyData, "cross" | "names">} data */
export function keyNames({ cross, names }) {
  return cross ? names.z : names.x;
}

/**
 * Return the columns of each token.
 *
 * @param {Pick<ToyData, "cross">} data
 * @returns {("q" | "k" | "v")[]}
 */
export const rolesOf = ({ cross }) => (cross ? ["k", "v"] : ["q", "k", "v"]);

/**
 * Return the class of a key's column.
 *
 * @param {Pick<Shown, "dimming" | "lit">} shown
 * @param {number} j
 */
export const shade = ({ dimming, lit }, j) => (dimming && lit !== j ? "dim" : "");

/**
 * Return "32" for w_32, with a comma if it could be misread.
 *
 * @param {string} i
 * @param {string} j
 */
export function pairOf(i, j) {
  return i.length + j.length > 2 ? `${i},${j}` : i + j;
}

/** Return the score of a masked key: −∞ before softmax, 0 without softmax. @param {Pick<ToyData, "normalise">} data */
const closed = ({ normalise }) => (normalise ? -Infinity : 0);

/** @param {{ data: ToyData, layout: Layout, choice: Choice, preview: Choice | null }} given @returns {Shown} */
export function shownOf({ data, layout, choice, preview }) {
  const { step, row, pair } = /** @type {{ step: number, row: number, pair: number | null }} */ (choice);
  return { data, layout, step, row, lit: preview ? preview.pair : pair, pinned: pair, dimming: preview !== null };
}
