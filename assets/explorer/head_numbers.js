// What a head does for one token, in numbers, from its row of weights. Pure; tested against torch.

/** @import { Block, Grid } from "./exploration.js" */

/**
 * mean_distance is NaN where there is no patch to look from, or none is looked at.
 *
 * @typedef {{ mean_distance: number, entropy: number, prefix_share: number }} RowNumbers
 */

/**
 * As `layer_statistics` measures a query: its distance is that of its weights on patches, made to sum to 1.
 *
 * @param {Float32Array} row (N) of weights that sum to 1
 * @param {number} numPrefix tokens before the first patch
 * @param {Float32Array | null} distances from the query to every patch; null where it is no patch
 * @returns {RowNumbers}
 */
export function numbersOfRow(row, numPrefix, distances) {
  let onPrefix = 0;
  let onPatches = 0;
  let summed = 0;
  let nats = 0;
  for (let j = 0; j < numPrefix; j++) {
    const w = row[j];
    onPrefix += w;
    if (w > 0) nats -= w * Math.log(w);
  }
  for (let j = numPrefix; j < row.length; j++) {
    const w = row[j];
    onPatches += w;
    if (distances) summed += w * distances[j - numPrefix];
    if (w > 0) nats -= w * Math.log(w);
  }
  return {
    mean_distance: distances && onPatches > 0 ? summed / onPatches : NaN,
    entropy: nats / Math.LN2,
    prefix_share: onPrefix,
  };
}

/**
 * From the centre of a patch to those of all, in patches.
 *
 * @param {number} patch
 * @param {Grid} grid
 */
export function distancesFrom(patch, { rows, cols }) {
  const [row, col] = [Math.floor(patch / cols), patch % cols];
  const out = new Float32Array(rows * cols);
  for (let r = 0, j = 0; r < rows; r++) for (let c = 0; c < cols; c++, j++) out[j] = Math.hypot(r - row, c - col);
  return out;
}

/**
 * What a head has that looks at every token alike: for one query, or where there are no distances from one, in the mean over all.
 *
 * @param {Grid} grid
 * @param {number} numPrefix
 * @param {Float32Array | null} distances
 * @returns {RowNumbers}
 */
export function evenNumbers(grid, numPrefix, distances) {
  const tokens = numPrefix + grid.rows * grid.cols;
  return {
    mean_distance: distances ? distances.reduce((sum, each) => sum + each, 0) / distances.length : meanApart(grid),
    entropy: Math.log2(tokens),
    prefix_share: numPrefix / tokens,
  };
}

/** Of all pairs of patches, itself and itself among them: how often each step down and aside occurs is counted. @param {Grid} grid */
function meanApart({ rows, cols }) {
  const pairs = (/** @type {number} */ step, /** @type {number} */ length) => (step ? 2 : 1) * (length - step);
  let sum = 0;
  for (let down = 0; down < rows; down++)
    for (let aside = 0; aside < cols; aside++) sum += Math.hypot(down, aside) * pairs(down, rows) * pairs(aside, cols);
  return sum / (rows * cols) ** 2;
}

/**
 * 1 less the Jensen–Shannon divergence of two distributions in bits (Lin 1991): 1 where they are the same, 0 where no token has a
 * part in both. As Σ p·log(p/m) + q·log(q/m), which stays exact where they are close.
 *
 * @param {Float32Array} p
 * @param {Float32Array} q
 */
export function likenessOf(p, q) {
  let nats = 0;
  for (let j = 0; j < p.length; j++) {
    const [a, b] = [p[j], q[j]];
    const middle = (a + b) / 2;
    if (a > 0) nats += a * Math.log(a / middle);
    if (b > 0) nats += b * Math.log(b / middle);
  }
  return 1 - Math.max(0, nats / 2 / Math.LN2);
}

/**
 * The tokens of a box of patches.
 *
 * @param {Block} box
 * @param {Grid} grid
 * @param {number} numPrefix
 */
export function tokensIn({ row, col, rows, cols }, grid, numPrefix) {
  return Int32Array.from(
    { length: rows * cols },
    (_, at) => numPrefix + (row + Math.floor(at / cols)) * grid.cols + col + (at % cols),
  );
}

/**
 * The share of a row that lies on these tokens.
 *
 * @param {Float32Array} row
 * @param {Int32Array} tokens
 */
export function shareOn(row, tokens) {
  let sum = 0;
  for (const token of tokens) sum += row[token];
  return sum;
}
