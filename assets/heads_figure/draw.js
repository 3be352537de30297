// The multi-head figure, bottom to top: x, split or read whole, the heads, their outputs side by side, and W_0 that joins them.
import { largestOf } from "../shared/numbers.js";
import { drawLabel } from "../shared/svg_scene.js";
import { drawBracket, drawFrame, drawGrid } from "./grid.js";
import { drawHead } from "./panel.js";
import { drawWires } from "./wires.js";

/** @import { LayeredScene } from "./grid.js" */
/** @import { HeadData, Rows, Shown } from "./heads_figure.js" */

/**
 * @param {LayeredScene} scene
 * @param {Shown} shown
 */
export function drawHeads(scene, shown) {
  shown.data.heads.forEach((_, h) => drawHead(scene, shown, h));
  drawWires(scene, shown);
  drawInput(scene, shown);
  drawConcat(scene, shown);
  if (shown.data.W_0) drawJoin(scene, shown, shown.data.W_0);
  drawOutput(scene, shown);
  drawStages(scene, shown);
}

/**
 * @param {readonly number[]} row
 * @param {number} h
 * @param {number} headDim
 */
const pieceOf = (row, h, headDim) => row.slice(h * headDim, (h + 1) * headDim);
/** "y_1" of "x_1". @param {string} name */
const outputName = (name) => name.replace("x", "y");
/**
 * @param {HeadData} head
 * @param {boolean} followed
 */
const bracketLooks = (head, followed) => `${followed ? "lit" : ""} ${head.on ? "" : "off"}`;

/**
 * @param {LayeredScene} scene
 * @param {Shown} shown
 */
function drawInput(scene, { data, layout, at }) {
  const { cellWidth, rowHeight, headDim } = layout;
  const read = (/** @type {number} */ h) => !data.split || h === at.followed;
  data.heads.forEach((_, h) => {
    const place = { x: layout.pieceLeft(h), y: layout.inputTop };
    drawGrid(scene, `x/${h}`, {
      ...place,
      width: cellWidth,
      height: rowHeight,
      role: "x",
      values: data.x.map((row) => pieceOf(row, h, headDim)),
      largest: largestOf(data.x),
      nameOf: (i, c) => `x/${i}/${h * headDim + c}`,
      lit: (i) => read(h) && (i === at.pair || i === at.row),
    });
    if (!data.split) return;
    const bracket = { ...place, y: place.y - 4, length: headDim * cellWidth };
    drawBracket(scene, `piece/${h}`, {
      ...bracket,
      side: "above",
      text: `${h}`,
      className: h === at.followed ? "lit" : "",
    });
  });
  drawInputNames(scene, { data, layout, at });
  const frame = { x: layout.readLeft(at.followed), width: layout.readWidth, height: rowHeight };
  drawFrame(scene, "frame/x-key", { ...frame, y: layout.inputTop + at.pair * rowHeight, grow: 3, className: "k" });
  drawFrame(scene, "frame/x-query", { ...frame, y: layout.inputTop + at.row * rowHeight, className: "q" });
}

/**
 * @param {LayeredScene} scene
 * @param {Shown} shown
 */
function drawInputNames(scene, { data, layout, at }) {
  const left = layout.pieceLeft(0);
  data.names.x.forEach((name, i) => {
    const y = layout.inputTop + (i + 0.5) * layout.rowHeight;
    drawLabel(scene, `x-name/${i}`, { text: name, x: left - 17, y, className: `name ${i === at.row ? "q" : "x"}` });
    const caption = data.captions[i];
    if (caption) drawLabel(scene, `caption/${i}`, { text: caption, anchor: "end", x: left - 34, y, className: "caption" });
  });
}

/**
 * @param {LayeredScene} scene
 * @param {Shown} shown
 */
function drawConcat(scene, { data, layout, at }) {
  const { cellWidth, rowHeight, headDim } = layout;
  const top = layout.concatTop;
  drawGrid(scene, "concat", {
    x: layout.concatLeft,
    y: top,
    width: cellWidth,
    height: rowHeight,
    role: "y",
    values: data.concat,
    largest: largestOf(data.concat),
    xOf: (m) => layout.concatX(m) - layout.concatLeft,
    nameOf: (i, m) => `concat/${i}/${m}`,
    lit: (i) => i === at.row,
  });
  data.heads.forEach((head, h) => {
    const y = top + data.x.length * rowHeight + 4;
    const bracket = { x: layout.concatX(h * headDim), y, length: headDim * cellWidth };
    drawBracket(scene, `part/${h}`, {
      ...bracket,
      side: "below",
      text: `${h}`,
      className: bracketLooks(head, h === at.followed),
    });
  });
  const row = { y: top + at.row * rowHeight, height: rowHeight };
  drawFrame(scene, "frame/concat", { ...row, x: layout.concatLeft, width: layout.concatWidth, className: "y" });
  drawFrame(scene, "frame/concat-m", { ...row, x: layout.concatX(at.m), width: cellWidth, className: "y strong" });
}

/**
 * @param {LayeredScene} scene
 * @param {Shown} shown
 * @param {Rows} W_0
 */
function drawJoin(scene, { data, layout, at }, W_0) {
  const { rowHeight, headDim, squareWidth } = layout;
  const largest = largestOf([...W_0, data.b_0 ?? []]);
  const lit = (/** @type {number} */ _, /** @type {number} */ c) => c === at.column;
  const cells = { x: layout.squareLeft, width: squareWidth, height: rowHeight, role: "join", largest, lit };
  drawGrid(scene, "w0", {
    ...cells,
    y: layout.squareTop,
    values: W_0,
    yOf: (m) => layout.squareY(m) - layout.squareTop,
    nameOf: (m, c) => `w0/${m}/${c}`,
  });
  if (data.b_0) drawGrid(scene, "b0", { ...cells, y: layout.biasTop, values: [data.b_0], nameOf: (_, c) => `b0/${c}` });
  data.heads.forEach((head, h) => {
    const bracket = { x: layout.squareLeft - 4, y: layout.squareY(h * headDim), length: headDim * rowHeight };
    drawBracket(scene, `rows/${h}`, {
      ...bracket,
      side: "left",
      text: `${h}`,
      className: bracketLooks(head, h === at.followed),
    });
  });
  const column = { x: layout.squareLeft + at.column * squareWidth, width: squareWidth, height: rowHeight, className: "join" };
  drawFrame(scene, "frame/w0", { ...column, y: layout.squareTop, height: layout.square });
  drawFrame(scene, "frame/w0-m", { ...column, y: layout.squareY(at.m), className: "join strong" });
  if (data.b_0) drawFrame(scene, "frame/b0", { ...column, y: layout.biasTop });
}

/**
 * @param {LayeredScene} scene
 * @param {Shown} shown
 */
function drawOutput(scene, { data, layout, at }) {
  const { cellWidth, rowHeight } = layout;
  drawGrid(scene, "y", {
    x: layout.outputLeft,
    y: layout.outputTop,
    width: cellWidth,
    height: rowHeight,
    role: "y",
    values: data.output,
    largest: largestOf(data.output),
    nameOf: (i, c) => `y/${i}/${c}`,
    lit: (i, c) => i === at.row && c === at.column,
  });
  data.names.x.forEach((name, i) => {
    const y = layout.outputTop + (i + 0.5) * rowHeight;
    const className = `name y ${i === at.row ? "chosen" : ""}`;
    drawLabel(scene, `y-name/${i}`, { text: outputName(name), x: layout.outputLeft - 17, y, className });
  });
  const [x, y] = [layout.outputLeft + at.column * cellWidth, layout.outputTop + at.row * rowHeight];
  drawFrame(scene, "frame/y", { x, y, width: cellWidth, height: rowHeight, className: "y chosen" });
}

/**
 * What every stage is called, and its shape.
 *
 * @param {LayeredScene} scene
 * @param {Shown} shown
 */
function drawStages(scene, { data, layout }) {
  const [rows, dim, heads, { headDim }] = [data.x.length, data.x[0].length, data.heads.length, layout];
  /** @param {string} key @param {string} text @param {number} x @param {number} y */
  const say = (key, text, x, y, anchor = "middle") =>
    drawLabel(scene, `stage/${key}`, { text, x, y, anchor, className: "stage" });
  const read = data.split
    ? `split: ${heads} × (${rows}×${headDim}), each piece through its own ${headDim}×${headDim}`
    : `every head reads all of it, through its own ${dim}×${headDim}`;
  say("x", `x ${rows}×${dim}, ${read}`, layout.width / 2, layout.inputTop + rows * layout.rowHeight + 20);
  const side = heads === 1 ? `concat ${rows}×${dim}` : `concatenate: ${heads} × (${rows}×${headDim}) → ${rows}×${dim}`;
  say("concat", side, layout.concatLeft + layout.concatWidth / 2, layout.concatTop - 14);
  say("output", `y ${rows}×${dim}`, layout.outputLeft + (dim * layout.cellWidth) / 2, layout.outputTop - 14);
  /** @param {string} key @param {string} text @param {number} x */
  const sign = (key, text, x) => drawLabel(scene, `sign/${key}`, { text, x, y: layout.middle, className: "sign" });
  if (data.W_0) {
    say("w0", `W_0 ${dim}×${dim}`, layout.squareLeft + (dim * layout.squareWidth) / 2, layout.squareTop - 14);
    sign("times", "·", layout.squareLeft - 40);
    if (data.b_0) say("b0", "+ b_0", layout.squareLeft - 8, layout.biasTop + layout.rowHeight / 2, "end");
  }
  sign("equals", "=", layout.outputLeft - 44);
}
