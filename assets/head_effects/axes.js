// The two axes of a small chart. Pure but for the elements that it makes.
import { ticksTo } from "../heads_atlas/layout.js";
import { svgElement } from "../figures/svg.js";

const MARGIN = { left: 44, right: 14, top: 24, bottom: 38 };

/** @typedef {{ x: (value: number) => number, y: (value: number) => number, left: number, right: number, top: number, bottom: number }} Axes */

/**
 * @param {SVGSVGElement} svg
 * @param {{ x: number, y: number }} high the largest values
 * @returns {Axes}
 */
export function axesOf(svg, high) {
  const { width, height } = svg.getBoundingClientRect();
  const [left, right, top, bottom] = [MARGIN.left, width - MARGIN.right, MARGIN.top, height - MARGIN.bottom];
  const x = (/** @type {number} */ value) => left + (value / high.x) * (right - left);
  const y = (/** @type {number} */ value) => bottom - (value / high.y) * (bottom - top);
  return { x, y, left, right, top, bottom };
}

/**
 * Their lines and numbers, and what they are of.
 *
 * @param {Axes} axes
 * @param {{ x: number, y: number }} high
 * @param {{ x: string, y: string }} names
 */
export function drawnAxes({ x, y, left, right, top, bottom }, high, names) {
  const group = svgElement("g", { "aria-hidden": "true" });
  for (const value of ticksTo(high.x))
    group.append(line(x(value), x(value), top, bottom), written(x(value), bottom + 16, "middle", String(value)));
  for (const value of ticksTo(high.y))
    group.append(line(left, right, y(value), y(value)), written(left - 6, y(value) + 4, "end", String(value)));
  group.append(written(right, bottom + 33, "end", names.x), written(0, top - 12, "start", names.y));
  return group;
}

/** @param {number} x1 @param {number} x2 @param {number} y1 @param {number} y2 @param {string} look */
export function line(x1, x2, y1, y2, look = "") {
  return svgElement("line", { x1, x2, y1, y2, class: look || null });
}

/** @param {number} x @param {number} y @param {string} anchor @param {string} text @param {string} look */
export function written(x, y, anchor, text, look = "") {
  const node = svgElement("text", { x, y, "text-anchor": anchor, class: look || null });
  node.textContent = text;
  return node;
}
