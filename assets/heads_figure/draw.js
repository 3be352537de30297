// The multi-head figure, bottom to top: x, the heads, their outputs side by side, and W_0 that joins them to y.
import { largestOf } from "../shared/numbers.js";
import { drawLabel } from "../shared/svg_scene.js";
import { boxOf } from "./boxes.js";
import { drawBracket, drawFrame, drawGrid } from "./grid.js";
import { drawTop } from "./join.js";
import { drawLens } from "./lens.js";
import { worded } from "./lettering.js";
import { drawPanels } from "./panel.js";
import { drawWires } from "./wires.js";
import { editable } from "./words.js";

/** @import { LayeredScene } from "./grid.js" */
/** @import { Shown } from "./figure.js" */

/**
 * @param {LayeredScene} scene
 * @param {Shown} shown
 */
export function drawHeads(scene, shown) {
  drawPanels(scene, shown);
  drawWires(scene, shown);
  drawInput(scene, shown);
  drawLens(scene, shown);
  drawTop(scene, shown);
}

/**
 * @param {LayeredScene} scene
 * @param {Shown} shown
 */
function drawInput(scene, shown) {
  const { data, layout, at, type } = shown;
  const { input } = layout;
  const [first, columns] = data.split ? [at.followed * layout.headDim, layout.headDim] : [0, input.columns];
  const read = (/** @type {number} */ c) => c >= first && c < first + columns;
  drawGrid(scene, "x", {
    at: input,
    values: data.x,
    largest: largestOf(data.x),
    role: "x",
    type,
    dataOf: (i, c) => ({ name: `x/${i}/${c}`, value: String(data.x[i][c]), ...editable(shown, `X/${i}/${c}`) }),
    looks: (i, c) => (read(c) && (i === at.pair || i === at.row) ? "lit" : ""),
  });
  drawInputNames(scene, shown);
  drawReading(scene, shown);
  drawFrame(scene, "frame/x-key", { ...boxOf(input, { row: at.pair, column: first, columns }), grow: 2.5, className: "k" });
  drawFrame(scene, "frame/x-query", { ...boxOf(input, { row: at.row, column: first, columns }), className: "q" });
}

/**
 * @param {LayeredScene} scene
 * @param {Shown} shown
 */
function drawInputNames(scene, { data, layout, at }) {
  const { input, names } = layout;
  const legible = input.row >= layout.label * 0.95; // lower rows would push their names into each other
  const apart = (/** @type {number} */ i) => Math.abs(i - at.row) * input.row >= layout.label * 0.95;
  data.names.x.forEach((name, i) => {
    const y = input.yOf(i) + input.row / 2;
    const className = `name token ${i === at.row ? "q" : "x"}`;
    if (!legible && i !== at.row && !(i === at.pair && apart(i))) return;
    drawLabel(scene, `x-name/${i}`, { text: name, x: input.x - names * 0.5, y, className }).dataset.name = `row/${i}`;
    const caption = data.captions[i];
    if (!caption || !layout.captionWidth || !legible) return;
    drawLabel(scene, `caption/${i}`, { text: caption, anchor: "end", x: input.x - names, y, className: "caption" });
  });
}

/**
 * Which columns of x a head reads.
 *
 * @param {LayeredScene} scene
 * @param {Shown} shown
 */
function drawReading(scene, { data, layout, at }) {
  const { input, headDim, compact, label } = layout;
  const bracket = { y: input.y + input.height + 2, side: /** @type {const} */ ("below"), letters: label };
  if (!data.split) {
    const text = worded(
      [`every head reads all ${input.columns} columns`, `all ${input.columns} columns`, "all of x"],
      compact ? 0 : input.width,
      label,
    );
    return drawBracket(scene, "piece/all", { ...bracket, x: input.x, length: input.width, text });
  }
  data.heads.forEach((_, h) => {
    const { x, width } = boxOf(input, { column: h * headDim, columns: headDim });
    const text = worded([`head ${h}`, `${h}`], compact ? 0 : width + 4, label);
    drawBracket(scene, `piece/${h}`, { ...bracket, x, length: width, text, className: h === at.followed ? "lit" : "" });
  });
}
