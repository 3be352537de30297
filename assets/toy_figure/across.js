// The figure from left to right: the lane of the query, a group of columns for each key, below them inputs and matrices.
import { nameWidth, roomy } from "../lesson_figure/lettering.js";
import { fitted } from "../maths/fit.js";

/** @import { Room } from "../lesson_figure/plan.js" */
/** @import { Shape } from "./data.js" */

/** @typedef {"q" | "k" | "v"} Role */

/**
 * Return the columns of each key.
 *
 * @param {Pick<Shape, "projected" | "cross">} shape
 * @returns {("x" | Role)[]}
 */
const inGroup = ({ projected, cross }) => (!projected ? ["x"] : cross ? ["k", "v"] : ["q", "k", "v"]);

/** @param {Shape} shape @param {Room} room */
export function acrossOf(shape, room) {
  const { keys, queries, projected, cross } = shape;
  const { digits } = room;
  const roles = inGroup(shape);
  const low = String(keys).length;
  const { margin, lane, laneGap, cell, seam, gap } = fitted(room.width, {
    margin: { count: 2, sizes: [0.3, 0.4, 0.6, 1, 1].map((size) => size * digits) },
    lane: { count: 1, sizes: [nameWidth(digits, low), ...cellWidths(digits)] },
    laneGap: { count: 1, sizes: [0.4, 0.9, 2, 3.6, 5].map((size) => size * digits) },
    cell: { count: keys * roles.length, sizes: [2, ...cellWidths(digits)] },
    seam: { count: keys * (roles.length - 1), sizes: [0.5, 1, 2, 4, 4] },
    gap: { count: keys - 1, sizes: (projected ? [0.2, 0.8, 1.6, 4, 6] : [0.2, 0.6, 1.6, 5, 9]).map((size) => size * digits) },
  });
  const groupWidth = roles.length * cell + (roles.length - 1) * seam;
  const used = 2 * margin + lane + laneGap + keys * groupWidth + (keys - 1) * gap;
  const laneLeft = (room.width - used) / 2 + margin;
  const left = laneLeft + lane + laneGap;
  const pitch = groupWidth + gap;
  const columnWidth = projected ? Math.max(cell, Math.min(5.8 * digits, groupWidth * 0.62)) : cell;
  const centre = (/** @type {number} */ j) => left + j * pitch + groupWidth / 2;
  const outputPitch = cross ? Math.min(columnWidth + gap, (room.width - margin - left) / queries) : pitch;
  const outputWidth = Math.min(columnWidth, outputPitch - Math.min(2, outputPitch / 8));
  return {
    laneLeft,
    laneWidth: lane,
    cellWidth: cell,
    columnWidth,
    outputWidth,
    pitch,
    outputPitch,
    centre,
    columnLeft: (/** @type {number} */ j) => centre(j) - columnWidth / 2,
    outputLeft: (/** @type {number} */ i) => (cross ? left + i * outputPitch : centre(i) - outputWidth / 2),
    roleLeft: (/** @type {Role} */ role, /** @type {number} */ j) => left + j * pitch + roles.indexOf(role) * (cell + seam),
    ...(projected ? inputsAndMatrices(shape, room) : plainInputs(centre, cell, laneLeft)),
  };
}

/** Return the cell widths, from just wide enough for a number to generous. @param {number} digits */
const cellWidths = (digits) => [roomy(digits), 3.3 * digits, 5.8 * digits, 5.8 * digits];

/**
 * Place each input below its weight.
 *
 * @param {(j: number) => number} centre
 * @param {number} cell
 * @param {number} laneLeft
 */
function plainInputs(centre, cell, laneLeft) {
  return {
    inputWidth: cell,
    inputLeft: (/** @type {number} */ j) => centre(j) - cell / 2,
    askerLeft: laneLeft,
    matrixCell: 0,
    matrixLeft: /** @type {(role: Role) => number} */ (() => 0),
  };
}

/**
 * Place the inputs side by side, and the matrices to their right.
 *
 * @param {Shape} shape
 * @param {Room} room
 */
function inputsAndMatrices({ keys, headDim, valueDim, cross }, { width, digits }) {
  const { margin, cell, seam, gap, matrixCell } = fitted(width, {
    margin: { count: 2, sizes: [0.3, 0.4, 0.6, 1, 1].map((size) => size * digits) },
    cell: { count: keys + (cross ? 1 : 0), sizes: [nameWidth(digits, String(keys).length), ...cellWidths(digits)] },
    seam: { count: keys - 1, sizes: [0.5, 1, 3, 6, 6] },
    gap: { count: cross ? 4 : 3, sizes: [0.6, 1.2, 1.8, 4, 6].map((size) => size * digits) },
    matrixCell: { count: 2 * headDim + valueDim, sizes: [1, 0.9 * digits, ...cellWidths(digits).slice(1)] },
  });
  const inputs = keys * cell + (keys - 1) * seam;
  const asker = cross ? cell + gap : 0;
  const used = 2 * margin + asker + inputs + 3 * gap + (2 * headDim + valueDim) * matrixCell;
  const askerLeft = (width - used) / 2 + margin;
  const left = askerLeft + asker;
  const matrices = left + inputs + gap;
  const before = { q: 0, k: headDim, v: 2 * headDim };
  const gaps = { q: 0, k: gap, v: 2 * gap };
  return {
    inputWidth: cell,
    inputLeft: (/** @type {number} */ j) => left + j * (cell + seam),
    askerLeft,
    matrixCell,
    matrixLeft: (/** @type {Role} */ role) => matrices + before[role] * matrixCell + gaps[role],
  };
}
