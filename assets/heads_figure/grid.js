// Matrices of small cells, their empty outlines, frames around parts of them, and brackets. They know nothing of attention.
import { partsOf, setAttributes, svgElement, writeName } from "../shared/svg.js";
import { Scene, boxAndNumber } from "../shared/svg_scene.js";
import { fitting, sizeFor } from "./lettering.js";

/** @import { Place } from "../shared/svg_scene.js" */
/** @import { Box, Matrix } from "./layout.js" */
/** @import { Type } from "./lettering.js" */

/**
 * A cell, and what it was last filled with: to ask the document for that would take longer.
 *
 * @typedef {object} Cell
 * @property {SVGGElement} node
 * @property {SVGElement} rect
 * @property {SVGElement} number
 * @property {string} className
 * @property {Box | null} box
 * @property {string} text
 * @property {number} size
 * @property {number} opacity
 * @property {Record<string, string>} data
 */

/** Of each grid. @type {WeakMap<SVGGElement, Cell[]>} */
const grids = new WeakMap();

const HANDLES = ["data-name", "data-copy", "data-stop", "tabindex", "role", "aria-label", "aria-pressed", "aria-checked"];

/** With a layer below the wires, and one above everything. */
export class LayeredScene extends Scene {
  ground = svgElement("g");
  frames = svgElement("g");

  /** @param {SVGSVGElement} svg */
  constructor(svg) {
    super(svg);
    svg.prepend(this.ground);
    svg.append(this.frames);
  }

  /**
   * What is on its way out can no longer be pointed at or focused.
   *
   * @override
   * @param {string} key
   * @param {SVGGElement} node
   */
  remove(key, node) {
    super.remove(key, node);
    const named = [node, ...node.querySelectorAll("[data-name], [data-copy]")];
    for (const each of named) for (const name of HANDLES) each.removeAttribute(name);
  }
}

/**
 * @typedef {object} Filled
 * @property {Matrix} at
 * @property {readonly (readonly number[])[]} values
 * @property {number} [size] of its digits, 0 for colour alone; as these values need it, where it is not said
 * @property {number} largest
 * @property {string} role
 * @property {Type} type
 * @property {(i: number, j: number) => Record<string, string>} dataOf a cell's data attributes
 * @property {(i: number, j: number) => string} [looks] its further classes
 * @property {number} [opacity]
 */

/**
 * A matrix as one group of cells.
 *
 * @param {Scene} scene
 * @param {string} key
 * @param {Filled} options
 */
export function drawGrid(scene, key, { at, values, type, size = sizeFor(values, at.cell, type), ...rest }) {
  const { largest, role, dataOf, looks, opacity } = rest;
  const group = scene.place(key, { opacity, className: "grid" }, () => {});
  cellsOf(group, at.rows * at.columns).forEach((cell, place) => {
    const [i, j] = [Math.floor(place / at.columns), place % at.columns];
    const value = values[i][j];
    const share = largest > 0 && Number.isFinite(value) ? Math.min(1, Math.abs(value) / largest) : 0;
    const text = size ? fitting(value, at.cell, size, type.glyph) : "";
    putCell(cell, { x: at.xOf(j), y: at.yOf(i), width: at.cell, height: at.row });
    fillCell(cell, { share, text, size, className: `cell ${role} ${looks?.(i, j) ?? ""}`, data: dataOf(i, j) });
  });
  return group;
}

/**
 * @param {SVGGElement} group
 * @param {number} count
 */
function cellsOf(group, count) {
  const cells = grids.get(group) ?? [];
  grids.set(group, cells);
  while (cells.length < count) cells.push(newCell());
  for (const { node } of cells.splice(count)) node.remove();
  group.append(...cells.slice(group.childElementCount).map(({ node }) => node));
  return cells;
}

/** @returns {Cell} */
function newCell() {
  const node = svgElement("g");
  const [rect, number] = boxAndNumber(2);
  node.append(rect, number);
  return { node, rect, number, className: "", box: null, text: "", size: -1, opacity: -1, data: {} };
}

/**
 * @param {Cell} cell
 * @param {Box} box
 */
function putCell(cell, box) {
  const { x, y, width, height } = box;
  const before = cell.box;
  if (before && before.x === x && before.y === y && before.width === width && before.height === height) return;
  cell.box = box;
  const gap = Math.min(0.75, width / 12);
  setAttributes(cell.rect, { x: x + gap, y: y + gap, width: width - 2 * gap, height: height - 2 * gap });
  setAttributes(cell.number, { x: x + width / 2, y: y + height / 2 + 0.5 });
}

/**
 * Touches the document only where something is new: hovering draws the whole figure again.
 *
 * @param {Cell} cell
 * @param {{ share: number, text: string, size: number, className: string, data: Record<string, string> }} filling
 */
function fillCell(cell, { share, text, size, className, data }) {
  const { node, rect, number, data: before } = cell;
  const opacity = 0.05 + (text ? 0.42 : 0.75) * share; // colour that stands alone may be stronger
  if (cell.className !== className) node.setAttribute("class", className);
  if (cell.text !== text) number.textContent = text;
  if (cell.size !== size) number.style.fontSize = `${size}px`;
  if (cell.opacity !== opacity) rect.style.fillOpacity = String(opacity);
  for (const name of Object.keys(before)) if (!(name in data)) delete node.dataset[name];
  for (const name of Object.keys(data)) if (data[name] !== before[name]) node.dataset[name] = data[name];
  Object.assign(cell, { text, size, opacity, className, data });
}

/**
 * Where a matrix will stand.
 *
 * @param {Scene} scene
 * @param {string} key
 * @param {Matrix} at
 */
export function drawEmpty(scene, key, at) {
  const node = scene.place(`empty/${key}`, { className: "empty" }, (group) => group.append(svgElement("path")));
  const [path] = partsOf(node);
  let d = "";
  for (let i = 0; i < at.rows; i += 1)
    for (let j = 0; j < at.columns; j += 1)
      d += `M ${at.xOf(j) + 0.75} ${at.yOf(i) + 0.75} h ${at.cell - 1.5} v ${at.row - 1.5} h ${1.5 - at.cell} z `;
  setAttributes(path, { d });
}

/**
 * A frame around some cells, as far outside of them as `grow`; it lies above all cells, whichever were made last.
 *
 * @param {LayeredScene} scene
 * @param {string} key
 * @param {Box & { grow?: number, className?: string, opacity?: number }} frame
 */
export function drawFrame(scene, key, { x, y, width, height, grow = 0.5, className = "", opacity }) {
  const asked = { opacity, layer: scene.frames, className: `outline ${className}` };
  const node = scene.place(key, asked, (group) => group.append(svgElement("rect", { rx: 3 })));
  const [frame] = partsOf(node);
  setAttributes(frame, { x: x - grow, y: y - grow, width: width + 2 * grow, height: height + 2 * grow });
}

/** @satisfies {Record<string, (length: number, tip: number, letters: number) => { d: string, x: number, y: number }>} */
const BRACKETS = {
  below: (length, tip, letters) => ({
    d: `M 1 0 v ${tip} h ${length - 2} v ${-tip}`,
    x: length / 2,
    y: tip + 1 + letters * 0.55,
  }),
  above: (length, tip, letters) => ({ d: `M 1 0 v ${-tip} h ${length - 2} v ${tip}`, x: length / 2, y: -tip - letters * 0.55 }),
  left: (length, tip, letters) => ({ d: `M 0 1 h ${-tip} v ${length - 2} h ${tip}`, x: -tip - letters * 0.55, y: length / 2 }),
};

/** @typedef {keyof typeof BRACKETS} Side of its cells on which a bracket stands */

/**
 * @param {Scene} scene
 * @param {string} key
 * @param {{ length: number, side: Side, text: string, letters: number } & Place} bracket
 */
export function drawBracket(scene, key, { length, side, text, letters, className = "", ...place }) {
  const middle = { "text-anchor": "middle", "dominant-baseline": "central" };
  const node = scene.place(key, { ...place, className: `bracket ${className}` }, (group) =>
    group.append(svgElement("path"), svgElement("text", middle)),
  );
  const [path, written] = partsOf(node);
  const { d, x, y } = BRACKETS[side](length, 4, letters);
  setAttributes(path, { d });
  setAttributes(written, { x, y });
  writeName(written, text);
}
