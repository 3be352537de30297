// The top of the multi-head figure: the heads' outputs side by side, W_0 and b_0, and y.
import { largestOf } from "../shared/numbers.js";
import { drawLabel } from "../shared/svg_scene.js";
import { boxOf } from "./boxes.js";
import { drawBracket, drawEmpty, drawFrame, drawGrid } from "./grid.js";
import { worded } from "./lettering.js";
import { STEPS } from "./trace.js";
import { editable } from "./words.js";

/** @import { LayeredScene } from "./grid.js" */
/** @import { HeadData, Rows, Shown } from "./figure.js" */
/** @import { Matrix } from "./layout.js" */

/**
 * @param {LayeredScene} scene
 * @param {Shown} shown
 */
export function drawTop(scene, shown) {
  drawConcat(scene, shown);
  drawJoin(scene, shown);
  drawOutput(scene, shown);
  for (const [key, label] of Object.entries(namesOf(shown))) if (label.text) drawLabel(scene, `stage/${key}`, label);
}

/** "y_1" of "x_1". @param {string} name */
const nameOfOutput = (name) => name.replace("x", "y");
/**
 * @param {HeadData} head
 * @param {boolean} followed
 */
const bracketLooks = (head, followed) => `${followed ? "lit" : ""} ${head.on ? "" : "off"}`;
/**
 * @param {LayeredScene} scene
 * @param {Shown} shown
 */
function drawConcat(scene, shown) {
  const { data, layout, at, type, step } = shown;
  const { concat } = layout.join;
  const { headDim, label } = layout;
  data.heads.forEach((head, h) => {
    const { x, y, width } = boxOf(concat, { column: h * headDim, columns: headDim });
    const looks = bracketLooks(head, h === at.followed);
    drawBracket(scene, `part/${h}`, {
      x,
      y: y - 2,
      length: width,
      side: "above",
      letters: label,
      text: `${h}`,
      className: looks,
    });
  });
  if (step < STEPS.concatenate) return drawEmpty(scene, "concat", concat);
  drawGrid(scene, "concat", {
    at: concat,
    values: data.concat,
    largest: largestOf(data.concat),
    role: "y",
    type,
    dataOf: (i, m) => ({ name: `concat/${i}/${m}`, value: String(data.concat[i][m]) }),
    looks: (i) => (i === at.row ? "lit" : ""),
  });
  drawFrame(scene, "frame/concat", { ...boxOf(concat, { row: at.row, columns: concat.columns }), className: "y" });
  drawFrame(scene, "frame/concat-m", { ...boxOf(concat, { row: at.row, column: at.m }), className: "y strong" });
}

/**
 * @param {LayeredScene} scene
 * @param {Shown} shown
 */
function drawJoin(scene, shown) {
  const { data, layout, at, step } = shown;
  const { square, bias } = layout.join;
  if (!square || !data.W_0) return;
  data.heads.forEach((head, h) => {
    const { x, y, height } = boxOf(square, { row: h * layout.headDim, rows: layout.headDim });
    const looks = bracketLooks(head, h === at.followed);
    drawBracket(scene, `rows/${h}`, {
      x: x - 3,
      y,
      length: height,
      side: "left",
      letters: layout.label,
      text: `${h}`,
      className: looks,
    });
  });
  if (step < STEPS.join) {
    drawEmpty(scene, "w0", square);
    if (bias) drawEmpty(scene, "b0", bias);
    return;
  }
  const largest = largestOf([...data.W_0, data.b_0 ?? []]);
  fillJoin(scene, shown, "w0", "W0", square, data.W_0, largest);
  drawFrame(scene, "frame/w0", { ...boxOf(square, { column: at.column, rows: square.rows }), className: "join" });
  drawFrame(scene, "frame/w0-m", { ...boxOf(square, { row: at.m, column: at.column }), className: "join strong" });
  if (!bias || !data.b_0) return;
  fillJoin(scene, shown, "b0", "b0", bias, [data.b_0], largest);
  drawFrame(scene, "frame/b0", { ...boxOf(bias, { column: at.column }), className: "join" });
}

/**
 * @param {LayeredScene} scene
 * @param {Shown} shown
 * @param {string} key
 * @param {string} name in Doing.edit
 * @param {Matrix} at
 * @param {Rows} values
 * @param {number} largest
 */
function fillJoin(scene, shown, key, name, at, values, largest) {
  const placed = (/** @type {number} */ m, /** @type {number} */ c) => (key === "b0" ? `b0/${c}` : `${key}/${m}/${c}`);
  drawGrid(scene, key, {
    ...{ at, values, largest, role: "join", type: shown.type },
    dataOf: (m, c) => ({ name: placed(m, c), value: String(values[m][c]), ...editable(shown, `${name}/${m}/${c}`) }),
    looks: (_, c) => (c === shown.at.column ? "lit" : ""),
  });
}

/**
 * @param {LayeredScene} scene
 * @param {Shown} shown
 */
function drawOutput(scene, { data, layout, at, type, step }) {
  const { output, namesX } = layout.join;
  const legible = output.row >= layout.label * 0.95;
  data.names.x.forEach((name, i) => {
    if (!legible && i !== at.row) return;
    const className = `name token y ${i === at.row && step >= STEPS.join ? "chosen" : ""}`;
    const y = output.yOf(i) + output.row / 2;
    drawLabel(scene, `y-name/${i}`, { text: nameOfOutput(name), x: namesX, y, className }).dataset.name = `row/${i}`;
  });
  if (step < STEPS.join) return drawEmpty(scene, "y", output);
  drawGrid(scene, "y", {
    at: output,
    values: data.output,
    largest: largestOf(data.output),
    role: "y",
    type,
    dataOf: (i, c) => ({ name: `y/${i}/${c}`, value: String(data.output[i][c]) }),
    looks: (i, c) => (i === at.row && c === at.column ? "lit" : ""),
  });
  drawFrame(scene, "frame/y", { ...boxOf(output, { row: at.row, column: at.column }), className: "y chosen" });
}

/**
 * What the matrices on top are called, and how they are joined.
 *
 * @param {Shown} shown
 * @returns {Record<string, { text: string, x: number, y: number, anchor?: string, className: string }>}
 */
function namesOf({ data, layout }) {
  const { concat, square, bias, output, top } = layout.join;
  const { label, line, scale, compact, sign } = layout;
  const [rows, dim, heads] = [data.x.length, data.x[0].length, data.heads.length];
  const above = concat.y - layout.mark - line / 2 + 2;
  const side = `concat ${rows}×${dim}`;
  const all = `concatenate: ${heads} × (${rows}×${layout.headDim}) → ${rows}×${dim}`;
  const joined = compact ? "" : worded(heads > 1 ? [all, side] : [side], concat.width, label);
  const concatName = { text: joined, x: concat.x, y: above, anchor: "start", className: "stage" };
  const outputName = { text: `y ${rows}×${dim}`, x: output.x, y: output.y - line / 2, anchor: "start", className: "stage" };
  const middle = concat.y + concat.height / 2;
  const signAfter = (/** @type {Matrix} */ at, /** @type {string} */ text) => ({
    ...{ text, x: at.x + at.width + sign / 2, y: middle, className: "sign" },
  });
  if (!square) return { concat: concatName, equals: signAfter(concat, "="), output: outputName };
  const looks = { anchor: "end", className: "stage join" };
  const b0 = { ...looks, text: bias ? "b_0" : "", x: square.x - 5, y: bias ? bias.y + bias.row / 2 : 0 };
  const text = compact ? "W_0" : `W_0 ${dim}×${dim}`;
  if (layout.arrangement === "beside") {
    const w0 = { ...looks, text, x: square.x, y: square.y - line / 2, anchor: "start" };
    return { concat: concatName, times: signAfter(concat, "·"), w0, b0, equals: signAfter(square, "="), output: outputName };
  }
  const sum = compact || above - top < 3 * line ? "" : `y = concat · W_0${bias ? " + b_0" : ""}`;
  return {
    sum: { text: sum, x: concat.x, y: top + line / 2, anchor: "start", className: "stage" },
    concat: concatName,
    w0: { ...looks, text, x: square.x - label - 12 * scale, y: square.y + line / 2 },
    b0,
  };
}
