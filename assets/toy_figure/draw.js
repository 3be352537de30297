// The figure of the textbooks: inputs below, the chosen row of weights, the weighed values, their sum y on top.
import { largestOf } from "../shared/numbers.js";
import { setAttributes, svgElement } from "../shared/svg.js";
import { drawLabel } from "../shared/svg_scene.js";
import { drawCell, drawColumn } from "./cells.js";
import { drawEyes } from "./eyes.js";
import { drawName } from "./names.js";
import { drawMatrices, drawProjections } from "./projections.js";
import { STEPS, keyNames, pairOf, plainName, shade, subscript, weightAt } from "./trace.js";
import { drawWires } from "./wires.js";

/** @import { Scene } from "../shared/svg_scene.js" */
/** @import { Shown } from "./data.js" */

/**
 * @param {Scene} scene
 * @param {Shown} shown
 */
export function drawToy(scene, shown) {
  drawWires(scene, shown);
  drawInputs(scene, shown);
  drawMatrices(scene, shown);
  if (shown.data.projected) drawProjections(scene, shown);
  drawQuery(scene, shown);
  drawWeights(scene, shown);
  if (shown.data.editable) drawEyes(scene, shown);
  if (shown.step >= STEPS.weigh) drawProducts(scene, shown);
  drawOutputs(scene, shown);
}

/**
 * @param {Scene} scene
 * @param {Shown} shown
 */
function drawInputs(scene, shown) {
  const { data, layout, lit, row } = shown;
  const { cellHeight: height, inputWidth: width, inputTop: y, digits } = layout;
  const rows = data.z ?? data.x;
  const names = keyNames(data);
  const largest = largestOf(rows);
  const [letter, matrix] = data.cross ? ["z", "Z"] : ["x", "X"];
  rows.forEach((values, j) => {
    const roles = data.projected ? "" : `${lit === j ? "as-key as-value" : ""} ${j === row ? "as-query" : ""}`;
    const x = layout.inputLeft(j);
    const edits = data.editable ? `${matrix}/${j}` : undefined;
    const looks = { values, largest, role: "x", className: `token-${j} ${shade(shown, j)} ${roles}` };
    drawColumn(scene, `${letter}/${j}`, { x, y, width, height, digits, ...looks, edits, says: plainName(names[j]) });
    const centre = x + width / 2;
    const bottom = y + values.length * height;
    const className = `x token-${j} ${shade(shown, j)}`;
    drawName(scene, `input-name/${j}`, shown, { text: names[j], x: centre, y: bottom + layout.nameHeight / 2, className });
    const caption = data.captions[j];
    if (!caption || !layout.captioned) return;
    const below = { x: centre, y: layout.captionTop + layout.captionHeight / 2 };
    drawCaption(scene, `caption/${j}`, shown, caption, below);
  });
}

/**
 * @param {Scene} scene
 * @param {string} key
 * @param {Shown} shown
 * @param {string} text
 * @param {{ x: number, y: number }} at
 */
function drawCaption(scene, key, { layout }, text, at) {
  const node = drawLabel(scene, key, { text, ...at, className: "caption" });
  node.style.fontSize = `${layout.digits.least}px`;
}

/**
 * @param {Scene} scene
 * @param {Shown} shown
 */
function drawQuery(scene, shown) {
  const { data, layout, row } = shown;
  const { cellHeight: height, nameHeight, digits, laneWidth } = layout;
  const values = data.q[row];
  const width = Math.min(laneWidth, layout.columnWidth);
  const at = { x: layout.query.x + (laneWidth - width) / 2, y: layout.query.y, width, height, digits };
  const name = data.projected ? `q_${subscript(data.names.x[row])}` : data.names.x[row];
  // The row is part of the key: a new query comes from its own column.
  drawColumn(scene, `query/${row}`, {
    ...at,
    from: { ...querySource(shown), opacity: 0 },
    values,
    largest: largestOf(data.q),
    role: "q",
    says: `Query ${plainName(name)}`,
    className: "as-query",
  });
  const x = at.x + width / 2;
  drawName(scene, "query-name", shown, { text: name, x, y: at.y - nameHeight / 2 - 1, className: "q" });
  const below = at.y + values.length * height + nameHeight / 2;
  if (laneWidth >= 3 * digits.least) drawCaption(scene, "query-role", shown, "query", { x, y: below });
  if (!data.cross) return;
  const asks = { x: layout.askerLeft, y: layout.inputTop, width: layout.inputWidth, height, digits };
  const looks = { values: data.x[row], largest: largestOf(data.x), role: "x" };
  const edits = data.editable ? `X/${row}` : undefined;
  drawColumn(scene, `x/${row}`, { ...asks, ...looks, edits, says: plainName(data.names.x[row]) });
  const bottom = layout.inputTop + data.x[row].length * height + nameHeight / 2;
  const centre = asks.x + asks.width / 2;
  drawName(scene, "query-input", shown, { text: data.names.x[row], x: centre, y: bottom, className: "x" });
}

/**
 * The place of the column that the query is a copy of.
 *
 * @param {Shown} shown
 */
function querySource({ data, layout, row }) {
  if (data.cross) return { x: layout.askerLeft, y: layout.inputTop };
  if (data.projected) return { x: layout.roleLeft("q", row), y: layout.groupTop };
  return { x: layout.inputLeft(row), y: layout.inputTop };
}

/**
 * @param {Scene} scene
 * @param {Shown} shown
 */
function drawWeights(scene, shown) {
  const { data, layout, step, row, lit, pinned } = shown;
  const weights = data.weights[row].map((_, j) => weightAt(shown, j));
  const largest = step >= STEPS.softmax && data.normalise ? 1 : largestOf([weights]);
  weights.forEach((value, j) => {
    const node = drawCell(scene, `w/${j}`, {
      x: layout.columnLeft(j),
      y: layout.weightTop,
      from: { x: layout.query.x, y: layout.weightTop, opacity: 0 },
      width: layout.columnWidth,
      height: layout.weightHeight,
      digits: layout.digits,
      value,
      name: `w/${row}/${j}`,
      share: largest > 0 && Number.isFinite(value) ? value / largest : 0,
      role: "w",
      striped: true,
      blocked: step >= STEPS.mask && data.blocked[row][j],
      className: `weight ${shade(shown, j)} ${lit === j ? "lit" : ""} ${pinned === j ? "pinned" : ""}`,
    });
    node.dataset.key = String(j);
  });
}

/**
 * @param {Scene} scene
 * @param {Shown} shown
 */
function drawProducts(scene, shown) {
  const { data, layout, step, row, lit } = shown;
  const { cellHeight: height, columnWidth: width, digits } = layout;
  const products = data.v.map((values, j) => values.map((value) => data.weights[row][j] * value));
  const largest = largestOf(products);
  const longest = productName(shown, data.v.length - 1);
  products.forEach((values, j) => {
    const [x, y] = data.projected ? [layout.roleLeft("v", j), layout.groupTop] : [layout.inputLeft(j), layout.inputTop];
    const looks = { values, largest, role: "v", digits };
    const at = { x: layout.columnLeft(j), y: layout.productTop, width, height };
    const nothing = data.blocked[row][j] ? "nothing" : "";
    const className = `product ${nothing} ${shade(shown, j)} ${lit === j ? "as-value" : ""}`;
    const prefix = `product/${row}/${j}`;
    const name = productName(shown, j);
    const says = `Weighed value ${plainName(name)}`;
    drawColumn(scene, `product/${j}`, { ...at, ...looks, className, from: { x, y, opacity: 0.6 }, prefix, says });
    const place = { x: layout.centre(j), y: layout.productTop - layout.nameHeight / 2 - 1 };
    const room = layout.pitch;
    drawName(scene, `product-name/${j}`, shown, {
      text: name,
      longest,
      room,
      ...place,
      className: `v ${nothing} ${shade(shown, j)}`,
    });
    if (step !== STEPS.sum || data.weights[row][j] === 0) return;
    // Copies of the products fly together into y.
    const target = { x: layout.outputLeft(row), y: layout.outputTop, width, height };
    drawColumn(scene, `flight/${row}/${j}`, { ...target, ...looks, from: at, opacity: 0, className: "flight", prefix: null });
  });
}

/**
 * @param {Shown} shown
 * @param {number} j
 */
function productName({ data, row }, j) {
  const key = subscript(keyNames(data)[j]);
  return `w_${pairOf(subscript(data.names.x[row]), key)}·${data.projected ? "v" : data.cross ? "z" : "x"}_${key}`;
}

/**
 * @param {Scene} scene
 * @param {Shown} shown
 */
function drawOutputs(scene, shown) {
  const { data, layout, step, row } = shown;
  const { cellHeight: height, outputWidth: width, outputTop: y, digits } = layout;
  const largest = largestOf(data.output);
  data.output.forEach((values, i) => {
    const x = layout.outputLeft(i);
    const chosen = i === row ? "chosen" : "";
    const text = data.names.y[i];
    const place = { x: x + width / 2, y: y - layout.nameHeight / 2 - 1, room: layout.outputPitch };
    const nodes = [drawName(scene, `y-name/${i}`, shown, { text, ...place, className: `y output ${chosen}` })];
    if (step === STEPS.sum) {
      const looks = { values, largest, role: "y", className: `output ${chosen}`, says: plainName(text) };
      nodes.push(...drawColumn(scene, `y/${i}`, { x, y, width, height, digits, ...looks }));
    } else nodes.push(drawFrame(scene, `y-empty/${i}`, { x, y, width, height: values.length * height, chosen }));
    for (const node of nodes) node.dataset.row = String(i);
  });
}

/**
 * Where a vector will stand.
 *
 * @param {Scene} scene
 * @param {string} key
 * @param {{ x: number, y: number, width: number, height: number, chosen: string }} frame
 */
function drawFrame(scene, key, { x, y, width, height, chosen }) {
  const asked = { x, y, className: `cell y output empty ${chosen}` };
  const node = scene.place(key, asked, (group) => group.append(svgElement("rect", { rx: 3, "fill-opacity": 0.06 })));
  const { firstElementChild: box } = node;
  if (box) setAttributes(box, { width, height });
  return node;
}
