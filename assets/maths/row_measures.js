// The measures of heads that follow from one row of weights, under the names of data/measures.json. Pure; tested against torch.
// attention_core/analysis/row_measures.py computes the same of all queries.

/** @import { Grid } from "./patches.js" */

/**
 * of: from a row (N) of weights that sum to 1, the number of tokens before the first patch, and the distances from the query to
 * every patch, null for a query that is no patch. even: what a head has that looks at every token alike; without distances, in
 * the mean over all queries.
 *
 * @typedef {object} RowMeasure
 * @property {(row: Float32Array, numPrefix: number, distances: Float32Array | null) => number} of
 * @property {(grid: Grid, numPrefix: number, distances: Float32Array | null) => number} [even]
 */

/** @type {Record<string, RowMeasure>} */
export const ROW_MEASURES = {
  mean_distance: {
    of: meanDistance,
    even: (grid, _, distances) => (distances ? total(distances, 0, distances.length) / distances.length : meanApart(grid)),
  },
  entropy: {
    of: entropy,
    even: ({ rows, cols }, numPrefix) => Math.log2(numPrefix + rows * cols),
  },
  prefix_share: {
    of: (row, numPrefix) => total(row, 0, numPrefix),
    even: ({ rows, cols }, numPrefix) => numPrefix / (numPrefix + rows * cols),
  },
};

/**
 * A measure of one row.
 *
 * @param {string} name
 * @param {Float32Array} row
 * @param {number} numPrefix
 * @param {Float32Array | null} distances
 */
export function ofRow(name, row, numPrefix, distances) {
  return ROW_MEASURES[name].of(row, numPrefix, distances);
}

/**
 * What a head has that looks at every token alike; null where that is unknown.
 *
 * @param {string} name
 * @param {Grid} grid
 * @param {number} numPrefix
 * @param {Float32Array | null} distances
 */
export function evenOf(name, grid, numPrefix, distances) {
  return ROW_MEASURES[name]?.even?.(grid, numPrefix, distances) ?? null;
}

/**
 * Of the weights on patches, made to sum to 1. NaN for a query that is no patch, and for one that looks at no patch.
 *
 * @param {Float32Array} row
 * @param {number} numPrefix
 * @param {Float32Array | null} distances
 */
function meanDistance(row, numPrefix, distances) {
  if (!distances) return NaN;
  let [onPatches, summed] = [0, 0];
  for (let j = numPrefix; j < row.length; j++) {
    onPatches += row[j];
    summed += row[j] * distances[j - numPrefix];
  }
  return onPatches > 0 ? summed / onPatches : NaN;
}

/** @param {Float32Array} row */
function entropy(row) {
  let nats = 0;
  for (let j = 0; j < row.length; j++) if (row[j] > 0) nats -= row[j] * Math.log(row[j]);
  return nats / Math.LN2;
}

/** @param {Float32Array} values @param {number} from @param {number} to */
function total(values, from, to) {
  let sum = 0;
  for (let j = from; j < to; j++) sum += values[j];
  return sum;
}

/** The mean over all pairs of patches, each with itself as well; counts how often each step down and aside occurs. @param {Grid} grid */
function meanApart({ rows, cols }) {
  const pairs = (/** @type {number} */ step, /** @type {number} */ length) => (step ? 2 : 1) * (length - step);
  let sum = 0;
  for (let down = 0; down < rows; down++)
    for (let aside = 0; aside < cols; aside++) sum += Math.hypot(down, aside) * pairs(down, rows) * pairs(aside, cols);
  return sum / (rows * cols) ** 2;
}
