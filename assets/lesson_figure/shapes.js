// The parts of a drawing beside its cells: boxes, labels, brackets, paths, eyes. This file does not depend on attention.
import { partsOf, setAttributes, svgElement, writeName } from "../figures/svg.js";

/** @import { Matrix } from "./matrix.js" */
/** @import { Place, Point, Scene } from "./scene.js" */

/**
 * Names of a shape for the pointer and the keyboard.
 *
 * @typedef {object} Named
 * @property {string} key
 * @property {string} [name] data-name
 * @property {string} [copy] data-copy: acts like the shape of that name
 */

/** @typedef {Named & Place & { kind: "box", width: number, height: number, radius?: number }} BoxItem */
/** @typedef {Named & Place & { kind: "label", text: string, anchor?: string }} LabelItem */
/** @typedef {Named & Place & { kind: "bracket", length: number, side: keyof typeof BRACKETS, text: string, letters: number }} BracketItem */
/** @typedef {Named & Place & { kind: "path", d: string, width?: number }} PathItem */
/** @typedef {Named & Place & { kind: "eye", width: number, height: number, scale: number, open: boolean }} EyeItem */

const MIDDLE = { "text-anchor": "middle", "dominant-baseline": "central" };
const TIP = 4;
const OPEN_EYE = "M-8 0Q0 -9 8 0Q0 9 -8 0ZM-2.4 0a2.4 2.4 0 1 0 4.8 0a2.4 2.4 0 1 0 -4.8 0";
const CLOSED_EYE = "M-8 -2Q0 7 8 -2M-5.4 0.8L-7.6 3.6M0 2.6V6M5.4 0.8L7.6 3.6";
/** Width of the two paths of the eye. */
const EYE_PX = 18;

/**
 * Place an item's group under its names, and return the group's parts.
 *
 * @param {Scene} scene
 * @param {Named & Place} item
 * @param {string} className
 * @param {(group: SVGGElement) => void} build
 */
function placed(scene, { key, name, copy, ...place }, className, build) {
  const node = scene.place(key, { ...place, className }, build);
  setAttributes(node, { "data-name": name, "data-copy": copy });
  scene.remember({ name, copy }, node);
  return partsOf(node);
}

/** @param {Scene} scene @param {BoxItem} item */
export function drawBox(scene, { width, height, radius = 3, className = "", ...item }) {
  const [box] = placed(scene, item, className, (group) => group.append(svgElement("rect", { rx: radius })));
  setAttributes(box, { width, height });
}

/** @param {Scene} scene @param {LabelItem} item */
export function drawLabel(scene, { text, anchor = "middle", className = "", ...item }) {
  const [written] = placed(scene, item, `label ${className}`, (group) => group.append(svgElement("text", MIDDLE)));
  setAttributes(written, { "text-anchor": anchor });
  writeName(written, text);
}

/** @param {Scene} scene @param {PathItem} item */
export function drawPath(scene, { d, width, className = "", ...item }) {
  const [path] = placed(scene, item, className, (group) => group.append(svgElement("path")));
  setAttributes(path, { d, "stroke-width": width });
}

/** @param {Scene} scene @param {EyeItem} item */
export function drawEye(scene, { width, height, scale, open, className = "", ...item }) {
  const [area, eye] = placed(scene, item, `eye ${open ? "open" : "closed"} ${className}`, (group) =>
    group.append(svgElement("rect", { rx: 3 }), svgElement("path")),
  );
  setAttributes(area, { width, height });
  const transform = `translate(${width / 2} ${height / 2}) scale(${scale / EYE_PX})`;
  setAttributes(eye, { d: open ? OPEN_EYE : CLOSED_EYE, transform });
}

/** Path of a bracket and middle of its text, for each side of the cells. */
const BRACKETS = /** @satisfies {Record<string, (length: number, away: number) => { d: string, x: number, y: number }>} */ ({
  below: (length, away) => ({ d: `M 1 0 v ${TIP} h ${length - 2} v ${-TIP}`, x: length / 2, y: away + 1 }),
  above: (length, away) => ({ d: `M 1 0 v ${-TIP} h ${length - 2} v ${TIP}`, x: length / 2, y: -away }),
  left: (length, away) => ({ d: `M 0 1 h ${-TIP} v ${length - 2} h ${TIP}`, x: -away, y: length / 2 }),
});

/** @param {Scene} scene @param {BracketItem} item */
export function drawBracket(scene, { length, side, text, letters, className = "", ...item }) {
  const [path, written] = placed(scene, item, `bracket ${className}`, (group) =>
    group.append(svgElement("path"), svgElement("text", MIDDLE)),
  );
  const { d, x, y } = BRACKETS[side](length, TIP + letters * 0.55);
  setAttributes(path, { d });
  setAttributes(written, { x, y });
  writeName(written, text);
}

/**
 * Return the path of a curve between two points, vertical at both ends. It goes on vertically to the height `end`.
 *
 * @param {Point} from
 * @param {Point} to
 */
export function curve(from, to, end = to.y) {
  const bend = (to.y - from.y) / 2;
  return `M ${from.x} ${from.y} C ${from.x} ${from.y + bend}, ${to.x} ${to.y - bend}, ${to.x} ${to.y} V ${end}`;
}

/**
 * Draw the outlines of cells without numbers, before their step.
 *
 * @param {string} key
 * @param {Matrix} at
 * @returns {PathItem}
 */
export function emptyGrid(key, at) {
  let d = "";
  for (let i = 0; i < at.rows; i += 1)
    for (let j = 0; j < at.columns; j += 1)
      d += `M ${at.xOf(j) + 0.75} ${at.yOf(i) + 0.75} h ${at.cell - 1.5} v ${at.row - 1.5} h ${1.5 - at.cell} z `;
  return { kind: "path", key: `empty/${key}`, d, className: "empty" };
}

/**
 * Draw a frame around some cells, `grow` px outside of them and above all cells.
 *
 * @param {string} key
 * @param {import("./matrix.js").Box} box
 * @param {string} className
 * @param {{ grow?: number, opacity?: number }} [looks]
 * @returns {BoxItem}
 */
export function frame(key, { x, y, width, height }, className, { grow = 0.5, opacity } = {}) {
  const around = { x: x - grow, y: y - grow, width: width + 2 * grow, height: height + 2 * grow };
  return { kind: "box", key: `frame/${key}`, ...around, opacity, layer: "frames", className: `outline ${className}` };
}
