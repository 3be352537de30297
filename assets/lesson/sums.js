// Properties of matrices that tasks and sentences need. No state.

/** @import { Rows } from "./state.js" */

/** @param {readonly number[]} row */
export const sumOf = (row) => row.reduce((sum, value) => sum + value, 0);

/** Return the index of the largest value. @param {readonly number[]} row */
export const placeOfLargest = (row) => row.reduce((best, value, at) => (value > row[best] ? at : best), 0);

/** The largest difference between two matrices of one shape. @param {Rows} a @param {Rows} b */
export const difference = (a, b) => Math.max(0, ...a.flatMap((row, i) => row.map((value, j) => Math.abs(value - b[i][j]))));

/** Return the largest absolute value. @param {Rows} rows */
export const sizeOf = (rows) => Math.max(0, ...rows.flat().map(Math.abs));

/** True if all rows equal the first row. @param {Rows} rows @param {number} tolerance */
export const alike = (rows, tolerance) =>
  difference(
    rows,
    rows.map(() => rows[0]),
  ) <= tolerance;

/** Put the rows and columns of a shuffled matrix back into the order of the vectors' names. @param {Rows} rows @param {readonly number[]} order */
export const byName = (rows, order) =>
  order.map((_row, i) => order.map((_column, j) => rows[order.indexOf(i)][order.indexOf(j)]));
