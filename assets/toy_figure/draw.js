// The figure of the textbooks: inputs below, the chosen row of weights, the weighed values, their sum y on top.
import { drawCell, drawColumn, drawLabel, drawWire } from "../shared/svg_scene.js";

export const STEPS = { dot: 1, scale: 2, mask: 3, softmax: 4, weigh: 5, sum: 6 };

/** view: { data, layout, step, row, lit, pinned, dimming }; lit is the key whose query, key and value are outlined, or null; while
 *  dimming the others step back. */
export function drawToy(scene, view) {
  drawWires(scene, view);
  drawInputs(scene, view);
  if (view.data.projected) drawProjections(scene, view);
  drawQuery(scene, view);
  drawWeights(scene, view);
  if (view.step >= STEPS.weigh) drawProducts(scene, view);
  drawOutputs(scene, view);
}

/** What the chip of key j shows at this step. */
export function weightAt({ data, step, row }, j) {
  if (step === STEPS.dot) return data.scores[row][j];
  if (step === STEPS.scale) return data.scaled[row][j];
  if (step === STEPS.mask) return data.blocked[row][j] ? -Infinity : data.scaled[row][j];
  return data.weights[row][j];
}

export const largestOf = (rows) => Math.max(0, ...rows.flat().filter(Number.isFinite).map(Math.abs));

const shade = (view, j) => (view.dimming && view.lit !== j ? "dim" : "");

function drawInputs(scene, view) {
  const { data, layout } = view;
  const rows = data.cross ? data.z : data.x;
  const names = data.cross ? data.names.z : data.names.x;
  const largest = largestOf(rows);
  rows.forEach((values, j) => {
    const roles = data.projected ? "" : `${view.lit === j ? "as-key as-value" : ""} ${j === view.row ? "as-query" : ""}`;
    const className = `token-${j} ${shade(view, j)} ${roles}`;
    drawColumn(scene, `${data.cross ? "z" : "x"}/${j}`, { ...columnAt(layout, layout.inputLeft(j), layout.inputTop), values, largest, role: "x", className });
    drawLabel(scene, `input-name/${j}`, {
      text: names[j],
      x: layout.centre(j),
      y: layout.inputBottom + 14,
      className: `name x token-${j} ${shade(view, j)}`,
    });
    if (data.captions?.[j]) {
      drawLabel(scene, `caption/${j}`, { text: data.captions[j], x: layout.centre(j), y: layout.inputBottom + 32, className: "caption" });
    }
  });
}

function drawProjections(scene, view) {
  const { data, layout } = view;
  for (const role of data.cross ? ["k", "v"] : ["q", "k", "v"]) {
    const largest = largestOf(data[role]);
    data[role].forEach((values, j) => {
      const lit = role === "q" ? j === view.row && view.lit !== null : j === view.lit;
      const className = `token-${j} ${lit ? `as-${ROLE_NAMES[role]}` : ""} ${role === "q" && j === view.row ? "" : shade(view, j)}`;
      const at = columnAt(layout, layout.roleLeft(role, j), layout.groupTop);
      drawColumn(scene, `${role}/${j}`, { ...at, values, largest, role, className });
      drawLabel(scene, `${role}-name/${j}`, {
        text: `${role}_${subscript(data, j)}`,
        x: at.x + layout.cellWidth / 2,
        y: layout.groupTop + values.length * layout.cellHeight + 11,
        className: `small name ${role} ${shade(view, j)}`,
      });
    });
  }
}

const ROLE_NAMES = { q: "query", k: "key", v: "value" };

function drawQuery(scene, view) {
  const { data, layout, row } = view;
  const from = data.cross
    ? { x: layout.query.x, y: layout.inputTop }
    : { x: data.projected ? layout.roleLeft("q", row) : layout.inputLeft(row), y: data.projected ? layout.groupTop : layout.inputTop };
  const values = data.q[row];
  // The row is part of the key: a new query comes from its own column.
  drawColumn(scene, `query/${row}`, {
    ...columnAt(layout, layout.query.x, layout.query.y),
    from: { ...from, opacity: 0 },
    values,
    largest: largestOf(data.q),
    role: "q",
    className: "as-query",
  });
  const middle = layout.query.x + layout.cellWidth / 2;
  const name = data.projected ? `q_${querySubscript(data, row)}` : data.names.x[row];
  drawLabel(scene, "query-name", { text: name, x: middle, y: layout.query.y - 12, className: "name q" });
  drawLabel(scene, "query-role", { text: "query", x: middle, y: layout.query.y + values.length * layout.cellHeight + 12, className: "caption" });
  if (data.cross) {
    const column = columnAt(layout, layout.query.x, layout.inputTop);
    drawColumn(scene, `x/${row}`, { ...column, values: data.x[row], largest: largestOf(data.x), role: "x" });
    drawLabel(scene, "query-input", { text: data.names.x[row], x: middle, y: layout.inputBottom + 14, className: "name x" });
  }
}

function drawWeights(scene, view) {
  const { data, layout, step, row } = view;
  const shown = data.weights[row].map((_, j) => weightAt(view, j));
  const largest = step >= STEPS.softmax && data.normalise ? 1 : largestOf([shown]);
  shown.forEach((value, j) => {
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
      className: `weight ${shade(view, j)} ${view.lit === j ? "lit" : ""} ${view.pinned === j ? "pinned" : ""}`,
    });
    node.dataset.key = j;
  });
}

function drawProducts(scene, view) {
  const { data, layout, step, row } = view;
  const products = data.v.map((values, j) => values.map((value) => data.weights[row][j] * value));
  const largest = largestOf(products);
  products.forEach((values, j) => {
    const source = data.projected ? [layout.roleLeft("v", j), layout.groupTop] : [layout.inputLeft(j), layout.inputTop];
    const className = `product ${shade(view, j)} ${view.lit === j ? "as-value" : ""}`;
    const at = columnAt(layout, layout.weightLeft(j), layout.productTop);
    drawColumn(scene, `product/${j}`, {
      ...at, values, largest, role: "v", className, from: { x: source[0], y: source[1], opacity: 0.6 }, prefix: `product/${row}/${j}`,
    });
    drawLabel(scene, `product-name/${j}`, {
      text: productName(data, row, j),
      x: layout.centre(j),
      y: layout.productTop - 11,
      className: `small name v ${shade(view, j)}`,
    });
    // Copies of the products fly together into y.
    if (step === STEPS.sum) {
      const target = columnAt(layout, layout.outputLeft(row), layout.outputTop);
      drawColumn(scene, `flight/${row}/${j}`, { ...target, values, largest, role: "v", from: at, opacity: 0, className: "flight", prefix: null });
    }
  });
}

function drawOutputs(scene, view) {
  const { data, layout, step, row } = view;
  const largest = largestOf(data.output);
  data.output.forEach((values, i) => {
    const at = columnAt(layout, layout.outputLeft(i), layout.outputTop);
    const chosen = i === row ? "chosen" : "";
    const name = drawLabel(scene, `y-name/${i}`, { text: data.names.y[i], x: at.x + at.width / 2, y: 16, className: `name y output ${chosen}` });
    name.dataset.row = i;
    if (step === STEPS.sum) {
      const cells = drawColumn(scene, `y/${i}`, { ...at, values, largest, role: "y", className: `output ${chosen}` });
      cells.forEach((cell) => (cell.dataset.row = i));
    } else {
      const box = drawCell(scene, `y-empty/${i}`, { ...at, height: values.length * at.height, value: "", text: "", role: "y", className: `output empty ${chosen}`, name: null });
      box.dataset.row = i;
    }
  });
}

function drawWires(scene, view) {
  const { data, layout, step, row, lit, dimming } = view;
  const weightBottom = layout.weightTop + layout.weightHeight;
  data.weights[row].forEach((weight, j) => {
    const keyMiddle = data.projected ? layout.roleLeft("k", j) + layout.cellWidth / 2 : layout.centre(j);
    const dim = dimming && lit !== j ? 0.25 : 1;
    const ends = { from: { x: keyMiddle, y: layout.groupTop - 3 }, to: { x: layout.centre(j), y: weightBottom + 3 } };
    drawWire(scene, `key-wire/${j}`, { ...ends, className: "k", opacity: 0.8 * dim, width: lit === j ? 2.5 : 1.5 });
    if (step === STEPS.sum) {
      const top = { x: layout.outputLeft(row) + layout.cellWidth / 2, y: layout.outputTop + data.v[0].length * layout.cellHeight + 3 };
      const width = 1 + 4 * Math.min(1, Math.abs(weight) / (largestOf([data.weights[row]]) || 1));
      drawWire(scene, `sum-wire/${j}`, { from: { x: layout.centre(j), y: layout.productTop - 22 }, to: top, className: "y", opacity: 0.7 * dim, width });
    }
  });
  if (data.projected) drawProjectionWires(scene, view);
  const queryEdge = { x: layout.query.x + layout.cellWidth + 3, y: layout.weightTop + layout.weightHeight / 2 };
  drawWire(scene, "query-wire", { from: queryEdge, to: { x: layout.weightLeft(0) - 3, y: queryEdge.y }, className: "q", width: 2 });
}

/** From every vector to what it is projected to. */
function drawProjectionWires(scene, { data, layout, row, lit }) {
  const middle = layout.cellWidth / 2;
  const bottom = (role) => layout.groupTop + data[role][0].length * layout.cellHeight + 21;
  for (const role of data.cross ? ["k", "v"] : ["q", "k", "v"]) {
    data[role].forEach((_, j) => {
      const strong = role === "q" ? j === row : j === lit;
      const ends = { from: { x: layout.centre(j), y: layout.inputTop - 3 }, to: { x: layout.roleLeft(role, j) + middle, y: bottom(role) } };
      drawWire(scene, `${role}-projection/${j}`, { ...ends, className: role, opacity: strong ? 0.9 : 0.4, width: strong ? 2 : 1.2 });
    });
  }
  if (!data.cross) return;
  const x = layout.query.x + middle;
  const to = { x, y: layout.query.y + data.q[row].length * layout.cellHeight + 22 };
  drawWire(scene, "query-projection", { from: { x, y: layout.inputTop - 3 }, to, className: "q", opacity: 0.9, width: 2 });
}

/** "3" of "x_3". */
const subscript = (data, j) => (data.cross ? data.names.z : data.names.x)[j].split("_")[1];
const querySubscript = (data, i) => data.names.x[i].split("_")[1];
/** "32" for w_32, with a comma where it could be misread. */
export const pairOf = (i, j) => (i.length + j.length > 2 ? `${i},${j}` : i + j);
const productName = (data, i, j) => `w_${pairOf(querySubscript(data, i), subscript(data, j))}·${data.projected ? "v" : "x"}_${subscript(data, j)}`;
const columnAt = (layout, x, y) => ({ x, y, width: layout.cellWidth, height: layout.cellHeight });
