// Helpers that find, create and fill HTML elements.
import { formatNumber } from "./numbers.js";

/**
 * The element that `selector` finds in a component's own HTML. Raises TypeError if there is none of that kind.
 *
 * @template {Element} T
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => T} kind
 */
export function findAs(root, selector, kind) {
  const found = root.querySelector(selector);
  if (!(found instanceof kind)) throw new TypeError(`expected ${kind.name} at ${selector}, found ${found}`);
  return found;
}

/**
 * @param {ParentNode} root
 * @param {string} selector
 */
export function find(root, selector) {
  return findAs(root, selector, HTMLElement);
}

/**
 * Return the closest element around an event's target that matches `selector`, or null.
 *
 * @param {Event} event
 * @param {string} selector
 * @returns {HTMLElement | SVGElement | null}
 */
export function around(event, selector) {
  return event.target instanceof Element ? event.target.closest(selector) : null;
}

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} className
 * @param {string} text
 */
export function element(tag, className = "", text = "") {
  return Object.assign(document.createElement(tag), { className, textContent: text });
}

/** @param {HTMLCanvasElement} canvas */
export function contextOf(canvas) {
  const context = canvas.getContext("2d");
  if (!context) throw new TypeError("expected a canvas that can be drawn on in 2d");
  return context;
}

/**
 * Write a short number into a node, and the full number into its data-value.
 *
 * @param {HTMLElement} node
 * @param {number} value
 * @param {string} text
 */
export function writeNumber(node, value, text = formatNumber(value)) {
  node.textContent = text;
  node.dataset.value = String(value);
}

/**
 * @param {number} value
 * @param {string} className
 * @param {string} [text]
 */
export function numberSpan(value, className = "", text) {
  const span = element("span", `number ${className}`);
  writeNumber(span, value, text);
  return span;
}

/**
 * "x_3" with its subscript.
 *
 * @param {string} name
 * @param {string} className
 */
export function letter(name, className = "") {
  const [text, low] = name.split("_");
  const node = element("span", `letter ${className}`, text);
  if (low) node.append(element("sub", "", low));
  return node;
}

/**
 * @template {HTMLElement} T
 * @param {T} node
 * @param {string} name its data-name
 */
export function named(node, name) {
  node.dataset.name = name;
  return node;
}
