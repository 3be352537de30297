// The singular value decomposition of a small matrix, by turning its columns (Hestenes 1958).
import { dot, identity, transpose } from "./matrices.js";

/** @import { Rows } from "./matrices.js" */

const SWEEPS = 40; // about 12 are enough; the bound prevents an endless loop caused by rounding

/**
 * Rotate the columns of a matrix, two at a time, until all are at right angles. These are the Jacobi rotations of AᵀA. AᵀA
 * is never computed, because that would square the rounding errors.
 *
 * @param {Rows} rows A, (n, m)
 * @returns {{ rotation: Rows, rotated: Rows, squares: number[] }} rotation: (m, m), the eigenvectors of AᵀA as columns.
 *   rotated: A · rotation. squares: squared lengths of its columns, the eigenvalues.
 */
export function orthogonalised(rows) {
  const columns = transpose(rows);
  const turns = identity(columns.length, columns.length);
  for (let sweep = 0, turning = true; turning && sweep < SWEEPS; sweep++) {
    turning = false;
    for (let i = 0; i < columns.length; i++)
      for (let j = i + 1; j < columns.length; j++) {
        const angle = angleBetween(columns[i], columns[j]);
        if (!angle) continue;
        turning = true;
        turn(columns, i, j, angle);
        turn(turns, i, j, angle);
      }
  }
  return { rotation: transpose(turns), rotated: transpose(columns), squares: columns.map((column) => dot(column, column)) };
}

/**
 * Return the rotation that makes two columns orthogonal; 0 if they already are, within 64-bit precision.
 *
 * @param {number[]} a
 * @param {number[]} b
 */
function angleBetween(a, b) {
  const [aa, bb, ab] = [dot(a, a), dot(b, b), dot(a, b)];
  if (Math.abs(ab) <= Number.EPSILON * Math.sqrt(aa * bb)) return 0;
  const slope = (bb - aa) / (2 * ab);
  return Math.atan((slope < 0 ? -1 : 1) / (Math.abs(slope) + Math.hypot(1, slope)));
}

/**
 * @param {Rows} vectors
 * @param {number} i
 * @param {number} j
 * @param {number} angle
 */
function turn(vectors, i, j, angle) {
  const [a, b, cos, sin] = [vectors[i], vectors[j], Math.cos(angle), Math.sin(angle)];
  vectors[i] = a.map((value, place) => cos * value - sin * b[place]);
  vectors[j] = a.map((value, place) => sin * value + cos * b[place]);
}
