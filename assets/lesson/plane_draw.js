// Draws a plane: grid and axes, vectors as arrows, and their names. It does not know what they mean.
import { formatNumber } from "../figures/numbers.js";
import { setAttributes, svgElement, writeName } from "../figures/svg.js";
import { gridOf, headOf, placeLabels, pointOf } from "./plane_layout.js";

/** @import { Box, Frame, Point } from "./plane_layout.js" */

const HANDLE = 14; // radius of the area in which a tip can be grabbed
const HEAD = 12;

/** @typedef {{ name: string, caption?: string, role: string, vector: number[] }} Arrow */

/** Return a group with the parts of an arrow. The parts with data-names are at its tip. */
export function arrowGroup() {
  const group = svgElement("g");
  const tip = svgElement("g", { class: "tip" });
  tip.append(svgElement("path", { class: "head" }), svgElement("circle", { class: "handle", r: HANDLE }));
  group.append(svgElement("line", { class: "grip" }), svgElement("line", { class: "shaft" }), tip);
  return group;
}

/**
 * Move an arrow's group to its vector, and return the group.
 *
 * @param {SVGGElement} group of `arrowGroup`
 * @param {Arrow} arrow
 * @param {Frame} frame
 */
export function drawArrow(group, { name, role, vector }, frame) {
  const [origin, tip] = [pointOf(frame, [0, 0]), pointOf(frame, vector)];
  const { corners, neck } = headOf(origin, tip, HEAD);
  const part = (/** @type {string} */ selector) => /** @type {SVGElement} */ (group.querySelector(selector));
  const [head, handle] = [part(".head"), part(".handle")];
  setAttributes(part(".grip"), between(origin, tip));
  setAttributes(part(".shaft"), between(origin, neck));
  setAttributes(head, { d: `M ${corners.map(({ x, y }) => `${x} ${y}`).join(" L ")} Z` });
  setAttributes(handle, { cx: tip.x, cy: tip.y });
  [head, handle].forEach((node, column) =>
    Object.assign(node.dataset, { name: `plane/${name}/${column}`, value: String(vector[column]) }),
  );
  group.setAttribute("class", `arrow ${role}`);
  return group;
}

/**
 * Draw a broad mark behind the query. The query may be one of the vectors.
 *
 * @param {SVGGElement} layer
 * @param {Frame} frame
 * @param {readonly number[]} vector
 */
export function drawHalo(layer, frame, vector) {
  layer.replaceChildren(svgElement("line", { class: "halo", ...between(pointOf(frame, [0, 0]), pointOf(frame, vector)) }));
}

/**
 * Draw the grid, its numbers and the names of the axes. Return the boxes of all text.
 *
 * @param {SVGGElement} layer
 * @param {Frame} frame
 * @param {readonly [string, string]} axes
 * @param {number} digits
 * @returns {Box[]}
 */
export function drawGrid(layer, frame, [right, up], digits) {
  const { width, height } = frame;
  const origin = pointOf(frame, [0, 0]);
  const { columns, rows } = gridOf(frame, digits);
  layer.replaceChildren();
  /** @type {Box[]} */
  const taken = [];
  const write = (/** @type {string} */ text, /** @type {Point} */ at, /** @type {string} */ anchor, className = "number") => {
    const node = svgElement("text", { ...at, "text-anchor": anchor, class: className, "font-size": digits });
    writeName(node, text);
    layer.append(node);
    taken.push(textBox(text, at, anchor, digits));
  };
  for (const value of columns) {
    const { x } = pointOf(frame, [value, 0]);
    layer.append(svgElement("line", { class: value ? "line" : "axis", x1: x, x2: x, y1: 0, y2: height }));
    if (value && x < width - 3 * digits) write(formatNumber(value, "cell"), { x, y: origin.y + 1.25 * digits }, "middle");
  }
  for (const value of rows) {
    const { y } = pointOf(frame, [0, value]);
    layer.append(svgElement("line", { class: value ? "line" : "axis", x1: 0, x2: width, y1: y, y2: y }));
    if (value && y > 2 * digits) write(formatNumber(value, "cell"), { x: origin.x - 5, y: y + 0.35 * digits }, "end");
  }
  write(`${right} →`, { x: width - 4, y: origin.y - 0.5 * digits }, "end", "axis-name");
  write(`↑ ${up}`, { x: origin.x + 6, y: 1.1 * digits }, "start", "axis-name");
  return taken;
}

/**
 * Draw the arrows' names, each beside its tip.
 *
 * @param {SVGGElement} layer
 * @param {readonly Arrow[]} arrows
 * @param {Frame} frame
 * @param {readonly Box[]} taken
 * @param {number} digits
 */
export function drawNames(layer, arrows, frame, taken, digits) {
  const size = digits + 2;
  const texts = arrows.map(({ name, caption }) => (caption ? `${name} ${caption}` : name));
  const sizes = texts.map((text) => ({ width: textWidth(text, size), height: size * 1.2 }));
  const labels = arrows.map(({ vector }, at) => ({ tip: pointOf(frame, vector), ...sizes[at] }));
  const places = placeLabels(labels, frame, taken);
  const nodes = arrows.map(({ role }, at) => {
    const { x, y } = places[at];
    const node = svgElement("text", {
      class: `name ${role}`,
      x,
      y,
      "text-anchor": "middle",
      "dominant-baseline": "central",
      "font-size": size,
    });
    writeName(node, texts[at]);
    return node;
  });
  layer.replaceChildren(...nodes);
}

/** @param {Point} from @param {Point} to */
const between = (from, to) => ({ x1: from.x, y1: from.y, x2: to.x, y2: to.y });

/** Return the approximate width of a text of this size. @param {string} text @param {number} size */
const textWidth = (text, size) => text.replaceAll("_", "").length * size * 0.58 + 4;

/** @param {string} text @param {Point} at @param {string} anchor @param {number} size @returns {Box} */
function textBox(text, { x, y }, anchor, size) {
  const width = textWidth(text, size);
  const left = anchor === "end" ? x - width : anchor === "middle" ? x - width / 2 : x;
  return { x: left, y: y - size, width, height: 1.2 * size };
}
