// The tokens of a cell of the matrix: a prefix token, or a block of patches. No state.

/** @import { Block, Grid } from "../maths/patches.js" */

/**
 * The cells along each side of the matrix: prefix tokens first, then the blocks row by row.
 *
 * @typedef {object} Cells
 * @property {number} prefix number of tokens before the first patch
 * @property {Grid} blocks
 * @property {number} factor patches along a block's sides; fewer at the right and lower edge of the picture
 * @property {Grid} grid of patches
 */

/** @param {Cells} cells */
export function countOf({ prefix, blocks }) {
  return prefix + blocks.rows * blocks.cols;
}

/**
 * @param {Cells} cells
 * @param {number} token
 */
export function cellOfToken({ prefix, blocks, factor, grid }, token) {
  if (token < prefix) return token;
  const row = Math.floor((token - prefix) / grid.cols);
  const col = (token - prefix) % grid.cols;
  return prefix + Math.floor(row / factor) * blocks.cols + Math.floor(col / factor);
}

/**
 * Return the patches of a cell; null for a prefix token.
 *
 * @param {Cells} cells
 * @param {number} cell
 * @returns {Block | null}
 */
export function blockOf({ prefix, blocks, factor, grid }, cell) {
  if (cell < prefix) return null;
  const row = Math.floor((cell - prefix) / blocks.cols) * factor;
  const col = ((cell - prefix) % blocks.cols) * factor;
  return { row, col, rows: Math.min(factor, grid.rows - row), cols: Math.min(factor, grid.cols - col) };
}

/**
 * Return the patch in the middle of a cell; null for a prefix token.
 *
 * @param {Cells} cells
 * @param {number} cell
 */
export function patchOf(cells, cell) {
  const block = blockOf(cells, cell);
  if (!block) return null;
  const middle = (/** @type {number} */ from, /** @type {number} */ count) => from + ((count - 1) >> 1);
  return middle(block.row, block.rows) * cells.grid.cols + middle(block.col, block.cols);
}

/**
 * "CLS", "patch (4, 6)" or "patches (4–5, 6–7)".
 *
 * @param {Cells} cells
 * @param {readonly string[]} prefix
 * @param {number} cell
 */
export function nameOf(cells, prefix, cell) {
  const block = blockOf(cells, cell);
  if (!block) return prefix[cell];
  const { row, col, rows, cols } = block;
  return `${rows * cols > 1 ? "patches" : "patch"} (${range(row, rows)}, ${range(col, cols)})`;
}

/**
 * @param {number} from
 * @param {number} count
 */
function range(from, count) {
  return count > 1 ? `${from}–${from + count - 1}` : String(from);
}

/**
 * Return a sentence that says what a cell is.
 *
 * @param {Cells} cells
 * @param {readonly string[]} prefix
 */
export function cellMeans({ factor, grid }, prefix) {
  const patches = `${(grid.rows * grid.cols).toLocaleString("en")} patches`;
  const size = `${factor} × ${factor}`;
  if (factor > 1)
    return `${patches}. Each cell is the mean weight from a block of ${size} patches to a block of ${size} patches.`;
  return `${prefix.length ? `${prefix.join(", ")} and ` : ""}${patches}. Each cell is one weight.`;
}
