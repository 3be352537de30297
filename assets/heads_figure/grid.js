// Matrices of small cells, frames around parts of them, and brackets. They know nothing of attention.
import { formatNumber } from "../shared/numbers.js";
import { partsOf, setAttributes, svgElement, writeName } from "../shared/svg.js";
import { Scene, boxAndNumber } from "../shared/svg_scene.js";

/** @import { Place, Point } from "../shared/svg_scene.js" */

const SMALLEST_TEXT = 7.5;
/** What a cell was last filled with. @type {WeakMap<Element, string>} */
const filled = new WeakMap();

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
}

/**
 * @typedef {object} Grid
 * @property {number} width of a cell
 * @property {number} height of a cell
 * @property {readonly (readonly number[])[]} values
 * @property {number} largest
 * @property {string} role
 * @property {(i: number, j: number) => string} nameOf a cell's data-name
 * @property {(i: number, j: number) => boolean} [lit] whether it is emphasised
 * @property {(value: number) => string} [write]
 * @property {(j: number) => number} [xOf] where columns are not evenly spaced
 * @property {(i: number) => number} [yOf] where rows are not
 */

/**
 * @typedef {object} Filling
 * @property {number} x
 * @property {number} y
 * @property {number} width
 * @property {number} height
 * @property {number} value
 * @property {number} share
 * @property {string} text
 * @property {string} name
 * @property {string} className
 */

/**
 * A matrix as one group of cells that moves as a whole.
 *
 * @param {Scene} scene
 * @param {string} key
 * @param {Grid & Place} options
 */
export function drawGrid(scene, key, options) {
  const { width, height, values, largest, role, nameOf, lit, write = formatNumber, xOf, yOf, ...place } = options;
  const columns = values[0].length;
  const group = scene.place(key, { ...place, className: "grid" }, () => {});
  while (group.children.length < values.length * columns) group.append(newCell());
  while (group.children.length > values.length * columns) group.lastChild?.remove();
  const cells = [...partsOf(group)];
  values.forEach((line, i) =>
    line.forEach((value, j) =>
      fillCell(cells[i * columns + j], {
        x: xOf ? xOf(j) : j * width,
        y: yOf ? yOf(i) : i * height,
        width,
        height,
        value,
        share: largest > 0 ? value / largest : 0,
        text: write(value),
        name: nameOf(i, j),
        className: `cell ${role} ${lit?.(i, j) ? "lit" : ""}`,
      }),
    ),
  );
  return group;
}

function newCell() {
  const cell = svgElement("g");
  cell.append(...boxAndNumber(2.5));
  return cell;
}

/**
 * Touches the document only where something is new: hovering draws the whole figure again.
 *
 * @param {SVGElement} cell
 * @param {Filling} filling
 */
function fillCell(cell, { className, ...filling }) {
  if (cell.getAttribute("class") !== className) cell.setAttribute("class", className);
  const { x, y, width, height, value, share, text, name } = filling;
  const state = [x, y, width, height, value, share, text, name].join(" ");
  if (filled.get(cell) === state) return;
  filled.set(cell, state);
  const [box, number] = partsOf(cell);
  setAttributes(box, { x: x + 0.75, y: y + 0.75, width: width - 1.5, height: height - 1.5 });
  box.style.fillOpacity = String(0.05 + 0.42 * Math.min(1, Math.abs(share)));
  const size = Math.min(11.5, height * 0.58, (width * 1.55) / text.length);
  setAttributes(number, { x: x + width / 2, y: y + height / 2 + 0.5 });
  number.textContent = size < SMALLEST_TEXT ? "" : text;
  number.style.fontSize = `${size}px`;
  cell.dataset.name = name;
  cell.dataset.value = String(value);
}

/**
 * A frame around some cells, as far outside of them as `grow`; it lies above all cells, whichever were made last.
 *
 * @param {LayeredScene} scene
 * @param {string} key
 * @param {{ width: number, height: number, grow?: number } & Place} frame
 */
export function drawFrame(scene, key, { width, height, grow = 1, className = "", ...place }) {
  const asked = { ...place, layer: scene.frames, className: `outline ${className}` };
  const node = scene.place(key, asked, (group) => group.append(svgElement("rect", { rx: 4 })));
  const [frame] = partsOf(node);
  setAttributes(frame, { x: -grow, y: -grow, width: width + 2 * grow, height: height + 2 * grow });
  return node;
}

/**
 * A curve that leaves upright, arrives upright at `to`, and goes on straight up or down to the height `end`.
 *
 * @param {Scene} scene
 * @param {string} key
 * @param {{ from: Point, to: Point, end: number, className?: string, opacity?: number, width?: number }} route
 */
export function drawRoute(scene, key, { from: start, to, end, className = "", opacity = 1, width = 1.5 }) {
  const asked = { opacity, className: `wire ${className}`, layer: scene.under };
  const node = scene.place(key, asked, (group) => group.append(svgElement("path")));
  const [path] = partsOf(node);
  const bend = (to.y - start.y) / 2;
  const curve = `C ${start.x} ${start.y + bend}, ${to.x} ${to.y - bend}, ${to.x} ${to.y}`;
  setAttributes(path, { d: `M ${start.x} ${start.y} ${curve} V ${end}`, "stroke-width": width });
  return node;
}

const TIP = 5;
/** @satisfies {Record<string, (length: number) => { d: string, x: number, y: number }>} */
const BRACKETS = {
  below: (length) => ({ d: `M 1 0 v ${TIP} h ${length - 2} v ${-TIP}`, x: length / 2, y: TIP + 10 }),
  above: (length) => ({ d: `M 1 0 v ${-TIP} h ${length - 2} v ${TIP}`, x: length / 2, y: -TIP - 9 }),
  left: (length) => ({ d: `M 0 1 h ${-TIP} v ${length - 2} h ${TIP}`, x: -TIP - 9, y: length / 2 }),
};

/** @typedef {keyof typeof BRACKETS} Side of its cells on which a bracket stands */

/**
 * @param {Scene} scene
 * @param {string} key
 * @param {{ length: number, side: Side, text: string } & Place} bracket
 */
export function drawBracket(scene, key, { length, side, text, className = "", ...place }) {
  const middle = { "text-anchor": "middle", "dominant-baseline": "central" };
  const node = scene.place(key, { ...place, className: `bracket ${className}` }, (group) =>
    group.append(svgElement("path"), svgElement("text", middle)),
  );
  const [path, written] = partsOf(node);
  const { d, x, y } = BRACKETS[side](length);
  setAttributes(path, { d });
  setAttributes(written, { x, y });
  writeName(written, text);
  return node;
}
