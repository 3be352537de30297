// Distances, likeness and shares of rows of weights, for the measures of heads. Pure; tested against torch.

/** @import { Block, Grid } from "./patches.js" */

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
