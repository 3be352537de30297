// Cells with numbers, and columns and matrices of them. They know nothing of attention.
import { formatNumber, largestOf } from "../shared/numbers.js";
import { partsOf, setAttributes, svgElement } from "../shared/svg.js";
import { boxAndNumber } from "../shared/svg_scene.js";
import { digitSize } from "./fonts.js";

/** @import { Place, Scene, Start } from "../shared/svg_scene.js" */

const STRIPES_PX = 6;
const TINY_PX = 8;
/** What a cell was last filled with. @type {WeakMap<Element, string>} */
const filled = new WeakMap();

/**
 * @typedef {object} Cell
 * @property {number} width
 * @property {number} height
 * @property {{ least: number, most: number }} digits their size; a cell that cannot hold them shows its colour alone
 * @property {number} value
 * @property {string} role whose colour it has
 * @property {number} [share] in [-1, 1], the tint of the role's colour
 * @property {boolean} [blocked]
 * @property {boolean} [striped] where the number is negative, even with digits
 * @property {string | null} name the data-name by which the number is found; null where the cell is a mere copy of another
 * @property {string} [edits] the data-cell by which it is edited
 * @property {string} [says] what the number is, to be read out
 */

/**
 * @param {Scene} scene
 * @param {string} key
 * @param {Cell & Place} cell
 */
export function drawCell(scene, key, { blocked = false, className = "", role, ...cell }) {
  const asked = {
    ...cell,
    className: `cell ${role} ${blocked ? "blocked" : ""} ${Math.min(cell.width, cell.height) < TINY_PX ? "tiny" : ""} ${className}`,
  };
  const node = scene.place(key, asked, (group) => {
    const [box, number] = boxAndNumber();
    group.append(box, svgElement("path", { class: "stripes" }), number);
  });
  const { width, height, value, share, striped, name, edits, says, digits } = cell;
  const state = [width, height, value, share, striped, name, edits, says, digits.least, digits.most].join(" ");
  if (filled.get(node) === state) return node;
  filled.set(node, state);
  fill(node, cell);
  if (name !== null) setAttributes(node, { "data-name": name, "data-value": value, "data-cell": edits });
  if (says && !edits) setAttributes(node, { role: "img", "aria-label": `${says}: ${value}`, tabindex: null });
  return node;
}

/**
 * @param {SVGGElement} node
 * @param {Omit<Cell, "role">} cell
 */
function fill(node, { width, height, value, share = 0, digits, striped = false }) {
  const [box, stripes, number] = partsOf(node);
  const written = formatNumber(value);
  const size = digitSize(written, { width, height }, digits);
  const inset = Math.min(0.5, width / 20, height / 20);
  setAttributes(box, {
    x: inset,
    y: inset,
    width: width - 2 * inset,
    height: height - 2 * inset,
    rx: Math.min(3, width / 5, height / 5),
  });
  const [least, tint] = size ? [0.06, 0.4] : [0.08, 0.75]; // where there is no number, its colour says all
  box.style.fillOpacity = String(least + tint * Math.min(1, Math.abs(share)));
  setAttributes(stripes, { d: value < 0 && share < 0 && (striped || !size) ? stripesOver(width, height) : null });
  setAttributes(number, { x: width / 2, y: height / 2 + 0.5 });
  number.textContent = size ? written : "";
  number.style.fontSize = `${size}px`;
}

/**
 * Diagonals over a box, as a path.
 *
 * @param {number} width
 * @param {number} height
 */
function stripesOver(width, height) {
  const step = Math.min(STRIPES_PX, Math.max(2.5, height / 2.5));
  const lines = Array.from({ length: Math.floor((width + height) / step) }, (_, at) => {
    const sum = (at + 0.5) * step; // x + y all along the line
    const [high, low] = [Math.min(sum, height), Math.max(0, sum - width)];
    return `M${sum - high} ${high}L${sum - low} ${low}`;
  });
  return lines.join("");
}

/**
 * @typedef {object} Column
 * @property {number} x
 * @property {number} y
 * @property {number} width
 * @property {number} height of one cell
 * @property {{ least: number, most: number }} digits
 * @property {readonly number[]} values
 * @property {number} largest
 * @property {string} role
 * @property {Start | null} [from]
 * @property {string | null} [prefix] of the cells' data-names; null where they are copies
 * @property {string} [edits] the matrix and the row that it shows, "X/2"
 * @property {string} [says] what the vector is, to be read out
 * @property {number} [opacity]
 * @property {string} [className]
 */

/**
 * A column of cells, top to bottom; keys are key/0, key/1, …, and so are their data-names after `prefix`. Returns the cells.
 *
 * @param {Scene} scene
 * @param {string} key
 * @param {Column} column
 */
export function drawColumn(scene, key, { y, height, values, largest, from = null, prefix = key, edits, says, ...rest }) {
  return values.map((value, i) =>
    drawCell(scene, `${key}/${i}`, {
      ...rest,
      name: prefix === null ? null : `${prefix}/${i}`,
      edits: edits && `${edits}/${i}`,
      says: says && `${says}, number ${i + 1}`,
      height,
      value,
      y: y + i * height,
      share: largest > 0 ? value / largest : 0,
      from: from && { ...from, y: from.y + i * height },
    }),
  );
}

/**
 * A matrix as it is written; `name` is that of its cells, to be found and edited by.
 *
 * @param {Scene} scene
 * @param {string} name
 * @param {{ x: number, y: number, width: number, height: number, digits: Cell["digits"], values: readonly (readonly number[])[],
 *   role: string, editable: boolean, says: string, classOf: (column: number) => string }} matrix
 */
export function drawMatrix(scene, name, { x, y, width, height, digits, values, role, editable, says, classOf }) {
  const largest = largestOf(values);
  values.forEach((row, r) =>
    row.forEach((value, c) => {
      const place = `${name}/${r}/${c}`;
      drawCell(scene, place, {
        x: x + c * width,
        y: y + r * height,
        width,
        height,
        digits,
        value,
        share: largest > 0 ? value / largest : 0,
        role,
        name: place,
        edits: editable ? place : undefined,
        says: `${says}, row ${r + 1}, column ${c + 1}`,
        className: classOf(c),
      });
    }),
  );
}
