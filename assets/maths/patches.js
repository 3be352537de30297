// Places on grids of patches. Pure.

/** @typedef {[number, number]} Place row and column of a patch */
/** @typedef {{ rows: number, cols: number }} Grid of patches */
/** Patches of the map that lie together. @typedef {{ row: number, col: number } & Grid} Block */

/**
 * Where a patch lies on its grid.
 *
 * @param {number} patch
 * @param {{ cols: number }} grid
 * @returns {Place}
 */
export function placeOf(patch, { cols }) {
  return [Math.floor(patch / cols), patch % cols];
}

/**
 * The patch on a grid `to` that holds the middle of a patch of a grid `from`.
 *
 * @param {Place} place
 * @param {{ rows: number, cols: number }} from
 * @param {{ rows: number, cols: number }} to
 * @returns {Place}
 */
export function moved([row, col], from, to) {
  return [Math.floor(((row + 0.5) * to.rows) / from.rows), Math.floor(((col + 0.5) * to.cols) / from.cols)];
}

/**
 * A block of patches of one grid on another.
 *
 * @param {Block} block
 * @param {Grid} from
 * @param {Grid} to
 * @returns {Block}
 */
export function onGrid({ row, col, rows, cols }, from, to) {
  const [top, left] = moved([row, col], from, to);
  const [bottom, right] = moved([row + rows - 1, col + cols - 1], from, to);
  return { row: top, col: left, rows: bottom - top + 1, cols: right - left + 1 };
}

/**
 * The box as far as it lies on the grid; null where it does not.
 *
 * @param {readonly number[] | null | undefined} box
 * @param {Grid} grid
 * @returns {Block | null}
 */
export function boxOn(box, grid) {
  const [row, col, rows, cols] = box ?? [];
  if (!(row < grid.rows && col < grid.cols && rows > 0 && cols > 0)) return null;
  return { row, col, rows: Math.min(rows, grid.rows - row), cols: Math.min(cols, grid.cols - col) };
}
