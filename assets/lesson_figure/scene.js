// Groups of an SVG that stay from one drawing to the next: one with the same key moves to its new place, one that is no longer
// drawn fades away.
import { setAttributes, svgElement } from "../figures/svg.js";

const FADE_MS = 450;
const LAYERS = /** @type {const} */ (["ground", "wires", "cells", "frames"]); // from below
/** Attributes by which a node is found, focused or read out. */
const HANDLES = [
  ...["data-value", "data-name", "data-copy", "data-cell", "data-stop"],
  ...["tabindex", "role", "aria-label", "aria-checked", "aria-pressed"],
];
const NONE = Object.fromEntries(HANDLES.map((name) => [name, null]));

/** @typedef {{ x: number, y: number }} Point */
/** @typedef {Point & { opacity?: number }} Start where something comes from */

/**
 * @typedef {object} Place
 * @property {number} [x]
 * @property {number} [y]
 * @property {number} [opacity]
 * @property {Start | null} [from] where it starts when it is new
 * @property {string} [className]
 * @property {(typeof LAYERS)[number]} [layer]
 */

export class Scene {
  /** @type {Map<string, SVGGElement>} */ items = new Map();
  /** @type {Set<string>} */ asked = new Set();
  /** @type {(Point & { node: SVGGElement, opacity: number })[]} */ arriving = [];
  /** The nodes that are drawn, by name; those of numbers have a value. @type {Map<string, { node: SVGElement, value?: number }>} */ named =
    new Map();

  /** @param {SVGSVGElement} svg */
  constructor(svg) {
    this.layers = Object.fromEntries(LAYERS.map((name) => [name, svgElement("g")]));
    svg.append(...Object.values(this.layers));
  }

  /** Draw anew: everything that draw() does not ask for again leaves. @param {() => void} draw */
  draw(draw) {
    this.asked = new Set();
    this.named = new Map();
    draw();
    this.letArrive();
    for (const [key, node] of this.items) if (!this.asked.has(key)) this.remove(key, node);
  }

  /**
   * The group of this key at (x, y); made by build() the first time, starting from `from` so that it can move from there.
   *
   * @param {string} key
   * @param {Place} place
   * @param {(group: SVGGElement) => void} [build]
   */
  place(key, { x = 0, y = 0, opacity = 1, from = null, className = "", layer = "cells" }, build) {
    let node = this.items.get(key);
    if (!node) {
      node = svgElement("g");
      build?.(node);
      this.items.set(key, node);
      this.layers[layer].append(node);
      setPlace(node, from ?? { x, y }, from ? (from.opacity ?? opacity) : 0);
      this.arriving.push({ node, x, y, opacity });
    } else setPlace(node, { x, y }, opacity);
    this.asked.add(key);
    if (node.getAttribute("class") !== className) node.setAttribute("class", className);
    return node;
  }

  /**
   * @param {{ name?: string, copy?: string }} names of what was drawn; a copy stands for the number of its name where that is not drawn
   * @param {SVGElement} node
   * @param {number} [value]
   */
  remember({ name, copy }, node, value) {
    if (name) this.named.set(name, { node, value });
    else if (copy && !this.named.has(copy)) this.named.set(copy, { node, value });
  }

  /** New groups go from their first place to their own. */
  letArrive() {
    if (!this.arriving.length) return;
    this.layers.cells.getBoundingClientRect(); // lets the browser see the first places, so that the second are movements
    for (const { node, opacity, ...at } of this.arriving) setPlace(node, at, opacity);
    this.arriving = [];
  }

  /**
   * On its way out a group can no longer be pointed at, focused or read out.
   *
   * @param {string} key
   * @param {SVGGElement} node
   */
  remove(key, node) {
    this.items.delete(key);
    Object.assign(node.style, { opacity: "0", pointerEvents: "none" });
    for (const each of [node, ...node.querySelectorAll("[data-name], [data-copy]")]) setAttributes(each, NONE);
    setTimeout(() => node.remove(), FADE_MS);
  }
}

/** The place and opacity that a group was last given. @type {WeakMap<SVGElement, string>} */
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
