// Sentences with live numbers, letters and explained words in them.
import { element, letter } from "../figures/elements.js";
import { formatNumber } from "../figures/numbers.js";

/** A number, a name such as "x_3" in its role's colour, a word that has a hint, bold words. @typedef {string | { number: number, text?: string } | { name: string, role?: string } | { term: string } | { bold: string }} Part */

/** @param {number} number a whole one is a count */
export const num = (number) => ({ number, text: Number.isInteger(number) ? String(number) : formatNumber(number, "short") });

/**
 * @param {HTMLElement} node
 * @param {readonly Part[]} parts
 */
export function writeParts(node, parts) {
  const wanted = JSON.stringify(parts, (_, value) => (typeof value === "number" ? String(value) : value));
  if (node.dataset.says === wanted) return;
  node.dataset.says = wanted;
  node.replaceChildren(...parts.map(made));
}

/** The words alone. @param {readonly Part[]} parts */
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
function made(part) {
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
