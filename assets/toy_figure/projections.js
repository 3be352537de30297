// The projection matrices, and the queries, keys and values.
import { eachAsItFits, nameEms } from "../lesson_figure/lettering.js";
import { matrix } from "../lesson_figure/matrix.js";
import { subscript } from "../lesson_figure/written.js";
import { largestOf } from "../figures/numbers.js";
import { LOOK, columnsOf, drawnName } from "./columns.js";
import { keyNames, rolesOf, shade } from "./trace.js";

/** @import { Item } from "../lesson_figure/draw.js" */
/** @import { Role } from "./across.js" */
/** @import { Rows } from "./data.js" */
/** @import { Shown } from "./trace.js" */

const ROLE_NAMES = { q: "query", k: "key", v: "value" };

/** @param {Shown} shown @returns {Item[]} */
export function projectionsOf(shown) {
  const { data, layout, row, lit } = shown;
  const { cellWidth: width, groupTop: y } = layout;
  const names = keyNames(data);
  const numbered = nameEms(`q_${subscript(names[names.length - 1])}`) * layout.nameSize <= width;
  return rolesOf(data).flatMap((role) => {
    const x = (/** @type {number} */ j) => layout.roleLeft(role, j);
    const asks = (/** @type {number} */ j) => role === "q" && j === row;
    const outlined = (/** @type {number} */ j) => (role === "q" ? asks(j) && lit !== null : j === lit);
    const cells = columnsOf(shown, role, data[role], {
      ...{ x, y, width, role },
      says: (j) => `${ROLE_NAMES[role]} ${role}${subscript(names[j])}`,
      className: (j) => `token-${j} ${outlined(j) ? `as-${ROLE_NAMES[role]}` : ""} ${asks(j) ? "" : shade(shown, j)}`,
    });
    const below = y + data[role][0].length * layout.cellHeight + layout.nameHeight / 2;
    const labels = names.map((name, j) => {
      const text = numbered ? `${role}_${subscript(name)}` : role;
      const looks = { text, room: width, className: `${role} ${shade(shown, j)}` };
      return drawnName(shown, `${role}-name/${j}`, { x: x(j) + width / 2, y: below, ...looks });
    });
    return [cells, ...labels];
  });
}

/** W_q, W_k and W_v, each row level with the numbers it multiplies, and the biases below. @param {Shown} shown @returns {Item[]} */
export function matricesOf(shown) {
  const { data, layout } = shown;
  const { projections } = data;
  if (!projections) return [];
  return /** @type {Role[]} */ (["q", "k", "v"]).flatMap((role) => {
    const [weight, bias] = [projections[`W${role}`], projections[`b${role}`]];
    const bottom = layout.inputTop + weight.length * layout.cellHeight;
    const biasTop = bottom + layout.biasGap;
    const width = weight[0].length * layout.matrixCell;
    const x = layout.matrixLeft(role) + width / 2;
    const y = (data.biases ? biasTop + layout.cellHeight : bottom) + layout.nameHeight / 2;
    const full = data.biases ? `W_${role} + b_${role}` : `W_${role}`;
    const text = nameEms(full) * layout.nameSize <= width + layout.matrixCell ? full : `W_${role}`;
    return [
      written(shown, `W${role}`, weight, role, layout.inputTop, `W ${role}`),
      ...(data.biases ? [written(shown, `b${role}`, bias, role, biasTop, `bias b ${role}`)] : []),
      drawnName(shown, `matrix-name/${role}`, { text, room: width + 2 * layout.matrixCell + 4, x, y, className: role }),
    ];
  });
}

/**
 * Draw a matrix of numbers.
 *
 * @param {Shown} shown
 * @param {string} name start of its cells' data-names
 * @param {Rows} values
 * @param {Role} role
 * @param {number} y
 * @param {string} says
 * @returns {Item}
 */
function written({ data, layout }, name, values, role, y, says) {
  const { matrixCell: width, cellHeight: height, digits } = layout;
  return {
    ...{ kind: "grid", key: name, values, largest: largestOf(values), role, look: LOOK },
    write: eachAsItFits({ width, height }, digits),
    at: matrix({ x: layout.matrixLeft(role), y }, [values.length, values[0].length], [width, height]),
    cellOf: (r, c) => ({
      name: `${name}/${r}/${c}`,
      edits: data.editable ? `${name}/${r}/${c}` : undefined,
      says: `${says}, row ${r + 1}, column ${c + 1}`,
      className: `column-${role}-${c}`,
    }),
  };
}
