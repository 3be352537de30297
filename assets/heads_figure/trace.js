// The sources of one output number of the multi-head figure. Pure arithmetic.
import { subscript } from "../lesson_figure/written.js";

/** @import { Type } from "../lesson_figure/lettering.js" */
/** @import { Layout } from "./layout.js" */
/** @import { Shape } from "./sizes.js" */

/** @typedef {number[][]} Rows */

/**
 * @typedef {object} HeadData
 * @property {Rows} q
 * @property {Rows} k
 * @property {Rows} v
 * @property {Rows} scores
 * @property {Rows} scaled
 * @property {Rows} weights
 * @property {Rows} output
 * @property {Rows} W_q
 * @property {Rows} W_k
 * @property {Rows} W_v
 * @property {number[] | null} b_q
 * @property {number[] | null} b_k
 * @property {number[] | null} b_v
 * @property {boolean[][]} blocked
 * @property {boolean} on
 */

/**
 * @typedef {object} HeadsData
 * @property {Rows} x
 * @property {HeadData[]} heads
 * @property {Rows} concat
 * @property {Rows[]} contributions of each head to the output
 * @property {Rows} output
 * @property {Rows | null} W_0
 * @property {number[] | null} b_0
 * @property {boolean} split true if each head reads its own piece of x
 * @property {{ x: string[] }} names "x_1", …
 * @property {string[]} captions meanings of the vectors
 * @property {string} alt description of the whole figure
 * @property {boolean} editable true if the reader can edit its numbers and the mask
 */

/** The first step that shows each part. */
export const STEPS = { read: 1, scores: 2, softmax: 3, values: 4, concatenate: 5, join: 6 };

/**
 * The reader's choice: a number of the output by row and column, a head, a part of that head and a key. Null: not chosen.
 *
 * @typedef {object} Chosen
 * @property {number} row
 * @property {number} column
 * @property {number | null} followed
 * @property {number | null} part
 * @property {number | null} pair
 */

/** @typedef {ReturnType<typeof completed>} Trace */

/**
 * The data, the layout and the followed numbers: everything that the figure needs for a drawing.
 *
 * @typedef {object} Shown
 * @property {HeadsData} data
 * @property {Layout} layout
 * @property {Chosen} choice the reader's choice
 * @property {Trace} at
 * @property {number} step
 * @property {Type} type
 */

/** @param {HeadsData} data @returns {Shape} */
export const shapeOf = ({ x, heads, split, W_0, b_0, captions }) => ({
  ...{ tokens: x.length, dim: x[0].length, heads: heads.length, split, joined: Boolean(W_0), biased: Boolean(b_0) },
  captions: Math.max(0, ...captions.map((caption) => caption.length)),
});

/**
 * @param {{ data: HeadsData, layout: Layout, choice: Chosen & { step: number }, preview: Partial<Chosen> | null }} given
 * @returns {Shown}
 */
export function shownOf({ data, layout, choice: { step, ...requested }, preview }) {
  const choice = within(requested, data);
  const type = { font: layout.font, smallest: layout.room.digits, glyph: layout.room.glyph };
  return { data, layout, choice, at: completed(data, { ...choice, ...preview }), step, type };
}

/**
 * Return the choice, with null for heads, parts and keys that do not exist in these data.
 *
 * @param {Chosen} choice
 * @param {{ x: Rows, heads: readonly unknown[] }} data
 * @returns {Chosen}
 */
export function within({ row, column, followed, part, pair }, { x, heads }) {
  const [tokens, dim] = [x.length, x[0].length];
  /** @param {number | null} value @param {number} size */
  const existing = (value, size) => (value !== null && value < size ? value : null);
  return {
    row: Math.min(row, tokens - 1),
    column: Math.min(column, dim - 1),
    followed: existing(followed, heads.length),
    part: existing(part, dim / heads.length),
    pair: existing(pair, tokens),
  };
}

/**
 * Return the choice with all gaps filled: the largest contribution is followed. m is the place of part in the
 * concatenation.
 *
 * @param {HeadsData} data
 * @param {Chosen} choice
 */
export function completed(data, { row, column, followed, part, pair }) {
  const headDim = data.x[0].length / data.heads.length;
  const head = followed ?? largestIndex(data.contributions.map((rows) => rows[row][column]));
  const share = (/** @type {number} */ m) => data.concat[row][m] * joinWeight(data, m, column);
  const inHead = part ?? largestIndex(Array.from({ length: headDim }, (_, at) => share(head * headDim + at)));
  const key = pair ?? largestIndex(data.heads[head].weights[row]);
  return { row, column, followed: head, part: inHead, pair: key, m: head * headDim + inHead };
}

/**
 * W_0 at (m, c); without W_0 the concatenation is the output as it is.
 *
 * @param {Pick<HeadsData, "W_0">} data
 * @param {number} m
 * @param {number} c
 */
export function joinWeight({ W_0 }, m, c) {
  return W_0 ? W_0[m][c] : Number(m === c);
}

/** "3" of "x_3". @param {Pick<HeadsData, "names">} data @param {number} i */
export const subscriptOf = ({ names }, i) => subscript(names.x[i]);

/** The scaled scores with the mask on them. @param {HeadData} head */
export function scoresOf({ scaled, blocked }) {
  return scaled.map((row, i) => row.map((score, j) => (blocked[i][j] ? -Infinity : score)));
}

/**
 * Return the choice for a number, by its data-name.
 *
 * @param {string} name
 * @param {number} headDim
 * @returns {Partial<Chosen> | null}
 */
export function choiceOf(name, headDim) {
  const [kind, ...rest] = name.split("/");
  if (kind === "row") return { row: Number(rest[0]) };
  if (kind === "y") return { row: Number(rest[0]), column: Number(rest[1]) };
  if (kind === "concat") return { row: Number(rest[0]), ...partOf(Number(rest[1]), headDim) };
  if (kind === "w0") return { column: Number(rest[1]), ...partOf(Number(rest[0]), headDim) };
  if (kind !== "head") return null;
  const [followed, quantity, i, c] = [Number(rest[0]), rest[1], Number(rest[2]), Number(rest[3])];
  if (quantity === "w" || quantity === "s") return { followed, row: i, pair: c };
  if (quantity === "q") return { followed, row: i };
  if (quantity === "k") return { followed, pair: i };
  if (quantity === "v") return { followed, pair: i, part: c };
  if (quantity === "out") return { followed, row: i, part: c };
  return { followed };
}

/** @param {number} m @param {number} headDim */
const partOf = (m, headDim) => ({ followed: Math.floor(m / headDim), part: m % headDim });

/** Return the index of the largest absolute value, the first if several are equal. @param {readonly number[]} values */
export function largestIndex(values) {
  return values.reduce((best, value, at) => (Math.abs(value) > Math.abs(values[best]) ? at : best), 0);
}
