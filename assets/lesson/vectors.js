// Vectors, their order and the mask: shared by all lessons. No state.
import five from "../lessons/vectors.json" with { type: "json" };
import eight from "../lessons/vectors8.json" with { type: "json" };
import { maskOf } from "../lesson_maths/masks.js";
import { sinusoidal } from "../lesson_maths/positions.js";

/** @import { LessonState, Rows } from "./state.js" */

/** @typedef {{ title: string, note: string, rows: Rows, captions?: string[], columns?: string[] }} Preset */

/** @type {Record<string, Preset>} */
export const VECTORS = five;
/** @type {Record<string, Preset>} */
export const VECTORS_8 = eight;
export const MASKS = { none: "None", causal: "Causal", window: "Window", before: "Only before", own: "Your own" };
export const LARGEST_RADIUS = 6;

/** @param {Record<string, Preset>} presets */
export const titlesOf = (presets) => Object.fromEntries(Object.entries(presets).map(([name, { title }]) => [name, title]));

/** "x_3", "x_1", … for the order [2, 0, …]. @param {string} letter @param {readonly number[]} order */
export const subscripted = (letter, order) => order.map((at) => `${letter}_${at + 1}`);

/** "x3", "x1", … @param {string} letter @param {readonly number[]} order */
export const plain = (letter, order) => order.map((at) => `${letter}${at + 1}`);

/** Return the names of the preset's columns if they fit this width, else "1", "2", … @param {Preset} preset @param {number} width */
export const featuresOf = ({ columns }, width) => (columns?.length === width ? columns : counted(width));

/**
 * Return the captions of the preset's vectors, as long as at least half of the vectors are unedited. None otherwise.
 *
 * @param {Preset} preset
 * @param {Rows} X
 * @param {readonly number[]} order
 */
export function captionsOf({ captions, rows }, X, order) {
  const unedited = X.filter((row, at) => row.join() === rows[at]?.join()).length;
  const valid = captions && X.length === rows.length && 2 * unedited >= rows.length;
  return valid ? order.map((at) => captions[at] ?? "") : [];
}

/** "1", "2", … @param {number} count */
export const counted = (count) => Array.from({ length: count }, (_, at) => String(at + 1));

/** @param {number} count */
export const inOrder = (count) => Array.from({ length: count }, (_, at) => at);

/**
 * Return the order if it is a permutation of `count` vectors, else the order 0, 1, 2, …
 *
 * @param {readonly number[]} order
 * @param {number} count
 */
export function orderOf(order, count) {
  const fits = order.length === count && inOrder(count).every((at) => order.includes(at));
  return fits ? [...order] : inOrder(count);
}

/** @param {readonly number[]} order */
export const isShuffled = (order) => order.some((from, at) => from !== at);

/**
 * Return the vectors of the figure: in this order, plus the position encodings if `positions` is on.
 *
 * @param {Rows} X
 * @param {readonly number[]} order
 * @param {boolean} positions
 */
export function inFigure(X, order, positions) {
  const added = positions ? sinusoidal(X.length, X[0].length) : null;
  const x = order.map((from, at) => X[from].map((value, c) => value + (added ? added[at][c] : 0)));
  return { x, added };
}

/**
 * Return a random order that differs from this one.
 *
 * @param {readonly number[]} order
 */
export function shuffled(order) {
  const drawn = [...order];
  do {
    for (let at = drawn.length - 1; at > 0; at--) {
      const other = Math.floor(Math.random() * (at + 1));
      [drawn[at], drawn[other]] = [drawn[other], drawn[at]];
    }
  } while (drawn.length > 1 && drawn.every((from, at) => from === order[at]));
  return drawn;
}

/**
 * Put the vectors into another order. The chosen row and the chosen key stay with their vectors.
 *
 * @param {LessonState} state
 * @param {readonly number[]} order the current order
 * @param {readonly number[]} next
 */
export function reorder(state, order, next) {
  const { row, pair } = state.settings;
  const follow = (/** @type {number | null} */ at) => (at === null || at >= order.length ? at : next.indexOf(order[at]));
  state.set({ order: isShuffled(next) ? [...next] : [], row: follow(row), pair: follow(pair) });
}

/**
 * Return the mask: true where a query may look at a key. Null if there is no mask.
 *
 * @param {LessonState} state
 * @param {number} queries
 * @param {number} keys
 * @returns {boolean[][] | null}
 */
export function allowedBy({ settings }, queries, keys) {
  if (settings.mask !== "own") return maskOf(settings.mask, queries, keys, settings.radius);
  return inOrder(queries).map((i) => inOrder(keys).map((j) => settings.cells?.[i]?.[j] ?? true));
}

/** @param {boolean[][] | null} allowed @param {number} queries @param {number} keys */
export const blockedBy = (allowed, queries, keys) =>
  inOrder(queries).map((i) => inOrder(keys).map((j) => allowed?.[i][j] === false));

/**
 * Let a query look at a key, or forbid it. The mask then becomes the reader's own.
 *
 * @param {LessonState} state
 * @param {number} queries
 * @param {number} keys
 * @param {number} row
 * @param {number} column
 */
export function toggle(state, queries, keys, row, column) {
  const allowed = allowedBy(state, queries, keys) ?? inOrder(queries).map(() => inOrder(keys).map(() => true));
  allowed[row][column] = !allowed[row][column];
  const open = allowed.every((line) => line.every(Boolean));
  state.set(open ? { mask: "none", cells: null } : { mask: "own", cells: allowed });
}
