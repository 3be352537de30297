// The chosen row of the followed head, written large, with an eye under each key: may the query look at it?
import { allAlike, worded } from "../lesson_figure/lettering.js";
import { boxOf } from "../lesson_figure/matrix.js";
import { emptyGrid, frame } from "../lesson_figure/shapes.js";
import { largestOf } from "../figures/numbers.js";
import { grid } from "./cells.js";
import { STEPS, scoresOf } from "./trace.js";

/** @import { Item } from "../lesson_figure/draw.js" */
/** @import { Shown } from "./trace.js" */

/** @param {Shown} shown @returns {Item[]} */
export function lensOf(shown) {
  const { step } = shown;
  const names = [...(shown.layout.compact ? [] : [title(shown)]), ...keyNames(shown)];
  return step < STEPS.scores ? [...names, emptyGrid("lens", shown.layout.lens)] : [...names, ...row(shown)];
}

/** @param {Shown} shown @returns {Item[]} */
function row(shown) {
  const { data, layout, at, step, type } = shown;
  const { lens, label, compact } = layout;
  const head = data.heads[at.followed];
  const scores = step <= STEPS.scores;
  const values = [(scores ? scoresOf(head) : head.weights)[at.row]];
  const cells = grid(shown, {
    ...{ key: "lens", at: lens, values, role: "w", largest: scores ? largestOf(scoresOf(head)) : 1 },
    write: allAlike(values, lens.cell, { ...type, font: Math.max(type.font, compact ? label : type.smallest) }),
    cellOf: (_, j) => ({
      copy: `head/${at.followed}/${scores ? "s" : "w"}/${at.row}/${j}`,
      className: `${j === at.pair ? "lit" : ""} ${head.blocked[at.row][j] ? "masked" : ""}`,
    }),
  });
  const eyes = data.editable ? data.names.x.map((_, j) => eye(shown, j)) : [];
  return [cells, frame("lens", boxOf(lens, { column: at.pair }), "w strong"), ...eyes];
}

/** @param {Shown} shown @returns {Item[]} */
function keyNames({ data, layout, at }) {
  const { lens, label } = layout;
  const longest = Math.max(...data.names.x.map((name) => name.length)); // letters of the subscript are small
  const legible = lens.cell >= label * (0.45 * longest);
  return data.names.x.flatMap((text, j) => {
    if (!legible && j !== at.pair) return [];
    const looks = { text, className: `name ${j === at.pair ? "k" : "x"}` };
    return [{ kind: "label", key: `lens-name/${j}`, x: lens.xOf(j) + lens.cell / 2, y: lens.namesY, ...looks }];
  });
}

/** @param {Shown} shown @returns {Item} */
function title({ data, layout, at, step }) {
  const { lens, label } = layout;
  const token = data.names.x[at.row];
  const what = step <= STEPS.scores ? "scores" : "weights";
  const wordings = [
    `head ${at.followed}: the ${what} of query ${token}`,
    `head ${at.followed}: ${what} of ${token}`,
    `${what} of ${token}`,
  ];
  const looks = { text: worded(wordings, lens.width, label), className: `stage ${step < STEPS.scores ? "later" : ""}` };
  return { kind: "label", key: "lens-title", anchor: "start", x: lens.x, y: lens.titleY, ...looks };
}

/** @param {Shown} shown @param {number} j @returns {Item} */
function eye({ data, layout, at }, j) {
  const { lens } = layout;
  const open = !data.heads[at.followed].blocked[at.row][j];
  const box = { x: lens.xOf(j) + 1, y: lens.y + lens.height + 1, width: lens.cell - 2, height: lens.toggle - 2 };
  const scale = Math.min(lens.toggle * 0.95, lens.cell * 0.94);
  return { kind: "eye", key: `toggle/${j}`, name: `toggle/${at.row}/${j}`, open, scale, ...box };
}
