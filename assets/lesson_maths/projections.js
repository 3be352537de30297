// Queries, keys and values out of vectors: attention_core.maths.projections in the browser. q = x · W_q + b_q.
import { filled, identity, matmul, plusRow, times, transpose } from "./matrices.js";
import { orthogonalised } from "./orthogonalised.js";

/** @import { Rows } from "./matrices.js" */

/** The scaled score by which the key that is meant leads the others. */
const STRENGTH = 4;

/** On the squares of the solved numbers: it keeps them as small as the vectors' own. */
const PENALTY = 0.1;

/**
 * Raises RangeError where the widths differ.
 *
 * @param {Rows} x (N, D)
 * @param {Rows} weight (D, d)
 * @param {Rows | null} bias (1, d)
 */
export function project(x, weight, bias = null) {
  if (x[0].length !== weight.length)
    throw new RangeError(`x has a width of ${x[0].length}, so the matrix needs as many rows; received ${weight.length}`);
  const projected = matmul(x, weight);
  return bias ? plusRow(projected, bias) : projected;
}

/**
 * W_q (D, d) and b_q (1, d) with which query i attends to key i - 1, and the first query to the first key.
 *
 * They are solved, not learned: row i of q·kᵀ shall be 4·√d at that key and equal at all others. An exact solution exists where
 * the x, and the k, are affinely independent. Elsewhere, and where the exact solution has huge numbers, ridge regression comes
 * as near as it can.
 *
 * @param {Rows} x (N, D), the vectors that become queries
 * @param {Rows} k (M, d), the keys
 */
export function attendToPrevious(x, k) {
  const lead = STRENGTH * Math.sqrt(k[0].length);
  const before = (/** @type {number} */ row) => Math.min(Math.max(row - 1, 0), k.length - 1);
  const wanted = filled(x.length, k.length, (row, column) => (column === before(row) ? lead : 0));
  // A constant added to a row is nothing to softmax, so each query may come with one: hence the keys' column of ones too.
  const ofX = orthogonalised(withOnes(x));
  const ofK = orthogonalised(withOnes(k));
  const fitted = matmul(matmul(transpose(ofX.rotated), wanted), ofK.rotated);
  const shrunk = fitted.map((row, i) => row.map((value, j) => value / (ofX.squares[i] * ofK.squares[j] + PENALTY)));
  const solution = matmul(matmul(ofX.rotation, shrunk), transpose(ofK.rotation)); // (D + 1, d + 1)
  const withoutLast = solution.map((row) => row.slice(0, -1));
  return { weight: withoutLast.slice(0, -1), bias: withoutLast.slice(-1) };
}

/**
 * W_q (D, d) = -4 · I: with W_k = I the key with the most negative dot product has the largest score.
 *
 * @param {number} width D
 * @param {number} headWidth d
 */
export function attendToMostDifferent(width, headWidth) {
  return times(identity(width, headWidth), -STRENGTH);
}

/** @param {Rows} rows */
const withOnes = (rows) => rows.map((row) => [...row, 1]);
