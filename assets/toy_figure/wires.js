// The wires of the figure: from the query and the keys to the weights, from the weighted values to their sum.
import { curve } from "../lesson_figure/shapes.js";
import { largestOf } from "../figures/numbers.js";
import { STEPS } from "./trace.js";

/** @import { Item } from "../lesson_figure/draw.js" */
/** @import { Point } from "../lesson_figure/scene.js" */
/** @import { Role } from "./across.js" */
/** @import { Shown } from "./trace.js" */

const GAP = 3; // between a wire and its target

/** @param {Shown} shown @returns {Item[]} */
export function wiresOf(shown) {
  const { data, layout, step, row, lit, dimming } = shown;
  const wires = data.weights[row].flatMap((weight, j) => {
    const dim = dimming && lit !== j ? 0.25 : 1;
    const blocked = data.blocked[row][j];
    return [
      ...(step >= STEPS.mask && blocked ? [] : [keyWire(shown, j, dim)]),
      ...(step === STEPS.sum && !blocked && weight !== 0 ? [sumWire(shown, j, dim)] : []),
    ];
  });
  const from = { x: layout.query.x + layout.laneWidth + GAP, y: layout.weightTop + layout.weightHeight / 2 };
  const query = wire("query-wire", "q", curve(from, { x: layout.columnLeft(0) - GAP, y: from.y }), 1, 2);
  return [...wires, ...(data.projected ? projectionWires(shown) : []), query];
}

/** @param {string} key @param {string} role @param {string} d @param {number} opacity @param {number} width @returns {Item} */
const wire = (key, role, d, opacity, width) => ({
  kind: "path",
  key,
  className: `wire ${role}`,
  layer: "wires",
  d,
  opacity,
  width,
});

/** @param {Shown} shown @param {number} j @param {number} dim */
function keyWire({ data, layout, lit }, j, dim) {
  const middle = data.projected ? layout.roleLeft("k", j) + layout.cellWidth / 2 : layout.centre(j);
  const from = { x: middle, y: layout.groupTop - GAP };
  const to = { x: layout.centre(j), y: layout.eyeTop + (data.editable ? layout.eyeHeight : GAP) };
  return wire(`key-wire/${j}`, "k", curve(from, to), 0.8 * dim, lit === j ? 2.5 : 1.5);
}

/** A wire from a product to the sum. Its width shows the weight. @param {Shown} shown @param {number} j @param {number} dim */
function sumWire({ data, layout, row }, j, dim) {
  const weights = data.weights[row];
  const from = { x: layout.centre(j), y: layout.productTop - layout.nameHeight };
  const bottom = layout.outputTop + data.v[0].length * layout.cellHeight + GAP;
  const to = { x: layout.outputLeft(row) + layout.outputWidth / 2, y: bottom };
  const width = 1 + 4 * Math.min(1, Math.abs(weights[j]) / (largestOf([weights]) || 1));
  return wire(`sum-wire/${j}`, "y", curve(from, to), 0.7 * dim, width);
}

/**
 * Wires from every vector to its group, and from inputs and matrices to the query and to the highlighted key and value.
 *
 * @param {Shown} shown
 * @returns {Item[]}
 */
function projectionWires(shown) {
  const { data, layout, row, lit } = shown;
  const start = layout.inputTop - GAP;
  const inputAt = (/** @type {number} */ j) => ({ x: layout.inputLeft(j) + layout.inputWidth / 2, y: start });
  const roleAt = (/** @type {Role} */ role, /** @type {number} */ j) => ({
    x: layout.roleLeft(role, j) + layout.cellWidth / 2,
    y: layout.groupTop + data[role][0].length * layout.cellHeight + layout.nameHeight,
  });
  const inputs = data.k.map((_, j) => {
    const to = { x: layout.centre(j), y: layout.groupBottom + layout.nameHeight };
    return wire(`input-wire/${j}`, "x", curve(inputAt(j), to), 0.6, 1.2);
  });
  /** Role, start, end, and the wire's final height. @type {[Role, Point, Point, number?][]} */
  const made = [];
  if (data.cross) {
    const asker = { x: layout.askerLeft + layout.inputWidth / 2, y: start };
    const query = layout.query.y + data.q[row].length * layout.cellHeight + layout.nameHeight;
    const lane = { x: layout.query.x + layout.laneWidth / 2, y: layout.groupBottom + layout.nameHeight };
    made.push(["q", asker, lane, query]);
  } else made.push(["q", inputAt(row), roleAt("q", row)]);
  if (lit !== null) for (const role of /** @type {Role[]} */ (["k", "v"])) made.push([role, inputAt(lit), roleAt(role, lit)]);
  const makers = made.flatMap(([role, from, to, end]) => {
    const width = data[role][0].length * layout.matrixCell;
    const matrix = { x: layout.matrixLeft(role) + width / 2, y: start };
    return [
      wire(`made-of-input/${role}`, role, curve(from, to, end), 0.9, 2),
      wire(`made-by-matrix/${role}`, role, curve(matrix, to, end), 0.9, 2),
    ];
  });
  return [...inputs, ...makers];
}
