// Parts of a written sum: products, the signs between them, and the choice that a click makes.
import { element, named, numberSpan } from "../figures/elements.js";
import { formatNumber } from "../figures/numbers.js";

/** @typedef {[value: number, role: string, name: string]} Factor */

/** Write a number after a sign: negative numbers get brackets. @param {number} value */
export const inBrackets = (value) => (value < 0 ? `(${formatNumber(value)})` : formatNumber(value));

/**
 * Write a × b.
 *
 * @param {Factor} first
 * @param {Factor} second
 */
export function product([first, firstRole, firstName], [second, secondRole, secondName]) {
  const term = element("span", "product");
  const written = inBrackets(second);
  term.append(named(numberSpan(first, firstRole), firstName), "×", named(numberSpan(second, secondRole, written), secondName));
  return term;
}

/** A bar whose length is the share. It is striped if the share is negative. @param {number} share */
export function bar(share) {
  const node = element("i", share < 0 ? "bar negative" : "bar");
  node.style.setProperty("--share", String(Math.abs(share)));
  return node;
}

/**
 * Make a click on the node choose this.
 *
 * @param {HTMLElement} node
 * @param {Record<string, number | null>} choice
 */
export function choosing(node, choice) {
  node.dataset.choose = JSON.stringify(choice);
}

/** @param {readonly Node[]} terms */
export const joined = (terms) => terms.flatMap((term, at) => (at ? [" + ", term] : [term]));

/** "3" of "x_3". @param {string} name */
export const subscript = (name) => name.split("_")[1];

/** "x3" of "x_3", to be read out. @param {string} name */
export const plainName = (name) => name.replaceAll("_", "");
