// The places of a matrix and of its cells. Pure arithmetic.

/** @typedef {{ x: number, y: number, width: number, height: number }} Box */
/** @typedef {ReturnType<typeof matrix>} Matrix */

/**
 * Lay out a matrix of equal cells, with a gap after every `columns` columns and every `rows` rows.
 *
 * @param {{ x: number, y: number }} at
 * @param {[number, number]} size rows and columns
 * @param {[number, number]} cell width and height
 * @param {{ columns?: number, rows?: number, gap?: number }} seams
 */
export function matrix(
  { x, y },
  [rows, columns],
  [cell, row],
  { columns: across = Infinity, rows: down = Infinity, gap = 0 } = {},
) {
  const xOf = (/** @type {number} */ j) => x + j * cell + Math.floor(j / across) * gap;
  const yOf = (/** @type {number} */ i) => y + i * row + Math.floor(i / down) * gap;
  return { x, y, rows, columns, cell, row, xOf, yOf, width: xOf(columns - 1) + cell - x, height: yOf(rows - 1) + row - y };
}

/**
 * Return the box around some rows and columns.
 *
 * @param {Matrix} at
 * @param {{ row?: number, rows?: number, column?: number, columns?: number }} part the rows and columns; each defaults to the first one
 * @returns {Box}
 */
export function boxOf(at, { row = 0, rows = 1, column = 0, columns = 1 }) {
  const [x, y] = [at.xOf(column), at.yOf(row)];
  return { x, y, width: at.xOf(column + columns - 1) + at.cell - x, height: at.yOf(row + rows - 1) + at.row - y };
}
