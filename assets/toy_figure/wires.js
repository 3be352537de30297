// What leads where in the figure: from the query and the keys to the weights, from the weighed values to their sum.
import { largestOf } from "../shared/numbers.js";
import { drawWire } from "../shared/svg_scene.js";
import { STEPS } from "./trace.js";

/** @import { Point, Scene } from "../shared/svg_scene.js" */
/** @import { Role } from "./across.js" */
/** @import { Shown } from "./data.js" */

const GAP = 3; // between a wire and what it leads to

/**
 * @param {Scene} scene
 * @param {Shown} shown
 */
export function drawWires(scene, shown) {
  const { data, layout, step, row, lit, dimming } = shown;
  data.weights[row].forEach((weight, j) => {
    const dim = dimming && lit !== j ? 0.25 : 1;
    const hidden = step >= STEPS.mask && data.blocked[row][j];
    if (!hidden) drawKeyWire(scene, shown, j, dim);
    if (step === STEPS.sum && !data.blocked[row][j] && weight !== 0) drawSumWire(scene, shown, j, dim);
  });
  if (data.projected) drawProjectionWires(scene, shown);
  const from = { x: layout.query.x + layout.laneWidth + GAP, y: layout.weightTop + layout.weightHeight / 2 };
  drawWire(scene, "query-wire", { from, to: { x: layout.columnLeft(0) - GAP, y: from.y }, className: "q", width: 2 });
}

/**
 * @param {Scene} scene
 * @param {Shown} shown
 * @param {number} j
 * @param {number} dim
 */
function drawKeyWire(scene, { data, layout, lit }, j, dim) {
  const middle = data.projected ? layout.roleLeft("k", j) + layout.cellWidth / 2 : layout.centre(j);
  const from = { x: middle, y: layout.groupTop - GAP };
  const to = { x: layout.centre(j), y: layout.eyeTop + (data.editable ? layout.eyeHeight : GAP) };
  drawWire(scene, `key-wire/${j}`, { from, to, className: "k", opacity: 0.8 * dim, width: lit === j ? 2.5 : 1.5 });
}

/**
 * As strong as the weight.
 *
 * @param {Scene} scene
 * @param {Shown} shown
 * @param {number} j
 * @param {number} dim
 */
function drawSumWire(scene, { data, layout, row }, j, dim) {
  const weights = data.weights[row];
  const from = { x: layout.centre(j), y: layout.productTop - layout.nameHeight };
  const bottom = layout.outputTop + data.v[0].length * layout.cellHeight + GAP;
  const to = { x: layout.outputLeft(row) + layout.outputWidth / 2, y: bottom };
  const width = 1 + 4 * Math.min(1, Math.abs(weights[j]) / (largestOf([weights]) || 1));
  drawWire(scene, `sum-wire/${j}`, { from, to, className: "y", opacity: 0.7 * dim, width });
}

/**
 * From every vector to the group that is made of it; from what makes the query, and the key and the value that are lit, to them.
 *
 * @param {Scene} scene
 * @param {Shown} shown
 */
function drawProjectionWires(scene, shown) {
  const { data, layout, row, lit } = shown;
  const start = layout.inputTop - GAP;
  const inputAt = (/** @type {number} */ j) => ({ x: layout.inputLeft(j) + layout.inputWidth / 2, y: start });
  const roleAt = (/** @type {Role} */ role, /** @type {number} */ j) => ({
    x: layout.roleLeft(role, j) + layout.cellWidth / 2,
    y: layout.groupTop + data[role][0].length * layout.cellHeight + layout.nameHeight,
  });
  data.k.forEach((_, j) => {
    const to = { x: layout.centre(j), y: layout.groupBottom + layout.nameHeight };
    drawWire(scene, `input-wire/${j}`, { from: inputAt(j), to, className: "x", opacity: 0.6, width: 1.2 });
  });
  /** From where to where, and how far up from there. @type {[Role, Point, Point, number?][]} */
  const made = [];
  if (data.cross) {
    const asker = { x: layout.askerLeft + layout.inputWidth / 2, y: start };
    const query = layout.query.y + data.q[row].length * layout.cellHeight + layout.nameHeight;
    const lane = { x: layout.query.x + layout.laneWidth / 2, y: layout.groupBottom + layout.nameHeight };
    made.push(["q", asker, lane, query]);
  } else made.push(["q", inputAt(row), roleAt("q", row)]);
  if (lit !== null) for (const role of /** @type {Role[]} */ (["k", "v"])) made.push([role, inputAt(lit), roleAt(role, lit)]);
  for (const [role, from, to, end] of made) {
    const looks = { to, end, className: role, opacity: 0.9, width: 2 };
    const width = data[role][0].length * layout.matrixCell;
    const matrix = { x: layout.matrixLeft(role) + width / 2, y: start };
    drawWire(scene, `made-of-input/${role}`, { from, ...looks });
    drawWire(scene, `made-by-matrix/${role}`, { from: matrix, ...looks });
  }
}
