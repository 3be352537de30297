// Why a weight is what it is: the products that its score is a sum of, and the softmax over all scores. Pure, tested against torch.
import { dots } from "../maths/dots.js";

/** @import { HeadEntry } from "../data/stored.js" */
/** @import { Settings } from "../view/settings.js" */
/** What the terms are compared with: nothing, the mean key, or the key with the largest score. @typedef {Settings["against"]} Against */

/**
 * A query's scores with all keys, in 64 bits: q · k · scale, and what a mask adds.
 *
 * @param {Pick<HeadEntry, "q" | "k" | "headDim" | "numTokens" | "scale" | "bias">} head
 * @param {number} query
 */
export function scoresOf({ q, k, headDim: d, numTokens: n, scale, bias }, query) {
  const own = Float64Array.from({ length: d }, (_, i) => q[query * d + i] * scale);
  const scores = new Float64Array(n);
  dots(own, k, 0, scores);
  if (bias) for (let j = 0; j < n; j++) scores[j] += bias[j];
  return scores;
}

/**
 * @param {Float64Array} scores
 * @param {number} temperature
 */
export function softmaxOf(scores, temperature) {
  let highest = -Infinity;
  for (const score of scores) if (score > highest) highest = score;
  const weights = scores.map((score) => Math.exp((score - highest) / temperature));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/**
 * The mean of all keys.
 *
 * @param {Pick<HeadEntry, "k" | "headDim" | "numTokens">} head
 */
export function meanKey({ k, headDim: d, numTokens: n }) {
  const mean = new Float64Array(d);
  for (let j = 0; j < n; j++) for (let i = 0; i < d; i++) mean[i] += k[j * d + i] / n;
  return mean;
}

/**
 * The products q_i · (k_i − other_i), channel by channel.
 *
 * @param {ArrayLike<number>} q (d)
 * @param {ArrayLike<number>} k (d)
 * @param {ArrayLike<number> | null} other (d)
 */
export function termsOf(q, k, other) {
  return Float64Array.from(q, (value, i) => value * (k[i] - (other?.[i] ?? 0)));
}

/**
 * The channels with the largest terms, whatever their sign, the largest first.
 *
 * @param {Float64Array} terms
 * @param {number} count
 */
export function largestTerms(terms, count) {
  const order = Array.from(terms, (_, i) => i).sort((a, b) => Math.abs(terms[b]) - Math.abs(terms[a]));
  return order.slice(0, count);
}

/**
 * How many keys have a larger score: 0 of the strongest.
 *
 * @param {Float64Array} scores
 * @param {number} key
 */
export function rankOf(scores, key) {
  let above = 0;
  for (const score of scores) if (score > scores[key]) above++;
  return above;
}

/** @param {Float64Array} values */
export function sumOf(values) {
  return values.reduce((sum, value) => sum + value, 0);
}

/**
 * A vector of a head.
 *
 * @param {Float32Array} vectors (N, d)
 * @param {number} token
 * @param {number} d
 */
export function vectorOf(vectors, token, d) {
  return vectors.subarray(token * d, (token + 1) * d);
}
