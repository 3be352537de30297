// The numbers that the figure shows at each step, and the names of its vectors. Pure.

/** @import { Choice } from "../lesson_figure/plan.js" */
/** @import { ToyData } from "./data.js" */
/** @import { Layout } from "./layout.js" */

/**
 * The data with what is chosen in it, as everything here is drawn from.
 *
 * @typedef {object} Shown
 * @property {ToyData} data
 * @property {Layout} layout
 * @property {number} step
 * @property {number} row
 * @property {number | null} lit the key whose query, key and value are outlined
 * @property {number | null} pinned
 * @property {boolean} dimming whether all others step back
 */

export const STEPS = { dot: 1, scale: 2, mask: 3, softmax: 4, weigh: 5, sum: 6 };

/**
 * The number of key j at this step.
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

/** The names of what keys and values are made of. @param {Pick<ToyData, "cross" | "names">} data */
export function keyNames({ cross, names }) {
  return cross ? names.z : names.x;
}

/**
 * The columns of every token.
 *
 * @param {Pick<ToyData, "cross">} data
 * @returns {("q" | "k" | "v")[]}
 */
export const rolesOf = ({ cross }) => (cross ? ["k", "v"] : ["q", "k", "v"]);

/**
 * The looks of a key's column.
 *
 * @param {Pick<Shown, "dimming" | "lit">} shown
 * @param {number} j
 */
export const shade = ({ dimming, lit }, j) => (dimming && lit !== j ? "dim" : "");

/**
 * "32" for w_32, with a comma where it could be misread.
 *
 * @param {string} i
 * @param {string} j
 */
export function pairOf(i, j) {
  return i.length + j.length > 2 ? `${i},${j}` : i + j;
}

/** The score of a key that a query may not look at: softmax makes 0 of −∞; without softmax it is 0 at once. @param {Pick<ToyData, "normalise">} data */
const closed = ({ normalise }) => (normalise ? -Infinity : 0);

/** @param {{ data: ToyData, layout: Layout, choice: Choice, preview: Choice | null }} given @returns {Shown} */
export function shownOf({ data, layout, choice, preview }) {
  const { step, row, pair } = /** @type {{ step: number, row: number, pair: number | null }} */ (choice);
  return { data, layout, step, row, lit: preview ? preview.pair : pair, pinned: pair, dimming: preview !== null };
}
