// How much of what patches outside a box give lies in it: exact, from q, k and the log Σ exp of every row. Pure.
import { dots } from "./dots.js";
import { tokensIn } from "./head_numbers.js";

/** @import { AttentionInput } from "./attention_math.js" */
/** @import { Block, Grid } from "./patches.js" */

/**
 * @typedef {object} BoxTask
 * @property {Int32Array} queries the patches outside of the box
 * @property {Int32Array} keys whose weights are summed: the box's tokens, or all others where these are fewer
 * @property {boolean} inside whether the keys are the box's
 */

/**
 * @param {Block} box
 * @param {Grid} grid
 * @param {number} numPrefix
 * @returns {BoxTask}
 */
export function boxTask(box, grid, numPrefix) {
  const within = new Set(tokensIn(box, grid, numPrefix));
  const others = Int32Array.from({ length: numPrefix + grid.rows * grid.cols }, (_, token) => token).filter(
    (token) => !within.has(token),
  );
  const inside = within.size <= others.length;
  return { queries: others.filter((token) => token >= numPrefix), keys: inside ? Int32Array.from(within) : others, inside };
}

/** @type {{ own: Float64Array, scores: Float64Array }} */
const scratch = { own: new Float64Array(), scores: new Float64Array() };

/**
 * The keys' vectors of one head, one after the other.
 *
 * @param {AttentionInput} record
 * @param {number} head
 * @param {Int32Array} keys
 */
export function gathered({ k, numTokens, headDim }, head, keys) {
  const out = new Float32Array(keys.length * headDim);
  keys.forEach((token, at) => {
    const from = (head * numTokens + token) * headDim;
    out.set(k.subarray(from, from + headDim), at * headDim);
  });
  return out;
}

/**
 * The sum of the weights that some of the task's queries give to its keys, in one head.
 *
 * @param {AttentionInput} record
 * @param {Float32Array | Float64Array} logSumExp log Σ exp of each row at this temperature, (H, N)
 * @param {number} head
 * @param {BoxTask} task
 * @param {Float32Array} vectors of its keys, as `gathered` lays them out
 * @param {number} from the first of the queries
 * @param {number} to the one after the last
 * @param {number} temperature
 */
export function sumOfWeights(record, logSumExp, head, { queries, keys }, vectors, from, to, temperature) {
  const { q, numTokens, headDim } = record;
  if (scratch.own.length !== headDim) scratch.own = new Float64Array(headDim);
  if (scratch.scores.length !== keys.length) scratch.scores = new Float64Array(keys.length);
  const { own, scores } = scratch;
  const factor = record.scale / temperature;
  let sum = 0;
  for (let at = from; at < to; at++) {
    const row = head * numTokens + queries[at];
    for (let i = 0; i < headDim; i++) own[i] = q[row * headDim + i] * factor;
    dots(own, vectors, 0, scores);
    const less = logSumExp[row];
    for (let j = 0; j < scores.length; j++) sum += Math.exp(scores[j] - less);
  }
  return sum;
}

/**
 * The mean share of the box, from the sum over all queries.
 *
 * @param {number} sum
 * @param {BoxTask} task
 */
export function shareOfBox(sum, { queries, inside }) {
  const mean = sum / queries.length; // NaN where the box is the whole picture
  return inside ? mean : 1 - mean;
}
