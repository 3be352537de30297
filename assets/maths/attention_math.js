// The attention of one token, computed from q and k. Pure functions on typed arrays, tested against torch.
import { dots } from "./dots.js";

/**
 * One layer's queries and keys, laid out (H, N, d).
 *
 * @typedef {object} AttentionInput
 * @property {Float32Array} q
 * @property {Float32Array} k
 * @property {number} numTokens N
 * @property {number} headDim d
 * @property {number} scale
 * @property {Uint8Array} [hidden] 1 for keys that no query of a head attends to, (H, N)
 */

/** Of the token that attends: in 64 bits, for at a low temperature scores are large, and their differences are what counts. */
let scores = new Float64Array();

/** The one token's channels, times the factor. */
let own = new Float64Array();

/**
 * scores[j] = a_i · b_j · factor for every token j of one head.
 *
 * @param {Float32Array} a
 * @param {Float32Array} b
 * @param {AttentionInput} record
 * @param {number} head
 * @param {number} index
 * @param {number} factor
 */
function dotWithAll(a, b, record, head, index, factor) {
  const { numTokens: n, headDim: d } = record;
  if (scores.length !== n) scores = new Float64Array(n);
  if (own.length !== d) own = new Float64Array(d);
  const base = head * n * d;
  for (let i = 0; i < d; i++) own[i] = a[base + index * d + i] * factor;
  dots(own, b, base, scores);
}

/**
 * Of the scores.
 *
 * @param {Float32Array} out
 */
function softmax(out) {
  let highest = -Infinity;
  for (let j = 0; j < out.length; j++) if (scores[j] > highest) highest = scores[j];
  let sum = 0;
  for (let j = 0; j < out.length; j++) sum += scores[j] = Math.exp(scores[j] - highest);
  for (let j = 0; j < out.length; j++) out[j] = scores[j] / sum;
  return out;
}

/**
 * Outgoing: the weights with which token `index` attends to every token. They sum to 1.
 *
 * @param {AttentionInput} record
 * @param {number} head
 * @param {number} index
 * @param {number} temperature
 * @param {Float32Array} out (N)
 */
export function attentionRow(record, head, index, temperature, out) {
  dotWithAll(record.q, record.k, record, head, index, record.scale / temperature);
  const { hidden } = record;
  const base = head * record.numTokens;
  if (hidden) for (let j = 0; j < scores.length; j++) if (hidden[base + j]) scores[j] = -Infinity;
  return softmax(out);
}

/**
 * Incoming: the weights with which every token attends to token `index`.
 *
 * @param {AttentionInput} record
 * @param {Float32Array | Float64Array} logSumExp log Σ exp of each row, laid out (H, N)
 * @param {number} head
 * @param {number} index
 * @param {number} temperature
 * @param {Float32Array} out (N)
 */
export function attentionColumn(record, logSumExp, head, index, temperature, out) {
  dotWithAll(record.k, record.q, record, head, index, record.scale / temperature);
  const base = head * record.numTokens;
  for (let i = 0; i < out.length; i++) out[i] = Math.exp(scores[i] - logSumExp[base + i]);
  return out;
}

/**
 * log Σ exp of the scores of some queries of a head, which columns need: O(N·d) each.
 *
 * @param {AttentionInput} record
 * @param {number} head
 * @param {number} from the first query
 * @param {number} to the one after the last
 * @param {number} temperature
 * @param {Float64Array} out (H, N), in which theirs are written
 */
export function logSumExpOfRows(record, head, from, to, temperature, out) {
  for (let index = from; index < to; index++) {
    dotWithAll(record.q, record.k, record, head, index, record.scale / temperature);
    let highest = -Infinity;
    for (let j = 0; j < scores.length; j++) if (scores[j] > highest) highest = scores[j];
    let sum = 0;
    for (let j = 0; j < scores.length; j++) sum += Math.exp(scores[j] - highest);
    out[head * record.numTokens + index] = highest + Math.log(sum);
  }
  return out;
}

/**
 * One vector from those of several heads.
 *
 * @param {readonly Float32Array[]} rows
 * @param {string} how "mean" or "max"
 * @param {Float32Array} out
 */
export function combineHeads(rows, how, out) {
  out.fill(how === "max" ? -Infinity : 0);
  for (const row of rows) {
    if (how === "max") for (let j = 0; j < out.length; j++) out[j] = Math.max(out[j], row[j]);
    else for (let j = 0; j < out.length; j++) out[j] += row[j] / rows.length;
  }
  return out;
}

/**
 * Of a distribution, in bits.
 *
 * @param {Float32Array} weights
 */
export function entropyBits(weights) {
  let sum = 0;
  for (const w of weights) if (w > 0) sum -= w * Math.log2(w);
  return sum;
}

/** @param {Float32Array} weights */
export function total(weights) {
  let sum = 0;
  for (const w of weights) sum += w;
  return sum;
}

/**
 * The indices of the `count` largest values, largest first.
 *
 * @param {Float32Array} values
 * @param {number} count
 */
export function largest(values, count) {
  /** @type {number[]} */
  const best = [];
  for (let j = 0; j < values.length; j++) {
    if (best.length === count && values[j] <= values[best[count - 1]]) continue;
    let at = best.length;
    while (at > 0 && values[best[at - 1]] < values[j]) at--;
    best.splice(at, 0, j);
    if (best.length > count) best.pop();
  }
  return best;
}
