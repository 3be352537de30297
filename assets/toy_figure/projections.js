// The matrices, and the queries, keys and values that they make of the vectors.
import { largestOf } from "../shared/numbers.js";
import { drawColumn, drawMatrix } from "./cells.js";
import { drawName, nameEms } from "./names.js";
import { keyNames, rolesOf, shade, subscript } from "./trace.js";

/** @import { Scene } from "../shared/svg_scene.js" */
/** @import { Role } from "./across.js" */
/** @import { Shown } from "./data.js" */

const ROLE_NAMES = { q: "query", k: "key", v: "value" };

/**
 * @param {Scene} scene
 * @param {Shown} shown
 */
export function drawProjections(scene, shown) {
  const { data, layout, row, lit } = shown;
  const { cellHeight: height, cellWidth: width, groupTop: y, digits } = layout;
  const names = keyNames(data);
  const longest = nameEms(`q_${subscript(names[names.length - 1])}`) * layout.nameSize <= width ? "" : "q";
  for (const role of rolesOf(data)) {
    const largest = largestOf(data[role]);
    data[role].forEach((values, j) => {
      const asks = role === "q" && j === row;
      const outlined = role === "q" ? asks && lit !== null : j === lit;
      const className = `token-${j} ${outlined ? `as-${ROLE_NAMES[role]}` : ""} ${asks ? "" : shade(shown, j)}`;
      const x = layout.roleLeft(role, j);
      const name = `${role}_${subscript(names[j])}`;
      const looks = { values, largest, role, className, digits, says: `${ROLE_NAMES[role]} ${name.replace("_", "")}` };
      drawColumn(scene, `${role}/${j}`, { x, y, width, height, ...looks });
      const place = { x: x + width / 2, y: y + values.length * height + layout.nameHeight / 2 };
      const text = longest ? role : name;
      drawName(scene, `${role}-name/${j}`, shown, { text, room: width, ...place, className: `${role} ${shade(shown, j)}` });
    });
  }
}

/**
 * W_q, W_k and W_v, their rows level with the numbers that they weigh, and the biases below.
 *
 * @param {Scene} scene
 * @param {Shown} shown
 */
export function drawMatrices(scene, shown) {
  const { data, layout } = shown;
  const { projections } = data;
  if (!projections) return;
  for (const role of /** @type {Role[]} */ (["q", "k", "v"])) {
    const [weight, bias] = [projections[`W${role}`], projections[`b${role}`]];
    const looks = {
      x: layout.matrixLeft(role),
      width: layout.matrixCell,
      height: layout.cellHeight,
      digits: layout.digits,
      role,
      editable: data.editable,
      classOf: (/** @type {number} */ c) => `column-${role}-${c}`,
    };
    drawMatrix(scene, `W${role}`, { ...looks, y: layout.inputTop, values: weight, says: `W ${role}` });
    const bottom = layout.inputTop + weight.length * layout.cellHeight;
    const biasTop = bottom + layout.biasGap;
    if (data.biases) drawMatrix(scene, `b${role}`, { ...looks, y: biasTop, values: bias, says: `bias b ${role}` });
    const width = weight[0].length * layout.matrixCell;
    const place = { x: looks.x + width / 2, y: (data.biases ? biasTop + layout.cellHeight : bottom) + layout.nameHeight / 2 };
    const full = data.biases ? `W_${role} + b_${role}` : `W_${role}`;
    const text = nameEms(full) * layout.nameSize <= width + layout.matrixCell ? full : `W_${role}`;
    drawName(scene, `matrix-name/${role}`, shown, { text, room: width + 2 * layout.matrixCell + 4, ...place, className: role });
  }
}
