// Scaled dot-product attention, one step at a time: attention_core.maths.attention in the browser.
import { matmul, times, transpose } from "./matrices.js";

/** @import { Rows } from "./matrices.js" */

/** Smallest normal 64-bit number. A smaller temperature counts as 0. */
const TINY = 2 ** -1022;

/**
 * @typedef {object} Options
 * @property {boolean[][] | null} [allowed] (Nq, Nk), true if the query may attend to the key; null if there is no mask
 * @property {number} [scale] multiplies the scores; 1/√d unless given
 * @property {boolean} [normalise] false leaves the weights as the masked scores, 0 where masked, and ignores the temperature
 * @property {number} [temperature] 0 or more. At 0 the largest score takes all and ties share it evenly; at infinity every
 *   allowed key has the same weight
 */

/** @typedef {ReturnType<typeof attend>} AttentionTrace */

/**
 * softmax(q·kᵀ · scale / temperature) · v, with all intermediates (Vaswani et al. 2017, equation 1). A query that may attend
 * to no key has weights and output 0. Raises RangeError if shapes differ or the temperature is negative.
 *
 * @param {Rows} q (Nq, d)
 * @param {Rows} k (Nk, d)
 * @param {Rows} v (Nk, dv)
 * @param {Options} options
 */
export function attend(
  q,
  k,
  v,
  { allowed = null, scale = 1 / Math.sqrt(q[0].length), normalise = true, temperature = 1 } = {},
) {
  requireFitting(q, k, v, allowed);
  if (!(temperature >= 0)) throw new RangeError(`temperature must be 0 or more, received ${temperature}`);
  const scores = matmul(q, transpose(k));
  const scaled = times(scores, scale);
  const masked = allowed ? scaled.map((row, i) => row.map((score, j) => (allowed[i][j] ? score : -Infinity))) : scaled;
  const weights = masked.map(normalise ? (row) => softmax(row, temperature) : withoutBlocked);
  return { q, k, v, scores, scaled, masked, weights, output: matmul(weights, v) };
}

/**
 * Softmax of scores / temperature. A row of -Infinity gives zeros. The limits 0 and ∞ are exact.
 *
 * @param {readonly number[]} scores
 * @param {number} temperature
 */
export function softmax(scores, temperature = 1) {
  const largest = Math.max(...scores);
  if (largest === -Infinity) return scores.map(() => 0);
  if (temperature < TINY) return shared(scores.map((score) => score === largest));
  if (temperature === Infinity) return shared(scores.map((score) => score !== -Infinity));
  // Subtract the largest score first: otherwise a tiny temperature would give infinite quotients.
  const powers = scores.map((score) => Math.exp((score - largest) / temperature));
  const sum = powers.reduce((total, power) => total + power);
  return powers.map((power) => power / sum);
}

/** @param {boolean[]} chosen */
function shared(chosen) {
  const count = chosen.filter(Boolean).length;
  return chosen.map((one) => (one ? 1 / count : 0));
}

/** @param {number[]} scores */
const withoutBlocked = (scores) => scores.map((score) => (score === -Infinity ? 0 : score));

/**
 * @param {Rows} q
 * @param {Rows} k
 * @param {Rows} v
 * @param {boolean[][] | null} allowed
 */
function requireFitting(q, k, v, allowed) {
  const [queryWidth, keyWidth] = [q[0].length, k[0].length];
  if (queryWidth !== keyWidth) throw new RangeError(`q and k must have the same width, received ${queryWidth} and ${keyWidth}`);
  if (k.length !== v.length)
    throw new RangeError(`every key needs one value, received ${k.length} keys and ${v.length} values`);
  if (allowed && (allowed.length !== q.length || allowed.some((row) => row.length !== k.length)))
    throw new RangeError(`the mask must be ${q.length} × ${k.length}, received ${allowed.length} × ${allowed[0]?.length}`);
}
