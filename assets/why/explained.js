// Everything that is shown of one weight, computed from the head's exact queries and keys. Draws nothing.
import { decimalsOf } from "../figures/numbers.js";
import { largestTerms, meanKey, rankOf, scoresOf, softmaxOf, sumOf, termsOf, vectorOf } from "./terms.js";

/** @import { HeadEntry } from "../data/stored.js" */
/** @import { Pair } from "./pair.js" */
/** @import { Against } from "./terms.js" */

/**
 * @typedef {object} Explained
 * @property {Float32Array} q
 * @property {Float32Array} k
 * @property {ArrayLike<number> | null} other what the key is compared with
 * @property {number | null} rival that other, where it is a key
 * @property {Float64Array} terms
 * @property {number[]} largest channels, the largest term first
 * @property {{ up: number, down: number }} most
 * @property {number} sum of the terms
 * @property {number} scale
 * @property {number} bias
 * @property {number | null} content of the score, where queries and keys were turned by their positions: what they make unturned
 * @property {number} key
 * @property {Float64Array} scores
 * @property {Float64Array} weights
 * @property {number[]} strongest keys
 * @property {number} decimals with which their scores are written, and that of the key
 * @property {number} rank
 */

const NAMED = 5;
const STRONGEST = 7;

/** What does not change while the pointer goes from key to key. @type {{ about: unknown[], scores: Float64Array, weights: Float64Array, strongest: number[], decimals: number, mean: Float64Array } | null} */
let row = null;

/**
 * @param {Pair} pair
 * @param {HeadEntry} entry
 * @param {Against} against
 * @returns {Explained}
 */
export function explain(pair, entry, against) {
  const { query, key } = pair;
  const { headDim: d, scale, bias } = entry;
  const { scores, weights, strongest, decimals, mean } = rowOf(entry, query, pair.exploration.settings.temperature);
  const q = vectorOf(entry.q, query, d);
  const k = vectorOf(entry.k, key, d);
  const rival = against === "rival" ? (strongest[0] === key ? strongest[1] : strongest[0]) : null;
  const other = rival !== null ? vectorOf(entry.k, rival, d) : against === "mean" ? mean : null;
  const terms = termsOf(q, k, other);
  const drawn = [terms, ...strongest.map((token) => termsOf(q, vectorOf(entry.k, token, d), other))];
  const most = (/** @type {number} */ sign) => drawn.flatMap((each) => [...each]).reduce((m, x) => Math.max(m, sign * x), 1e-9);
  return {
    ...{ q, k, other, rival, terms, scale, key, scores, weights, strongest, decimals },
    most: { up: most(1), down: most(-1) },
    largest: largestTerms(terms, NAMED),
    sum: sumOf(terms),
    bias: bias?.[key] ?? 0,
    content: contentOf(entry, query, key),
    rank: rankOf(scores, key),
  };
}

/**
 * @param {HeadEntry} entry
 * @param {number} query
 * @param {number} temperature
 */
function rowOf(entry, query, temperature) {
  const about = [entry, query, temperature];
  if (row && about.every((each, at) => each === row?.about[at])) return row;
  const scores = scoresOf(entry, query);
  const weights = softmaxOf(scores, temperature);
  const order = Array.from(scores, (_, token) => token).sort((a, b) => scores[b] - scores[a]);
  const strongest = order.slice(0, STRONGEST);
  const decimals = decimalsOf(strongest.map((token) => scores[token]));
  return (row = { about, scores, weights, strongest, decimals, mean: meanKey(entry) });
}

/**
 * @param {HeadEntry} entry
 * @param {number} query
 * @param {number} key
 */
function contentOf({ contentQ, contentK, headDim, scale }, query, key) {
  if (!contentQ || !contentK) return null;
  return scale * sumOf(termsOf(vectorOf(contentQ, query, headDim), vectorOf(contentK, key, headDim), null));
}
