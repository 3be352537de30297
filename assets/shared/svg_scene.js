// Drawing primitives over SVG: cells with numbers, labels, wires. They know nothing of what is drawn.
// A scene is drawn again and again: what has the same key moves to its new place, what is no longer drawn fades away.
import { formatNumber } from "./numbers.js";
import { partsOf, setAttributes, svgElement, writeName } from "./svg.js";

const FADE_MS = 450;
const MIDDLE = { "text-anchor": "middle", "dominant-baseline": "central" };

/** @typedef {{ x: number, y: number }} Point */
/** @typedef {Point & { opacity?: number }} Start where something comes from */

/**
 * @typedef {object} Place
 * @property {number} [x]
 * @property {number} [y]
 * @property {number} [opacity]
 * @property {Start | null} [from] where it starts when it is new
 * @property {string} [className]
 * @property {SVGGElement} [layer]
 */

/**
 * @typedef {object} Cell
 * @property {number} width
 * @property {number} height
 * @property {number} value
 * @property {string} role whose colour it has
 * @property {number} [share] in [-1, 1], the tint of the role's colour
 * @property {string} [text] instead of the number's short form
 * @property {boolean} [blocked]
 * @property {string | null} [name] the data-name by which the number is found; null where the cell is a mere copy of another
 */

/**
 * @typedef {object} Column
 * @property {number} x
 * @property {number} y
 * @property {number} width
 * @property {number} height of one cell
 * @property {readonly number[]} values
 * @property {number} largest
 * @property {string} role
 * @property {Start | null} [from]
 * @property {string | null} [prefix] of the cells' data-names; null where they are copies
 * @property {number} [opacity]
 * @property {string} [className]
 */

export class Scene {
  /** @param {SVGSVGElement} svg */
  constructor(svg) {
    /** @type {Map<string, SVGGElement>} */
    this.items = new Map();
    /** @type {Set<string>} */
    this.asked = new Set();
    this.over = svgElement("g");
    this.under = svgElement("g"); // wires lie below everything, whenever they come
    svg.append(this.under, this.over);
  }

  /**
   * Draw anew: everything that draw() does not ask for again leaves.
   *
   * @param {() => void} draw
   */
  draw(draw) {
    this.asked = new Set();
    draw();
    for (const [key, node] of this.items) if (!this.asked.has(key)) this.remove(key, node);
  }

  /**
   * The group of this key at (x, y); made by build() the first time, starting from `from` so that it can move from there.
   *
   * @param {string} key
   * @param {Place} place
   * @param {(group: SVGGElement) => void} build
   */
  place(key, { x = 0, y = 0, opacity = 1, from = null, className = "", layer = this.over }, build) {
    let node = this.items.get(key);
    if (!node) {
      node = svgElement("g");
      build(node);
      this.items.set(key, node);
      layer.append(node);
      setPlace(node, from ?? { x, y }, from ? (from.opacity ?? opacity) : 0);
      node.getBoundingClientRect(); // lets the browser see the first place, so that the second is a movement
    }
    this.asked.add(key);
    node.setAttribute("class", className);
    setPlace(node, { x, y }, opacity);
    return node;
  }

  /**
   * @param {string} key
   * @param {SVGGElement} node
   */
  remove(key, node) {
    this.items.delete(key);
    node.style.opacity = "0";
    for (const each of [node, ...node.querySelectorAll("[data-value]")]) each.removeAttribute("data-value"); // on its way out it says nothing
    setTimeout(() => node.remove(), FADE_MS);
  }
}

/** A box with its number, both still empty. */
export function boxAndNumber(radius = 3) {
  return [svgElement("rect", { rx: radius }), svgElement("text", MIDDLE)];
}

/**
 * A box with a number in it.
 *
 * @param {Scene} scene
 * @param {string} key
 * @param {Cell & Place} cell
 */
export function drawCell(scene, key, cell) {
  const { width, height, value, share = 0, role, text, blocked = false, className = "", name = key, ...place } = cell;
  const asked = { ...place, className: `cell ${role} ${blocked ? "blocked" : ""} ${className}` };
  const node = scene.place(key, asked, (group) => group.append(...boxAndNumber()));
  const [box, number] = partsOf(node);
  setAttributes(box, { width, height });
  box.style.fillOpacity = String(0.06 + 0.4 * Math.min(1, Math.abs(share)));
  setAttributes(number, { x: width / 2, y: height / 2 + 0.5 });
  const written = text ?? formatNumber(value);
  number.textContent = written;
  number.style.fontSize = `${Math.min(12.5, height * 0.62, (width * 1.62) / written.length)}px`;
  if (name === null) return node;
  node.dataset.name = name;
  node.dataset.value = String(value);
  return node;
}

/**
 * A column of cells, top to bottom; keys are key/0, key/1, …, and so are their data-names after `prefix`. Returns the cells.
 *
 * @param {Scene} scene
 * @param {string} key
 * @param {Column} column
 */
export function drawColumn(scene, key, { y, height, values, largest, from = null, prefix = key, ...rest }) {
  return values.map((value, i) =>
    drawCell(scene, `${key}/${i}`, {
      ...rest,
      name: prefix === null ? null : `${prefix}/${i}`,
      height,
      value,
      y: y + i * height,
      share: largest > 0 ? value / largest : 0,
      from: from && { ...from, y: from.y + i * height },
    }),
  );
}

/**
 * @param {Scene} scene
 * @param {string} key
 * @param {{ text: string, anchor?: string } & Place} label
 */
export function drawLabel(scene, key, { text, anchor = "middle", className = "", ...place }) {
  const node = scene.place(key, { ...place, className: `label ${className}` }, (group) =>
    group.append(svgElement("text", { ...MIDDLE, "text-anchor": anchor })),
  );
  const [written] = partsOf(node);
  writeName(written, text);
  return node;
}

/**
 * A curve between two points, leaving and arriving upright.
 *
 * @param {Scene} scene
 * @param {string} key
 * @param {{ from: Point, to: Point, className?: string, opacity?: number, width?: number }} wire
 */
export function drawWire(scene, key, { from: start, to, className = "", opacity = 1, width = 1.5 }) {
  const asked = { opacity, className: `wire ${className}`, layer: scene.under };
  const node = scene.place(key, asked, (group) => group.append(svgElement("path")));
  const [path] = partsOf(node);
  const bend = (to.y - start.y) / 2;
  setAttributes(path, {
    d: `M ${start.x} ${start.y} C ${start.x} ${start.y + bend}, ${to.x} ${to.y - bend}, ${to.x} ${to.y}`,
    "stroke-width": width,
  });
  return node;
}

/**
 * @param {SVGElement} node
 * @param {Point} at
 * @param {number} opacity
 */
function setPlace(node, { x, y }, opacity) {
  node.style.transform = `translate(${x}px, ${y}px)`;
  node.style.opacity = String(opacity);
}
