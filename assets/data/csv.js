// Tables as CSV: commas, a line a row, quotes only around what needs them, numbers with all their digits.

/** @typedef {string | number} Cell */

/**
 * @param {readonly string[]} names of the columns
 * @param {Iterable<readonly Cell[]>} rows
 */
export function csv(names, rows) {
  return [names, ...rows].map((cells) => `${cells.map(written).join(",")}\n`).join("");
}

/** @param {Cell} cell */
function written(cell) {
  const text = String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * A matrix with one number a line: its name (and what else tells it apart), the row and the column from 1, the value.
 *
 * @param {readonly Cell[]} name
 * @param {readonly (readonly number[])[] | null | undefined} matrix
 * @returns {Cell[][]}
 */
export function numbersOf(name, matrix) {
  return (matrix ?? []).flatMap((row, i) => row.map((value, j) => [...name, i + 1, j + 1, value]));
}
