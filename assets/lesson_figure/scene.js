// Groups of an SVG that stay from one drawing to the next. A group with the same key moves to its new place. A group that is no
// longer drawn fades away.
import { setAttributes, svgElement } from "../figures/svg.js";

const FADE_MS = 450;
const LAYERS = /** @type {const} */ (["ground", "wires", "cells", "frames"]); // from below
/** Attributes for finding, focusing and reading out a node. */
const HANDLES = [
  ...["data-value", "data-name", "data-copy", "data-cell", "data-stop"],
  ...["tabindex", "role", "aria-label", "aria-checked", "aria-pressed"],
];
const NONE = Object.fromEntries(HANDLES.map((name) => [name, null]));

/** @typedef {{ x: number, y: number }} Point */
/** @typedef {Point & { opacity?: number }} Start first place of a new group */

/**
 * @typedef {object} Place
 * @property {number} [x]
 * @property {number} [y]
 * @property {number} [opacity]
 * @property {Start | null} [from] first place of a new group
 * @property {string} [className]
 * @property {(typeof LAYERS)[number]} [layer]
 */

export class Scene {
  /** @type {Map<string, SVGGElement>} */ items = new Map();
  /** @type {Set<string>} */ drawnKeys = new Set();
  /** @type {(Point & { node: SVGGElement, opacity: number })[]} */ arriving = [];
  /** Drawn nodes by name; nodes of numbers have a value. @type {Map<string, { node: SVGElement, value?: number }>} */ named =
    new Map();

  /** @param {SVGSVGElement} svg */
  constructor(svg) {
    this.layers = Object.fromEntries(LAYERS.map((name) => [name, svgElement("g")]));
    svg.append(...Object.values(this.layers));
  }

  /** Draw again. Groups that draw() does not place again are removed. @param {() => void} draw */
  draw(draw) {
    this.drawnKeys = new Set();
    this.named = new Map();
    draw();
    this.letArrive();
    for (const [key, node] of this.items) if (!this.drawnKeys.has(key)) this.remove(key, node);
  }

  /**
   * Return the group of this key, moved to (x, y). A new group is filled by build() and starts at `from`.
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
    this.drawnKeys.add(key);
    if (node.getAttribute("class") !== className) node.setAttribute("class", className);
    return node;
  }

  /**
   * @param {{ name?: string, copy?: string }} names of the node; a copy is used if the node with its name is not drawn
   * @param {SVGElement} node
   * @param {number} [value]
   */
  remember({ name, copy }, node, value) {
    if (name) this.named.set(name, { node, value });
    else if (copy && !this.named.has(copy)) this.named.set(copy, { node, value });
  }

  /** Move new groups from their first place to their final place. */
  letArrive() {
    if (!this.arriving.length) return;
    this.layers.cells.getBoundingClientRect(); // makes the browser apply the first places, so that it animates the move
    for (const { node, opacity, ...at } of this.arriving) setPlace(node, at, opacity);
    this.arriving = [];
  }

  /**
   * Fade a group out. Meanwhile it cannot be pointed at, focused or read out.
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

/** Last place and opacity of each group. @type {WeakMap<SVGElement, string>} */
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
