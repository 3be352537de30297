// Projections of vectors to queries, keys and values: attention_core.maths.projections in the browser. q = x · W_q + b_q.
import { filled, identity, matmul, plusRow, times, transpose } from "./matrices.js";
import { orthogonalised } from "./orthogonalised.js";

/** @import { Rows } from "./matrices.js" */

/** Difference between the scaled score of the target key and the other scores. */
const STRENGTH = 4;

/** Ridge penalty on the squares of the solution: it keeps the numbers about as small as the vectors' numbers. */
const PENALTY = 0.1;

/**
 * Return x · weight + bias. Raises RangeError if the widths differ.
 *
 * @param {Rows} x (N, D)
 * @param {Rows} weight (D, d)
 * @param {Rows | null} bias (1, d)
 */
export function project(x, weight, bias = null) {
  if (x[0].length !== weight.length)
    throw new RangeError(`x has a width of ${x[0].length}, so the matrix needs as many rows, received ${weight.length}`);
  const projected = matmul(x, weight);
  return bias ? plusRow(projected, bias) : projected;
}

/**
 * Return W_q (D, d) and b_q (1, d) that make query i attend to key i - 1, and the first query to the first key.
 *
 * They are solved, not learned: row i of q·kᵀ must be 4·√d at that key and equal at all other keys. An exact solution exists
 * if the x are affinely independent, and the k too. Otherwise, or if the exact solution has huge numbers, ridge
 * regression returns an approximation.
 *
 * @param {Rows} x (N, D), the vectors that become queries
 * @param {Rows} k (M, d), the keys
 */
export function attendToPrevious(x, k) {
  const lead = STRENGTH * Math.sqrt(k[0].length);
  const before = (/** @type {number} */ row) => Math.min(Math.max(row - 1, 0), k.length - 1);
  const target = filled(x.length, k.length, (row, column) => (column === before(row) ? lead : 0));
  // Softmax ignores a constant that is added to a row, so each query may have one: hence the keys also get a column of ones.
  const ofX = orthogonalised(withOnes(x));
  const ofK = orthogonalised(withOnes(k));
  const fitted = matmul(matmul(transpose(ofX.rotated), target), ofK.rotated);
  const shrunk = fitted.map((row, i) => row.map((value, j) => value / (ofX.squares[i] * ofK.squares[j] + PENALTY)));
  const solution = matmul(matmul(ofX.rotation, shrunk), transpose(ofK.rotation)); // (D + 1, d + 1)
  const withoutLast = solution.map((row) => row.slice(0, -1));
  return { weight: withoutLast.slice(0, -1), bias: withoutLast.slice(-1) };
}

/**
 * Return W_q (D, d) = -4 · I: with W_k = I the key with the most negative dot product has the largest score.
 *
 * @param {number} width D
 * @param {number} headWidth d
 */
export function attendToMostDifferent(width, headWidth) {
  return times(identity(width, headWidth), -STRENGTH);
}

/** @param {Rows} rows */
const withOnes = (rows) => rows.map((row) => [...row, 1]);
