// Matrices of cells with numbers. This file does not depend on attention.
import { setAttributes, svgElement } from "../figures/svg.js";

/** @import { Box, Matrix } from "./matrix.js" */
/** @import { Writing } from "./lettering.js" */
/** @import { Place, Scene } from "./scene.js" */

/**
 * The looks of cells: a box in the colour of its role. A larger absolute value has a stronger colour.
 *
 * @typedef {object} Look
 * @property {(width: number, height: number) => number} inset of the box in its cell
 * @property {(width: number, height: number) => number} radius of its corners
 * @property {[least: number, more: number]} tint opacity of the box behind a number: of a zero, and how much more the largest has
 * @property {[least: number, more: number]} alone the same for a cell without a visible number
 * @property {boolean} [stripes] true if negative numbers without visible digits are striped
 */

/**
 * @typedef {object} CellOptions
 * @property {string} [name] data-name of the number
 * @property {string} [copy] data-copy: name of the number that this cell copies
 * @property {string} [edits] data-cell for editing: matrix, row, column
 * @property {string} [says] description for screen readers
 * @property {string} [className]
 */

/**
 * @typedef {object} GridItem
 * @property {"grid"} kind
 * @property {string} key
 * @property {Matrix} at
 * @property {readonly (readonly number[])[]} values
 * @property {number} largest absolute value; it has the strongest colour
 * @property {string} role
 * @property {Look} look
 * @property {Writing} write
 * @property {(row: number, column: number) => CellOptions} cellOf
 * @property {boolean} [upright] true if cells are ordered column by column
 * @property {boolean} [striped] true if negative numbers are always striped
 * @property {number} [opacity]
 * @property {Place["from"]} [from]
 */

/**
 * A cell and its last content. Reading it from the document would be slower.
 *
 * @typedef {object} Cell
 * @property {SVGGElement} node
 * @property {SVGElement} box
 * @property {SVGElement | null} stripes
 * @property {SVGElement} number
 * @property {Box | null} at
 * @property {Record<string, unknown>} filled
 * @property {Record<string, string | number | undefined>} attributes
 */

const STRIPES_PX = 6;
const TINY_PX = 8;
const MIDDLE = { "text-anchor": "middle", "dominant-baseline": "central" };
const NO_BUTTON = { role: null, tabindex: null, "aria-label": null };

/** @type {WeakMap<SVGGElement, Cell[]>} */
const cellsOfGroups = new WeakMap();

/**
 * Draw a matrix as one group of cells.
 *
 * @param {Scene} scene
 * @param {GridItem} item
 */
export function drawGrid(scene, { key, at, values, largest, role, look, write, cellOf, ...rest }) {
  const { upright, striped, opacity, from } = rest;
  const group = scene.place(key, { x: at.x, y: at.y, opacity, from, className: "grid" });
  const size = [at.cell, at.row];
  const tiny = Math.min(...size) < TINY_PX ? "tiny" : "";
  cellsOf(group, at.rows * at.columns, look).forEach((cell, place) => {
    const along = upright ? at.rows : at.columns;
    const [across, on] = [Math.floor(place / along), place % along];
    const [i, j] = upright ? [on, across] : [across, on];
    const value = values[i][j];
    const options = cellOf(i, j);
    const share = largest > 0 && Number.isFinite(value) ? Math.max(-1, Math.min(1, value / largest)) : 0;
    scene.remember(options, cell.node, value);
    putCell(cell, { x: at.xOf(j) - at.x, y: at.yOf(i) - at.y, width: at.cell, height: at.row }, look);
    const className = `cell ${role} ${tiny} ${options.className ?? ""}`;
    fillCell(cell, { share, className, striped, ...write(value) }, look);
    nameCell(cell, options, value);
  });
}

/**
 * @param {SVGGElement} group
 * @param {number} count
 * @param {Look} look
 */
function cellsOf(group, count, look) {
  const cells = cellsOfGroups.get(group) ?? [];
  cellsOfGroups.set(group, cells);
  while (cells.length < count) cells.push(newCell(look));
  for (const { node } of cells.splice(count)) node.remove();
  group.append(...cells.slice(group.childElementCount).map(({ node }) => node));
  return cells;
}

/** @param {Look} look @returns {Cell} */
function newCell(look) {
  const [node, box, number] = [svgElement("g"), svgElement("rect"), svgElement("text", MIDDLE)];
  const stripes = look.stripes ? svgElement("path", { class: "stripes" }) : null;
  node.append(...[box, stripes, number].filter((part) => part !== null));
  return { node, box, stripes, number, at: null, filled: {}, attributes: {} };
}

/**
 * @param {Cell} cell
 * @param {Box} at
 * @param {Look} look
 */
function putCell(cell, at, look) {
  const { x, y, width, height } = at;
  const before = cell.at;
  if (before && before.x === x && before.y === y && before.width === width && before.height === height) return;
  const inset = look.inset(width, height);
  cell.at = at;
  cell.filled = {};
  setAttributes(cell.box, {
    x: x + inset,
    y: y + inset,
    width: width - 2 * inset,
    height: height - 2 * inset,
    rx: look.radius(width, height),
  });
  setAttributes(cell.number, { x: x + width / 2, y: y + height / 2 + 0.5 });
}

/**
 * Change the document only if something is new, because hovering draws the whole figure again.
 *
 * @param {Cell} cell
 * @param {{ share: number, text: string, size: number, className: string, striped?: boolean }} filling
 * @param {Look} look
 */
function fillCell(cell, { share, text, size, className, striped }, look) {
  const { node, box, stripes, number, at, filled } = cell;
  const [least, more] = text ? look.tint : look.alone;
  const opacity = least + more * Math.abs(share);
  const hatched = share < 0 && (striped || !text);
  if (filled.className !== className) node.setAttribute("class", className);
  if (filled.text !== text) number.textContent = text;
  if (filled.size !== size) number.style.fontSize = `${size}px`;
  if (filled.opacity !== opacity) box.style.fillOpacity = String(opacity);
  if (stripes && at && filled.hatched !== hatched) setAttributes(stripes, { d: hatched ? stripesOver(at) : null });
  cell.filled = { className, text, size, opacity, hatched };
}

/**
 * @param {Cell} cell
 * @param {CellOptions} options
 * @param {number} value
 */
function nameCell(cell, { name, copy, edits, says }, value) {
  const { node, attributes: before } = cell;
  const spoken = says && !edits ? { role: "img", "aria-label": `${says}: ${value}` } : {};
  const attributes = { "data-name": name, "data-copy": copy, "data-value": name && value, "data-cell": edits, ...spoken };
  if (before["data-cell"] && !edits) setAttributes(node, NO_BUTTON); // the cell was editable before
  cell.attributes = attributes;
  const names = /** @type {(keyof typeof attributes)[]} */ (Object.keys(attributes));
  for (const each of names) if (attributes[each] !== before[each]) setAttributes(node, { [each]: attributes[each] });
}

/** Diagonals over a box, as a path. @param {Box} box */
function stripesOver({ x, y, width, height }) {
  const step = Math.min(STRIPES_PX, Math.max(2.5, height / 2.5));
  const lines = Array.from({ length: Math.floor((width + height) / step) }, (_, at) => {
    const sum = (at + 0.5) * step; // distances from the left and from the top together, all along the line
    const [high, low] = [Math.min(sum, height), Math.max(0, sum - width)];
    return `M${x + sum - high} ${y + high}L${x + sum - low} ${y + low}`;
  });
  return lines.join("");
}
