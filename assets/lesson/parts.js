// Sentences that contain live numbers, names of vectors and explained terms.
import { element, letter } from "../figures/elements.js";
import { formatNumber } from "../figures/numbers.js";

/** Text, a number, a name such as "x_3" in the colour of its role, a term with a hint, or bold text. @typedef {string | { number: number, text?: string } | { name: string, role?: string } | { term: string } | { bold: string }} Part */

/** @param {number} number a whole number is a count: it is written in full */
export const num = (number) => ({ number, text: Number.isInteger(number) ? String(number) : formatNumber(number, "short") });

/**
 * @param {HTMLElement} node
 * @param {readonly Part[]} parts
 */
export function writeParts(node, parts) {
  const content = JSON.stringify(parts, (_, value) => (typeof value === "number" ? String(value) : value));
  if (node.dataset.says === content) return;
  node.dataset.says = content;
  node.replaceChildren(...parts.map(nodeOf));
}

/** Return the sentence as plain text. @param {readonly Part[]} parts */
export const plainText = (parts) =>
  parts
    .map((part) => {
      if (typeof part === "string") return part;
      if ("number" in part) return part.text ?? formatNumber(part.number);
      if ("name" in part) return part.name.replace("_", "");
      return "term" in part ? part.term : part.bold;
    })
    .join("");

/** @param {Part} part */
function nodeOf(part) {
  if (typeof part === "string") return part;
  if ("name" in part) return letter(part.name, part.role);
  if ("term" in part) {
    const button = Object.assign(element("button", "explained", part.term), { type: "button" });
    button.dataset.term = part.term.toLowerCase();
    return button;
  }
  if ("bold" in part) return element("b", "", part.bold);
  const node = element("b", "number", part.text ?? formatNumber(part.number));
  node.dataset.value = String(part.number);
  return node;
}
