// The top of the multi-head figure: the heads' outputs side by side, W_0 and b_0, and y.
import { worded } from "../lesson_figure/lettering.js";
import { boxOf } from "../lesson_figure/matrix.js";
import { emptyGrid, frame } from "../lesson_figure/shapes.js";
import { largestOf } from "../figures/numbers.js";
import { edits, grid } from "./cells.js";
import { STEPS } from "./trace.js";

/** @import { Item } from "../lesson_figure/draw.js" */
/** @import { Matrix } from "../lesson_figure/matrix.js" */
/** @import { LabelItem } from "../lesson_figure/shapes.js" */
/** @import { Rows, Shown } from "./trace.js" */

/** @param {Shown} shown @returns {Item[]} */
export const joinOf = (shown) => [...concatenation(shown), ...join(shown), ...output(shown), ...namesOf(shown)];

/** @param {Shown} shown @param {number} h */
const bracketLooks = ({ data, at, layout }, h) => ({
  kind: /** @type {const} */ ("bracket"),
  letters: layout.label,
  text: `${h}`,
  className: `${h === at.followed ? "lit" : ""} ${data.heads[h].on ? "" : "off"}`,
});

/** @param {Shown} shown @returns {Item[]} */
function concatenation(shown) {
  const { data, layout, at, step } = shown;
  const { concat } = layout.join;
  /** @type {Item[]} */
  const brackets = data.heads.map((_, h) => {
    const { x, y, width } = boxOf(concat, { column: h * layout.headDim, columns: layout.headDim });
    return { ...bracketLooks(shown, h), key: `part/${h}`, x, y: y - 2, length: width, side: "above" };
  });
  if (step < STEPS.concatenate) return [...brackets, emptyGrid("concat", concat)];
  const cells = grid(shown, {
    ...{ key: "concat", at: concat, values: data.concat, role: "y" },
    cellOf: (i, m) => ({ name: `concat/${i}/${m}`, className: i === at.row ? "lit" : "" }),
  });
  return [
    ...brackets,
    cells,
    frame("concat", boxOf(concat, { row: at.row, columns: concat.columns }), "y"),
    frame("concat-m", boxOf(concat, { row: at.row, column: at.m }), "y strong"),
  ];
}

/** @param {Shown} shown @returns {Item[]} */
function join(shown) {
  const { data, layout, at, step } = shown;
  const { square, bias } = layout.join;
  if (!square || !data.W_0) return [];
  /** @type {Item[]} */
  const brackets = data.heads.map((_, h) => {
    const { x, y, height } = boxOf(square, { row: h * layout.headDim, rows: layout.headDim });
    return { ...bracketLooks(shown, h), key: `rows/${h}`, x: x - 3, y, length: height, side: "left" };
  });
  if (step < STEPS.join) return [...brackets, emptyGrid("w0", square), ...(bias ? [emptyGrid("b0", bias)] : [])];
  const largest = largestOf([...data.W_0, data.b_0 ?? []]);
  return [
    ...brackets,
    joined(shown, "W0", square, data.W_0, largest, (m, c) => `w0/${m}/${c}`),
    frame("w0", boxOf(square, { column: at.column, rows: square.rows }), "join"),
    frame("w0-m", boxOf(square, { row: at.m, column: at.column }), "join strong"),
    ...(bias && data.b_0
      ? [
          joined(shown, "b0", bias, [data.b_0], largest, (_, c) => `b0/${c}`),
          frame("b0", boxOf(bias, { column: at.column }), "join"),
        ]
      : []),
  ];
}

/**
 * @param {Shown} shown
 * @param {string} matrix as in Doing.edit
 * @param {Matrix} at
 * @param {Rows} values
 * @param {number} largest
 * @param {(m: number, c: number) => string} nameOf
 */
function joined(shown, matrix, at, values, largest, nameOf) {
  return grid(shown, {
    ...{ key: matrix, at, values, largest, role: "join" },
    cellOf: (m, c) => ({
      name: nameOf(m, c),
      edits: edits(shown, `${matrix}/${m}/${c}`),
      className: c === shown.at.column ? "lit" : "",
    }),
  });
}

/** @param {Shown} shown @returns {Item[]} */
function output(shown) {
  const { data, layout, at, step } = shown;
  const { output: place, namesX: x } = layout.join;
  const legible = place.row >= layout.label * 0.95;
  const names = data.names.x.flatMap((name, i) => {
    if (!legible && i !== at.row) return [];
    const className = `name token y ${i === at.row && step >= STEPS.join ? "chosen" : ""}`;
    const y = place.yOf(i) + place.row / 2;
    /** @type {Item} */
    const label = { kind: "label", key: `y-name/${i}`, name: `row/${i}`, text: name.replace("x", "y"), x, y, className };
    return [label];
  });
  if (step < STEPS.join) return [...names, emptyGrid("y", place)];
  const cells = grid(shown, {
    ...{ key: "y", at: place, values: data.output, role: "y" },
    cellOf: (i, c) => ({ name: `y/${i}/${c}`, className: i === at.row && c === at.column ? "lit" : "" }),
  });
  return [...names, cells, frame("y", boxOf(place, { row: at.row, column: at.column }), "y chosen")];
}

/** The names of the matrices on top, and the signs between them. @param {Shown} shown @returns {Item[]} */
function namesOf(shown) {
  const { concat, square, output: place } = shown.layout.join;
  const { line, sign, arrangement } = shown.layout;
  const [rows, dim] = [shown.data.x.length, shown.data.x[0].length];
  const above = concat.y - shown.layout.mark - line / 2 + 2;
  const y = label("output", `y ${rows}×${dim}`, place.x, place.y - line / 2, { anchor: "start" });
  const middle = concat.y + concat.height / 2;
  const signAfter = (/** @type {string} */ key, /** @type {Matrix} */ at, /** @type {string} */ text) =>
    label(key, text, at.x + at.width + sign / 2, middle, { className: "sign", anchor: "middle" });
  const names = !square
    ? [signAfter("equals", concat, "="), y]
    : arrangement === "beside"
      ? [signAfter("times", concat, "·"), ...joinNames(shown, above, square), signAfter("equals", square, "="), y]
      : joinNames(shown, above, square);
  return [label("concat", concatName(shown), concat.x, above, { anchor: "start" }), ...names].filter(({ text }) => text);
}

/** @param {Shown} shown */
function concatName({ data, layout }) {
  const [rows, dim, heads] = [data.x.length, data.x[0].length, data.heads.length];
  const side = `concat ${rows}×${dim}`;
  const all = `concatenate: ${heads} × (${rows}×${layout.headDim}) → ${rows}×${dim}`;
  return layout.compact ? "" : worded(heads > 1 ? [all, side] : [side], layout.join.concat.width, layout.label);
}

/**
 * The names of W_0 and b_0, and the whole sum if there is room.
 *
 * @param {Shown} shown
 * @param {number} above the concatenation
 * @param {Matrix} square
 */
function joinNames({ data, layout }, above, square) {
  const { concat, bias, top } = layout.join;
  const { label: letters, line, scale, compact, arrangement } = layout;
  const dim = data.x[0].length;
  const looks = { className: "stage join", anchor: "end" };
  const text = compact ? "W_0" : `W_0 ${dim}×${dim}`;
  const b0 = label("b0", bias ? "b_0" : "", square.x - 5, bias ? bias.y + bias.row / 2 : 0, looks);
  if (arrangement === "beside") return [label("w0", text, square.x, square.y - line / 2, { ...looks, anchor: "start" }), b0];
  const sum = compact || above - top < 3 * line ? "" : `y = concat · W_0${bias ? " + b_0" : ""}`;
  return [
    label("sum", sum, concat.x, top + line / 2, { anchor: "start" }),
    label("w0", text, square.x - letters - 12 * scale, square.y + line / 2, looks),
    b0,
  ];
}

/** @param {string} key @param {string} text @param {number} x @param {number} y @param {Partial<LabelItem>} looks @returns {LabelItem} */
const label = (key, text, x, y, looks) => ({ kind: "label", key: `stage/${key}`, text, x, y, className: "stage", ...looks });
