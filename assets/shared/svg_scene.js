// Drawing primitives over SVG: groups that stay and move, labels, wires. They know nothing of what is drawn.
// A scene is drawn again and again: what has the same key moves to its new place, what is no longer drawn fades away.
import { partsOf, setAttributes, svgElement, writeName } from "./svg.js";

const FADE_MS = 450;
const SPOKEN = [
  "data-value",
  "data-name",
  "data-cell",
  "data-key",
  "data-row",
  "tabindex",
  "role",
  "aria-label",
  "aria-checked",
  "aria-pressed",
];
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

export class Scene {
  /** @param {SVGSVGElement} svg */
  constructor(svg) {
    /** @type {Map<string, SVGGElement>} */
    this.items = new Map();
    /** @type {Set<string>} */
    this.asked = new Set();
    /** @type {(Point & { node: SVGGElement, opacity: number })[]} */
    this.arriving = [];
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
    this.letArrive();
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
      this.arriving.push({ node, x, y, opacity });
    } else setPlace(node, { x, y }, opacity);
    this.asked.add(key);
    if (node.getAttribute("class") !== className) node.setAttribute("class", className);
    return node;
  }

  /** What is new goes from its first place to its own. */
  letArrive() {
    if (!this.arriving.length) return;
    this.over.getBoundingClientRect(); // lets the browser see the first places, so that the second are movements
    for (const { node, opacity, ...at } of this.arriving) setPlace(node, at, opacity);
    this.arriving = [];
  }

  /**
   * @param {string} key
   * @param {SVGGElement} node
   */
  remove(key, node) {
    this.items.delete(key);
    Object.assign(node.style, { opacity: "0", pointerEvents: "none" });
    for (const each of [node, ...node.querySelectorAll("[data-value]")]) for (const name of SPOKEN) each.removeAttribute(name); // on its way out it says nothing
    setTimeout(() => node.remove(), FADE_MS);
  }
}

/** A box with its number, both still empty. */
export function boxAndNumber(radius = 3) {
  return [svgElement("rect", { rx: radius }), svgElement("text", MIDDLE)];
}

/**
 * @param {Scene} scene
 * @param {string} key
 * @param {{ text: string, anchor?: string } & Place} label
 */
export function drawLabel(scene, key, { text, anchor = "middle", className = "", ...place }) {
  const node = scene.place(key, { ...place, className: `label ${className}` }, (group) =>
    group.append(svgElement("text", MIDDLE)),
  );
  const [written] = partsOf(node);
  if (written.getAttribute("text-anchor") !== anchor) written.setAttribute("text-anchor", anchor);
  writeName(written, text);
  return node;
}

/**
 * A curve between two points, leaving and arriving upright; it goes on straight up or down to the height `end`, if one is given.
 *
 * @param {Scene} scene
 * @param {string} key
 * @param {{ from: Point, to: Point, end?: number, className?: string, opacity?: number, width?: number }} wire
 */
export function drawWire(scene, key, { from: start, to, end = to.y, className = "", opacity = 1, width = 1.5 }) {
  const asked = { opacity, className: `wire ${className}`, layer: scene.under };
  const node = scene.place(key, asked, (group) => group.append(svgElement("path")));
  const [path] = partsOf(node);
  const bend = (to.y - start.y) / 2;
  setAttributes(path, {
    d: `M ${start.x} ${start.y} C ${start.x} ${start.y + bend}, ${to.x} ${to.y - bend}, ${to.x} ${to.y} V ${end}`,
    "stroke-width": width,
  });
  return node;
}

/** Where a group was last put. @type {WeakMap<SVGElement, string>} */
const placed = new WeakMap();

/**
 * @param {SVGElement} node
 * @param {Point} at
 * @param {number} opacity
 */
function setPlace(node, { x, y }, opacity) {
  const place = `${x} ${y} ${opacity}`;
  if (placed.get(node) === place) return;
  placed.set(node, place);
  node.style.transform = `translate(${x}px, ${y}px)`;
  node.style.opacity = String(opacity);
}
