// One head of the multi-head figure: its weights beside its output, and below them its queries and keys beside its values.
import { largestOf } from "../shared/numbers.js";
import { partsOf, setAttributes, svgElement } from "../shared/svg.js";
import { drawLabel } from "../shared/svg_scene.js";
import { boxOf } from "./boxes.js";
import { drawEmpty, drawFrame, drawGrid } from "./grid.js";
import { sizeFor, worded } from "./lettering.js";
import { STEPS, scoresOf } from "./trace.js";

/** @import { LayeredScene } from "./grid.js" */
/** @import { Rows, Shown } from "./figure.js" */
/** @import { Matrix } from "./layout.js" */

const FAINT = 0.6; // a head that is off

/**
 * @typedef {object} Quantity
 * @property {"q" | "k" | "w" | "v" | "out"} name
 * @property {"q" | "k" | "v" | "weights" | "output"} field
 * @property {string} role
 * @property {number} since the step that brings it
 */

/** @type {Quantity[]} */
const QUANTITIES = [
  { name: "q", field: "q", role: "q", since: STEPS.read },
  { name: "k", field: "k", role: "k", since: STEPS.read },
  { name: "w", field: "weights", role: "w", since: STEPS.scores },
  { name: "v", field: "v", role: "v", since: STEPS.values },
  { name: "out", field: "output", role: "y", since: STEPS.values },
];

/** @typedef {Quantity & { rows: Rows[], largest: number, size: number }} Prepared with its values in each head, and how they are drawn */

/**
 * @param {LayeredScene} scene
 * @param {Shown} shown
 */
export function drawPanels(scene, shown) {
  const quantities = QUANTITIES.map((quantity) => prepared(shown, quantity));
  shown.data.heads.forEach((_, h) => drawHead(scene, shown, h, quantities));
}

/**
 * All heads share one scale of colours and one size of digits.
 *
 * @param {Shown} shown
 * @param {Quantity} quantity
 * @returns {Prepared}
 */
function prepared({ data, layout, step, type }, quantity) {
  const { name, field } = quantity;
  const scores = name === "w" && step === STEPS.scores;
  const rows = data.heads.map((head) => (scores ? scoresOf(head) : head[field]));
  const alike = name === "q" || name === "k" ? data.heads.flatMap(({ q, k }) => [...q, ...k]) : rows.flat();
  const largest = name === "w" && !scores ? 1 : largestOf(rows.flat());
  return { ...quantity, rows, largest, size: sizeFor(alike, layout.heads[0][name].cell, type) };
}

/**
 * @param {LayeredScene} scene
 * @param {Shown} shown
 * @param {number} h
 * @param {Prepared[]} quantities
 */
function drawHead(scene, shown, h, quantities) {
  const { data, layout, at, step } = shown;
  const head = data.heads[h];
  const places = layout.heads[h];
  drawBox(scene, shown, h);
  for (const quantity of quantities) {
    const place = places[quantity.name];
    if (place.cell < 1) continue; // there is no room at all
    if (step < quantity.since) drawEmpty(scene, `${h}/${quantity.name}`, place);
    else drawQuantity(scene, shown, h, quantity, place);
  }
  drawLetters(scene, shown, h);
  drawFrames(scene, shown, h, at.followed === h ? 1 : head.on ? 0.55 : 0.3);
  if (!head.on) drawCross(scene, shown, h);
}

/**
 * @param {LayeredScene} scene
 * @param {Shown} shown
 * @param {number} h
 * @param {Prepared} quantity
 * @param {Matrix} place
 */
function drawQuantity(scene, { data, at, step, type }, h, { name, role, rows, largest, size }, place) {
  const values = rows[h];
  const { on, blocked } = data.heads[h];
  const followed = at.followed === h;
  /** @type {Record<Quantity["name"], (i: number, j: number) => boolean>} */
  const lit = {
    q: (i) => followed && i === at.row,
    k: (i) => followed && i === at.pair,
    w: (i, j) => i === at.row && (!followed || j === at.pair),
    v: (_, c) => followed && c === at.part,
    out: (i, c) => i === at.row && (!followed || c === at.part),
  };
  const letter = name === "w" && step === STEPS.scores ? "s" : name;
  drawGrid(scene, `head/${h}/${name}`, {
    ...{ at: place, values, largest, role, type, size },
    opacity: on ? 1 : FAINT,
    dataOf: (i, j) => ({ name: `head/${h}/${letter}/${i}/${j}`, value: String(values[i][j]) }),
    looks: (i, j) => `${lit[name](i, j) ? "lit" : ""} ${name === "w" && blocked[i][j] ? "masked" : ""}`,
  });
}

/**
 * @param {LayeredScene} scene
 * @param {Shown} shown
 * @param {number} h
 */
function drawBox(scene, { data, layout, at }, h) {
  const { x, y, width, height } = layout.heads[h].panel;
  const className = `panel ${at.followed === h ? "followed" : ""} ${data.heads[h].on ? "" : "off"}`;
  const node = scene.place(`panel/${h}`, { layer: scene.ground, className }, (group) =>
    group.append(svgElement("rect", { rx: 7 })),
  );
  const [box] = partsOf(node);
  setAttributes(box, { x, y, width, height });
  node.dataset.name = `head/${h}`;
}

/**
 * The head's number, and what its matrices are called.
 *
 * @param {LayeredScene} scene
 * @param {Shown} shown
 * @param {number} h
 */
function drawLetters(scene, { data, layout, step }, h) {
  const { panel, w, q, k, v, out } = layout.heads[h];
  const { label, line, compact, side, leftWidth } = layout;
  const { on } = data.heads[h];
  const opacity = on ? 1 : FAINT;
  const top = w.y - line / 2 - 1;
  const title = worded(
    on ? [`head ${h}`, `${h}`] : [`head ${h}: off`, `${h}: off`, `${h}`],
    leftWidth + (compact ? out.width : 0),
    label,
  );
  drawLabel(scene, `head-number/${h}`, {
    text: title || `${h}`,
    anchor: "start",
    x: panel.x + side,
    y: top,
    className: "head-number",
  });
  if (compact) return;
  /** @param {string} key @param {string} text @param {string} role @param {Matrix} at @param {number} y */
  const letter = (key, text, role, at, y) => {
    if (at.width < text.length * label * 0.6) return;
    const place = { x: at.x + at.width / 2, y, opacity, className: `small name ${role}` };
    drawLabel(scene, `letter/${h}/${key}`, { ...place, text });
  };
  const free = w.x + w.width - panel.x - side - (title || "0").length * label * 0.58;
  const says = step === STEPS.scores ? "scores" : "W";
  const place = { text: says, anchor: "end", x: w.x + w.width, y: top, opacity, className: "small name w" };
  if (free > says.length * label * 0.62 + 4) drawLabel(scene, `letter/${h}/w`, place);
  letter("out", "W V", "y", out, top);
  const middle = v.y - line / 2;
  letter("q", "Q", "q", q, middle);
  letter("k", "K", "k", k, middle);
  letter("v", "V", "v", v, middle);
}

/**
 * The query and the key that meet in a weight; the row of weights and the column of values that meet in the head's output.
 *
 * @param {LayeredScene} scene
 * @param {Shown} shown
 * @param {number} h
 * @param {number} opacity
 */
function drawFrames(scene, { layout, at, step }, h, opacity) {
  const { w, q, k, v, out } = layout.heads[h];
  const followed = at.followed === h;
  /** @param {string} key @param {import("./layout.js").Box} box @param {string} className */
  const frame = (key, box, className) => drawFrame(scene, key, { ...box, className, opacity });
  if (step >= STEPS.scores) frame(`frame/w/${h}`, boxOf(w, { row: at.row, columns: w.columns }), followed ? "w strong" : "w");
  const part = followed ? { column: at.part } : { columns: out.columns };
  if (step >= STEPS.values) frame(`frame/out/${h}`, boxOf(out, { row: at.row, ...part }), followed ? "y strong" : "y");
  if (!followed) return;
  if (q.cell >= 1) frame("frame/q", boxOf(q, { row: at.row, columns: q.columns }), "q");
  if (k.cell >= 1) frame("frame/k", boxOf(k, { row: at.pair, columns: k.columns }), "k");
  if (step >= STEPS.scores) frame("frame/w-pair", boxOf(w, { row: at.row, column: at.pair }), "w strong");
  if (step < STEPS.values) return;
  frame("frame/v", boxOf(v, { column: at.part, rows: v.rows }), "v");
  frame("frame/v-pair", boxOf(v, { row: at.pair, column: at.part }), "v strong");
}

/**
 * @param {LayeredScene} scene
 * @param {Shown} shown
 * @param {number} h
 */
function drawCross(scene, { layout }, h) {
  const { x, y, width, height } = layout.heads[h].panel;
  const node = scene.place(`cross/${h}`, { className: "cross" }, (group) => group.append(svgElement("path")));
  const [path] = partsOf(node);
  setAttributes(path, {
    d: `M ${x + 6} ${y + 6} L ${x + width - 6} ${y + height - 6} M ${x + width - 6} ${y + 6} L ${x + 6} ${y + height - 6}`,
  });
}
