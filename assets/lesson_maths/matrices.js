// Matrices as rows of numbers, in 64 bits. Nothing is changed in place.

/** @typedef {number[][]} Rows vectors are rows */

/**
 * @param {Rows} a (n, m)
 * @param {Rows} b (m, p)
 * @returns {Rows} (n, p)
 */
export function matmul(a, b) {
  const columns = transpose(b);
  return a.map((row) => columns.map((column) => dot(row, column)));
}

/**
 * @param {readonly number[]} a
 * @param {readonly number[]} b
 */
export function dot(a, b) {
  let sum = 0;
  for (let place = 0; place < a.length; place++) sum += a[place] * b[place];
  return sum;
}

/**
 * @param {Rows} rows at least one
 * @returns {Rows}
 */
export function transpose(rows) {
  return rows[0].map((_, column) => rows.map((row) => row[column]));
}

/**
 * @param {Rows} rows
 * @param {Rows} addend of the same shape
 * @returns {Rows}
 */
export function plus(rows, addend) {
  return rows.map((row, i) => row.map((value, j) => value + addend[i][j]));
}

/**
 * Add the same row to every row.
 *
 * @param {Rows} rows (n, d)
 * @param {Rows} bias (1, d)
 * @returns {Rows}
 */
export function plusRow(rows, [bias]) {
  return rows.map((row) => row.map((value, column) => value + bias[column]));
}

/**
 * @param {Rows} rows
 * @param {number} factor
 * @returns {Rows}
 */
export function times(rows, factor) {
  return rows.map((row) => row.map((value) => value * factor));
}

/**
 * Return a matrix with ones on the diagonal. It need not be square.
 *
 * @param {number} rows
 * @param {number} columns
 */
export function identity(rows, columns) {
  return filled(rows, columns, (row, column) => Number(row === column));
}

/**
 * @param {number} rows
 * @param {number} columns
 */
export function zeros(rows, columns) {
  return filled(rows, columns, () => 0);
}

/**
 * @template T
 * @param {number} rows
 * @param {number} columns
 * @param {(row: number, column: number) => T} value
 * @returns {T[][]}
 */
export function filled(rows, columns, value) {
  return Array.from({ length: rows }, (_, row) => Array.from({ length: columns }, (__, column) => value(row, column)));
}
