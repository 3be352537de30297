// The figure of the textbooks: inputs below, the chosen row of weights, the weighed values, their sum y on top.
import { largestOf } from "../shared/numbers.js";
import { drawCell, drawColumn, drawLabel } from "../shared/svg_scene.js";
import { STEPS, keyNames, pairOf, subscript, weightAt } from "./trace.js";
import { drawWires } from "./wires.js";

/** @import { Scene } from "../shared/svg_scene.js" */
/** @import { Layout } from "./layout.js" */
/** @import { Shown } from "./toy_figure.js" */

const ROLE_NAMES = { q: "query", k: "key", v: "value" };

/**
 * @param {Scene} scene
 * @param {Shown} shown
 */
export function drawToy(scene, shown) {
  drawWires(scene, shown);
  drawInputs(scene, shown);
  if (shown.data.projected) drawProjections(scene, shown);
  drawQuery(scene, shown);
  drawWeights(scene, shown);
  if (shown.step >= STEPS.weigh) drawProducts(scene, shown);
  drawOutputs(scene, shown);
}

/**
 * @param {Shown} shown
 * @param {number} j
 */
const shade = (shown, j) => (shown.dimming && shown.lit !== j ? "dim" : "");

/**
 * @param {Layout} layout
 * @param {number} x
 * @param {number} y
 */
const columnAt = (layout, x, y) => ({ x, y, width: layout.cellWidth, height: layout.cellHeight });

/**
 * @param {Scene} scene
 * @param {Shown} shown
 */
function drawInputs(scene, shown) {
  const { data, layout, lit, row } = shown;
  const rows = data.z ?? data.x;
  const names = keyNames(data);
  const largest = largestOf(rows);
  rows.forEach((values, j) => {
    const roles = data.projected ? "" : `${lit === j ? "as-key as-value" : ""} ${j === row ? "as-query" : ""}`;
    const className = `token-${j} ${shade(shown, j)} ${roles}`;
    const at = columnAt(layout, layout.inputLeft(j), layout.inputTop);
    drawColumn(scene, `${data.cross ? "z" : "x"}/${j}`, { ...at, values, largest, role: "x", className });
    const place = { x: layout.centre(j), y: layout.inputBottom + 14 };
    drawLabel(scene, `input-name/${j}`, { text: names[j], ...place, className: `name x token-${j} ${shade(shown, j)}` });
    const caption = data.captions[j];
    if (!caption) return;
    const below = { x: layout.centre(j), y: layout.inputBottom + 32 };
    drawLabel(scene, `caption/${j}`, { text: caption, ...below, className: "caption" });
  });
}

/**
 * @param {Scene} scene
 * @param {Shown} shown
 */
function drawProjections(scene, shown) {
  const { data, layout, row } = shown;
  for (const role of rolesOf(shown)) {
    const largest = largestOf(data[role]);
    data[role].forEach((values, j) => {
      const asks = role === "q" && j === row;
      const lit = role === "q" ? asks && shown.lit !== null : j === shown.lit;
      const className = `token-${j} ${lit ? `as-${ROLE_NAMES[role]}` : ""} ${asks ? "" : shade(shown, j)}`;
      const at = columnAt(layout, layout.roleLeft(role, j), layout.groupTop);
      drawColumn(scene, `${role}/${j}`, { ...at, values, largest, role, className });
      drawLabel(scene, `${role}-name/${j}`, {
        text: `${role}_${subscript(keyNames(data)[j])}`,
        x: at.x + layout.cellWidth / 2,
        y: layout.groupTop + values.length * layout.cellHeight + 11,
        className: `small name ${role} ${shade(shown, j)}`,
      });
    });
  }
}

/**
 * What every token has a column for.
 *
 * @param {Shown} shown
 * @returns {("q" | "k" | "v")[]}
 */
const rolesOf = ({ data }) => (data.cross ? ["k", "v"] : ["q", "k", "v"]);

/**
 * @param {Scene} scene
 * @param {Shown} shown
 */
function drawQuery(scene, shown) {
  const { data, layout, row } = shown;
  const values = data.q[row];
  // The row is part of the key: a new query comes from its own column.
  drawColumn(scene, `query/${row}`, {
    ...columnAt(layout, layout.query.x, layout.query.y),
    from: { ...querySource(shown), opacity: 0 },
    values,
    largest: largestOf(data.q),
    role: "q",
    className: "as-query",
  });
  const x = layout.query.x + layout.cellWidth / 2;
  const name = data.projected ? `q_${subscript(data.names.x[row])}` : data.names.x[row];
  drawLabel(scene, "query-name", { text: name, x, y: layout.query.y - 12, className: "name q" });
  const below = layout.query.y + values.length * layout.cellHeight + 12;
  drawLabel(scene, "query-role", { text: "query", x, y: below, className: "caption" });
  if (!data.cross) return;
  const column = columnAt(layout, layout.query.x, layout.inputTop);
  drawColumn(scene, `x/${row}`, { ...column, values: data.x[row], largest: largestOf(data.x), role: "x" });
  drawLabel(scene, "query-input", { text: data.names.x[row], x, y: layout.inputBottom + 14, className: "name x" });
}

/**
 * The place of the column that the query is a copy of.
 *
 * @param {Shown} shown
 */
function querySource({ data, layout, row }) {
  if (data.cross) return { x: layout.query.x, y: layout.inputTop };
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
      x: layout.weightLeft(j),
      y: layout.weightTop,
      from: { x: layout.query.x, y: layout.weightTop, opacity: 0 },
      width: layout.cellWidth,
      height: layout.weightHeight,
      value,
      name: `w/${row}/${j}`,
      share: largest > 0 ? value / largest : 0,
      role: "w",
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
  const products = data.v.map((values, j) => values.map((value) => data.weights[row][j] * value));
  const largest = largestOf(products);
  products.forEach((values, j) => {
    const [x, y] = data.projected ? [layout.roleLeft("v", j), layout.groupTop] : [layout.inputLeft(j), layout.inputTop];
    const looks = { values, largest, role: "v" };
    const at = columnAt(layout, layout.weightLeft(j), layout.productTop);
    const className = `product ${shade(shown, j)} ${lit === j ? "as-value" : ""}`;
    const prefix = `product/${row}/${j}`;
    drawColumn(scene, `product/${j}`, { ...at, ...looks, className, from: { x, y, opacity: 0.6 }, prefix });
    drawLabel(scene, `product-name/${j}`, {
      text: productName(shown, j),
      x: layout.centre(j),
      y: layout.productTop - 11,
      className: `small name v ${shade(shown, j)}`,
    });
    if (step !== STEPS.sum) return;
    // Copies of the products fly together into y.
    const target = columnAt(layout, layout.outputLeft(row), layout.outputTop);
    drawColumn(scene, `flight/${row}/${j}`, { ...target, ...looks, from: at, opacity: 0, className: "flight", prefix: null });
  });
}

/**
 * @param {Shown} shown
 * @param {number} j
 */
function productName({ data, row }, j) {
  const key = subscript(keyNames(data)[j]);
  return `w_${pairOf(subscript(data.names.x[row]), key)}·${data.projected ? "v" : "x"}_${key}`;
}

/**
 * @param {Scene} scene
 * @param {Shown} shown
 */
function drawOutputs(scene, { data, layout, step, row }) {
  const largest = largestOf(data.output);
  data.output.forEach((values, i) => {
    const at = columnAt(layout, layout.outputLeft(i), layout.outputTop);
    const chosen = i === row ? "chosen" : "";
    const name = { text: data.names.y[i], x: at.x + at.width / 2, y: 16, className: `name y output ${chosen}` };
    const nodes = [drawLabel(scene, `y-name/${i}`, name)];
    if (step === STEPS.sum) {
      nodes.push(...drawColumn(scene, `y/${i}`, { ...at, values, largest, role: "y", className: `output ${chosen}` }));
    } else {
      const empty = { ...at, height: values.length * at.height, value: 0, text: "", name: null };
      nodes.push(drawCell(scene, `y-empty/${i}`, { ...empty, role: "y", className: `output empty ${chosen}` }));
    }
    for (const node of nodes) node.dataset.row = String(i);
  });
}
