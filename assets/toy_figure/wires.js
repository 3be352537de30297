// What leads where in the figure: from the query and the keys to the weights, from the weighed values to their sum.
import { largestOf } from "../shared/numbers.js";
import { drawWire } from "../shared/svg_scene.js";
import { STEPS } from "./trace.js";

/** @import { Scene } from "../shared/svg_scene.js" */
/** @import { Shown } from "./toy_figure.js" */

/**
 * @param {Scene} scene
 * @param {Shown} shown
 */
export function drawWires(scene, shown) {
  const { data, layout, step, row, lit, dimming } = shown;
  const weightBottom = layout.weightTop + layout.weightHeight;
  data.weights[row].forEach((_, j) => {
    const keyMiddle = data.projected ? layout.roleLeft("k", j) + layout.cellWidth / 2 : layout.centre(j);
    const dim = dimming && lit !== j ? 0.25 : 1;
    const from = { x: keyMiddle, y: layout.groupTop - 3 };
    const to = { x: layout.centre(j), y: weightBottom + 3 };
    drawWire(scene, `key-wire/${j}`, { from, to, className: "k", opacity: 0.8 * dim, width: lit === j ? 2.5 : 1.5 });
    if (step === STEPS.sum) drawSumWire(scene, shown, j, dim);
  });
  if (data.projected) drawProjectionWires(scene, shown);
  const from = { x: layout.query.x + layout.cellWidth + 3, y: layout.weightTop + layout.weightHeight / 2 };
  drawWire(scene, "query-wire", { from, to: { x: layout.weightLeft(0) - 3, y: from.y }, className: "q", width: 2 });
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
  const from = { x: layout.centre(j), y: layout.productTop - 22 };
  const bottom = layout.outputTop + data.v[0].length * layout.cellHeight + 3;
  const to = { x: layout.outputLeft(row) + layout.cellWidth / 2, y: bottom };
  const width = 1 + 4 * Math.min(1, Math.abs(weights[j]) / (largestOf([weights]) || 1));
  drawWire(scene, `sum-wire/${j}`, { from, to, className: "y", opacity: 0.7 * dim, width });
}

/**
 * From every vector to what it is projected to.
 *
 * @param {Scene} scene
 * @param {Shown} shown
 */
function drawProjectionWires(scene, { data, layout, row, lit }) {
  const middle = layout.cellWidth / 2;
  for (const role of /** @type {("q" | "k" | "v")[]} */ (data.cross ? ["k", "v"] : ["q", "k", "v"])) {
    const bottom = layout.groupTop + data[role][0].length * layout.cellHeight + 21;
    data[role].forEach((_, j) => {
      const strong = role === "q" ? j === row : j === lit;
      const from = { x: layout.centre(j), y: layout.inputTop - 3 };
      const to = { x: layout.roleLeft(role, j) + middle, y: bottom };
      const looks = { className: role, opacity: strong ? 0.9 : 0.4, width: strong ? 2 : 1.2 };
      drawWire(scene, `${role}-projection/${j}`, { from, to, ...looks });
    });
  }
  if (!data.cross) return;
  const from = { x: layout.query.x + middle, y: layout.inputTop - 3 };
  const to = { x: from.x, y: layout.query.y + data.q[row].length * layout.cellHeight + 22 };
  drawWire(scene, "query-projection", { from, to, className: "q", opacity: 0.9, width: 2 });
}
