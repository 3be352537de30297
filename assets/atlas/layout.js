// Where the cells of layers × heads stand, in px, and in which order. Pure.

/** @typedef {{ layer: number, head: number }} Place */
/** @typedef {Place & { x: number, y: number }} Cell */
/** By layer and head; null where there is none. @typedef {readonly (readonly (number | null)[])[]} Values */

export const MARGIN = { left: 34, top: 22, right: 1, bottom: 1 };
const SHORTEST = 20;
const TALLEST = 58;

/**
 * @param {readonly number[]} heads of each layer
 * @param {{ width: number, height: number }} room
 * @param {readonly Place[] | null} order row by row, in place of a row a layer
 */
export function layOut(heads, room, order) {
  const cols = Math.max(1, ...heads);
  const [left, top] = order ? [MARGIN.right, MARGIN.bottom] : [MARGIN.left, MARGIN.top];
  const width = (room.width - left - MARGIN.right) / cols;
  const rows = order ? Math.ceil(order.length / cols) : heads.length;
  const height = Math.max(SHORTEST, Math.min(TALLEST, (room.height - top - MARGIN.bottom) / Math.max(1, rows)));
  const at = (/** @type {number} */ row, /** @type {number} */ col) => ({ x: left + col * width, y: top + row * height });
  /** @type {Cell[]} */
  const cells = order
    ? order.map((place, i) => ({ ...place, ...at(Math.floor(i / cols), i % cols) }))
    : heads.flatMap((count, layer) => Array.from({ length: count }, (_, head) => ({ layer, head, ...at(layer, head) })));
  return {
    cells,
    cols,
    rows,
    width,
    height,
    left,
    top,
    whole: { width: room.width, height: top + rows * height + MARGIN.bottom },
  };
}

/**
 * Every head, the largest value first (of what has a sign, the largest size), those without one last.
 *
 * @param {Values} values
 * @param {boolean} signed
 * @returns {Place[]}
 */
export function ranked(values, signed) {
  const size = (/** @type {number | null} */ value) => (value === null ? -Infinity : signed ? Math.abs(value) : value);
  const places = values.flatMap((heads, layer) => heads.map((value, head) => ({ layer, head, size: size(value) })));
  return places
    .sort((a, b) => b.size - a.size || a.layer - b.layer || a.head - b.head)
    .map(({ layer, head }) => ({ layer, head }));
}

/**
 * The cell that an arrow key leads to, in the rows and columns of the figure; undefined at its edge.
 *
 * @param {readonly Cell[]} cells
 * @param {number} at
 * @param {string} key
 */
export function neighbour(cells, at, key) {
  const { x, y } = cells[at];
  const inRow = cells.map((cell, i) => ({ ...cell, i })).filter((cell) => cell.y === y);
  const place = inRow.findIndex(({ i }) => i === at);
  if (key === "ArrowLeft") return inRow[place - 1]?.i;
  if (key === "ArrowRight") return inRow[place + 1]?.i;
  if (key === "Home") return inRow[0].i;
  if (key === "End") return inRow[inRow.length - 1].i;
  const rows = [...new Set(cells.map((cell) => cell.y))].sort((a, b) => a - b);
  const row = rows[rows.indexOf(y) + (key === "ArrowUp" ? -1 : key === "ArrowDown" ? 1 : NaN)];
  if (row === undefined) return undefined;
  const near = cells.map((cell, i) => ({ i, row: cell.y, apart: Math.abs(cell.x - x) })).filter((cell) => cell.row === row);
  return near.reduce((best, cell) => (cell.apart < best.apart ? cell : best)).i;
}
