// How far blocks move tokens, and whose norms stick out: numbers of one layer out of those of all. Pure.
import { placeOf } from "../maths/patches.js";

/** @import { Grid } from "../maths/patches.js" */
/** @import { MovesEntry } from "../data/stored.js" */

/** @typedef {"norm" | "attention" | "mlp"} MeasureName */
/** One layer's numbers by token. @typedef {Record<"before" | "attention" | "mlp" | "afterAttention" | "after" | "cosAttention" | "cosMlp", Float32Array>} LayerMoves */
/** Of many values. @typedef {{ low: number, middle: number, high: number, most: number }} Spread */

export const TITLES = { norm: "Norm", attention: "Moved by attention", mlp: "Moved by the MLP" };

/**
 * @param {MovesEntry} entry
 * @param {number} layer
 * @returns {LayerMoves | null} null where it is not known
 */
export function movesOf(entry, layer) {
  const from = entry.from[layer];
  if (from < 0) return null;
  const part = (/** @type {Float32Array} */ values) => values.subarray(from, from + entry.count[layer]);
  const { before, attention, mlp, afterAttention, after, cosAttention, cosMlp } = entry;
  return {
    before: part(before),
    attention: part(attention),
    mlp: part(mlp),
    afterAttention: part(afterAttention),
    after: part(after),
    cosAttention: part(cosAttention),
    cosMlp: part(cosMlp),
  };
}

/**
 * Of every token: the norm after the block, or what attention or the MLP added, as a share of what was there.
 *
 * @param {LayerMoves} moves
 * @param {MeasureName} measure
 */
export function valuesOf({ before, attention, mlp, afterAttention, after }, measure) {
  if (measure === "norm") return after;
  const [added, stream] = measure === "attention" ? [attention, before] : [mlp, afterAttention];
  return added.map((value, token) => (value === 0 ? 0 : value / stream[token]));
}

/**
 * A tenth, half and nine tenths of the values are below the first three.
 *
 * @param {Float32Array} values
 * @returns {Spread}
 */
export function spreadOf(values) {
  const sorted = values.toSorted();
  const at = (/** @type {number} */ share) => sorted[Math.round(share * (sorted.length - 1))];
  return { low: at(0.1), middle: at(0.5), high: at(0.9), most: at(1) };
}

/**
 * The patches whose norm is beyond the layer's threshold, the largest first.
 *
 * @param {MovesEntry} entry
 * @param {number} layer
 * @param {number} prefix
 */
export function outliersOf(entry, layer, prefix) {
  const patches = movesOf(entry, layer)?.after.subarray(prefix);
  if (!patches) return [];
  const found = [...patches.keys()].filter((patch) => patches[patch] > entry.thresholds[layer]);
  return found.sort((a, b) => patches[b] - patches[a]);
}

/**
 * In which layers a patch sticks out, by patch; those that do so in most layers first.
 *
 * @param {MovesEntry} entry
 * @param {readonly { prefix: readonly string[], rows: number, cols: number }[]} layers
 * @param {Grid} grid layers on another one are left out
 */
export function stickingOut(entry, layers, grid) {
  /** @type {Map<number, number[]>} */
  const found = new Map();
  layers.forEach(({ prefix, rows, cols }, layer) => {
    if (rows !== grid.rows || cols !== grid.cols) return;
    for (const patch of outliersOf(entry, layer, prefix.length)) found.set(patch, [...(found.get(patch) ?? []), layer]);
  });
  return [...found].map(([patch, at]) => ({ patch, layers: at })).sort((a, b) => b.layers.length - a.layers.length);
}

/** "4–7, 9". @param {readonly number[]} numbers in order */
export function ranges(numbers) {
  /** @type {[number, number][]} */
  const found = [];
  for (const number of numbers) {
    const last = found.at(-1);
    if (last && last[1] === number - 1) last[1] = number;
    else found.push([number, number]);
  }
  return found.map(([from, to]) => (from === to ? String(from) : `${from}–${to}`)).join(", ");
}

/**
 * The row of weights as if nobody could attend to some patches: each head's others sum to what a softmax over them gives.
 *
 * @param {readonly Float32Array[]} heads (H) of (N)
 * @param {readonly number[]} tokens
 * @param {boolean} outgoing whether a head's row is a distribution
 */
export function withoutTokens(heads, tokens, outgoing) {
  return heads.map((row) => {
    const rest = row.slice();
    for (const token of tokens) rest[token] = 0;
    const sum = outgoing ? rest.reduce((total, weight) => total + weight, 0) : 1;
    return sum > 0 ? rest.map((weight) => weight / sum) : rest;
  });
}

/**
 * "(4, 7)".
 *
 * @param {number} patch
 * @param {{ cols: number }} grid
 */
export function written(patch, grid) {
  return `(${placeOf(patch, grid).join(", ")})`;
}
