// Parts of a written sum: products, what stands between them, and what a click on them chooses.
import { element, named, numberSpan } from "../shared/elements.js";
import { formatNumber } from "../shared/numbers.js";

/** @import { HeadsData } from "./figure.js" */
/** @import { Chosen } from "./trace.js" */
/** @typedef {[value: number, role: string, name: string]} Factor */

/**
 * a×b with its two numbers.
 *
 * @param {Factor} first
 * @param {Factor} second
 */
export function product([first, firstRole, firstName], [second, secondRole, secondName]) {
  const term = element("span", "product");
  const written = second < 0 ? `(${formatNumber(second)})` : formatNumber(second);
  term.append(named(numberSpan(first, firstRole), firstName), "×", named(numberSpan(second, secondRole, written), secondName));
  return term;
}

/**
 * A click on it makes this choice.
 *
 * @param {HTMLElement} node
 * @param {Partial<Chosen>} choice
 */
export function choosing(node, choice) {
  node.dataset.choose = JSON.stringify(choice);
}

/** @param {readonly HTMLElement[]} terms */
export const joined = (terms) => terms.flatMap((term, at) => (at ? [" + ", term] : [term]));
/** @param {HeadsData} data @param {number} i */
export const subscript = (data, i) => data.names.x[i].split("_")[1];
