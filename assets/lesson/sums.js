// What tasks and sentences ask of matrices. Pure.

/** @import { Rows } from "./state.js" */

/** @param {readonly number[]} row */
export const sumOf = (row) => row.reduce((sum, value) => sum + value, 0);

/** The place of the largest. @param {readonly number[]} row */
export const placeOfLargest = (row) => row.reduce((best, value, at) => (value > row[best] ? at : best), 0);

/** The largest difference between two matrices of one shape. @param {Rows} a @param {Rows} b */
export const difference = (a, b) => Math.max(0, ...a.flatMap((row, i) => row.map((value, j) => Math.abs(value - b[i][j]))));

/** The largest size. @param {Rows} rows */
export const sizeOf = (rows) => Math.max(0, ...rows.flat().map(Math.abs));

/** Whether all rows are the first. @param {Rows} rows @param {number} tolerance */
export const alike = (rows, tolerance) =>
  difference(
    rows,
    rows.map(() => rows[0]),
  ) <= tolerance;

/** Rows and columns of shuffled vectors by the vectors' names. @param {Rows} rows @param {readonly number[]} order */
export const byName = (rows, order) =>
  order.map((_row, i) => order.map((_column, j) => rows[order.indexOf(i)][order.indexOf(j)]));
