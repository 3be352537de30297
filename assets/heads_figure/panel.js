// One head of the multi-head figure: its weights beside its output, its values below, w · v as it is multiplied.
import { formatNumber, largestOf } from "../shared/numbers.js";
import { partsOf, setAttributes, svgElement } from "../shared/svg.js";
import { drawLabel } from "../shared/svg_scene.js";
import { drawFrame, drawGrid } from "./grid.js";

/** @import { LayeredScene } from "./grid.js" */
/** @import { Shown } from "./heads_figure.js" */

const FAINT = 0.6; // a head that is off

/**
 * @param {LayeredScene} scene
 * @param {Shown} shown
 * @param {number} h
 */
export function drawHead(scene, shown, h) {
  const { data, layout, at } = shown;
  const head = data.heads[h];
  const followed = at.followed === h;
  const opacity = head.on ? 1 : FAINT;
  drawBox(scene, shown, h, followed);
  const cell = { width: layout.cellWidth, height: layout.rowHeight, opacity };
  const largest = (/** @type {"output" | "v"} */ quantity) => largestOf(data.heads.flatMap((each) => each[quantity]));
  drawGrid(scene, `head/${h}/w`, {
    ...cell,
    width: layout.weightWidth,
    x: layout.weightLeft(h),
    y: layout.outTop,
    values: head.weights,
    largest: 1,
    role: "w",
    nameOf: (i, j) => `head/${h}/w/${i}/${j}`,
    lit: (i, j) => i === at.row && (!followed || j === at.pair),
    write: weightText,
  });
  drawGrid(scene, `head/${h}/out`, {
    ...cell,
    x: layout.valueLeft(h),
    y: layout.outTop,
    values: head.output,
    largest: largest("output"),
    role: "y",
    nameOf: (i, c) => `head/${h}/out/${i}/${c}`,
    lit: (i, c) => i === at.row && (!followed || c === at.part),
  });
  drawGrid(scene, `head/${h}/v`, {
    ...cell,
    x: layout.valueLeft(h),
    y: layout.valueTop,
    values: head.v,
    largest: largest("v"),
    role: "v",
    nameOf: (j, c) => `head/${h}/v/${j}/${c}`,
    lit: (_, c) => followed && c === at.part,
  });
  drawLetters(scene, shown, h, opacity);
  drawFrames(scene, shown, h, followed ? 1 : 0.55 * opacity);
  if (!head.on) drawCross(scene, shown, h);
}

/**
 * @param {LayeredScene} scene
 * @param {Shown} shown
 * @param {number} h
 * @param {boolean} followed
 */
function drawBox(scene, { data, layout }, h, followed) {
  const className = `panel ${followed ? "followed" : ""} ${data.heads[h].on ? "" : "off"}`;
  const place = { x: layout.laneLeft(h), y: layout.panelTop, layer: scene.ground, className };
  const node = scene.place(`panel/${h}`, place, (group) => group.append(svgElement("rect", { rx: 9 })));
  const [box] = partsOf(node);
  setAttributes(box, { width: layout.laneWidth, height: layout.panelHeight });
  node.dataset.name = `head/${h}`;
}

/**
 * What the three matrices are called, and the head's number in the free corner.
 *
 * @param {LayeredScene} scene
 * @param {Shown} shown
 * @param {number} h
 * @param {number} opacity
 */
function drawLetters(scene, { data, layout }, h, opacity) {
  /** @param {string} key @param {string} text @param {string} role @param {number} x @param {number} y */
  const letter = (key, text, role, x, y) =>
    drawLabel(scene, `letter/${h}/${key}`, { text, anchor: "start", x, y, opacity, className: `small name ${role}` });
  letter("w", "W", "w", layout.weightLeft(h) + 1, layout.outTop - 10);
  letter("out", "W V", "y", layout.valueLeft(h) + 1, layout.outTop - 10);
  letter("v", "V", "v", layout.valueLeft(h) + 1, layout.valueTop - 11);
  const corner = { x: layout.cornerLeft(h) + 1, anchor: "start" };
  drawLabel(scene, `head-number/${h}`, { ...corner, text: `head ${h}`, y: layout.valueTop + 8, className: "head-number" });
  const says = data.heads[h].on ? `${data.x.length}×${layout.headDim}` : "off";
  drawLabel(scene, `head-shape/${h}`, { ...corner, text: says, y: layout.valueTop + 26, className: "caption" });
}

/**
 * The row of weights and the column of values that meet in the number of the head's output.
 *
 * @param {LayeredScene} scene
 * @param {Shown} shown
 * @param {number} h
 * @param {number} opacity
 */
function drawFrames(scene, { data, layout, at }, h, opacity) {
  const rows = data.x.length;
  const followed = at.followed === h;
  const { cellWidth, rowHeight, weightWidth } = layout;
  const row = { y: layout.outTop + at.row * rowHeight, height: rowHeight, opacity };
  const className = (/** @type {string} */ role) => `${role} ${followed ? "strong" : ""}`;
  drawFrame(scene, `frame/w/${h}`, { ...row, x: layout.weightLeft(h), width: rows * weightWidth, className: className("w") });
  const left = layout.valueLeft(h) + (followed ? at.part * cellWidth : 0);
  const width = cellWidth * (followed ? 1 : layout.headDim);
  drawFrame(scene, `frame/out/${h}`, { ...row, x: left, width, className: className("y") });
  if (!followed) return;
  const column = { x: left, width: cellWidth };
  drawFrame(scene, "frame/v", { ...column, y: layout.valueTop, height: rows * rowHeight, className: "v" });
  const value = { y: layout.valueTop + at.pair * rowHeight, height: rowHeight };
  drawFrame(scene, "frame/v-pair", { ...column, ...value, className: "v strong" });
  const weight = { x: layout.weightLeft(h) + at.pair * weightWidth, width: weightWidth };
  drawFrame(scene, "frame/w-pair", { ...row, ...weight, className: "w strong" });
}

/**
 * @param {LayeredScene} scene
 * @param {Shown} shown
 * @param {number} h
 */
function drawCross(scene, { layout }, h) {
  const place = { x: layout.laneLeft(h), y: layout.panelTop, className: "cross" };
  const node = scene.place(`cross/${h}`, place, (group) => group.append(svgElement("path")));
  const [width, height] = [layout.laneWidth - 8, layout.panelHeight - 8];
  const [path] = partsOf(node);
  setAttributes(path, { d: `M 8 8 L ${width} ${height} M ${width} 8 L 8 ${height}` });
}

/**
 * Weights lie in [0, 1]: ".42" leaves the zero out, so that it can be read in a small cell.
 *
 * @param {number} weight
 */
export function weightText(weight) {
  if (weight === 0 || weight < 0) return formatNumber(weight);
  return weight >= 0.995 ? "1" : weight.toFixed(2).slice(1);
}
