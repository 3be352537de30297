// The measures of heads, as measures.json describes them for Python (attention_core/measures.py) and the browser.
import registry from "./measures.json" with { type: "json" };

/**
 * A measure beside one picture. {prefix}, {layer} and {head} in its words stand for what is looked at.
 *
 * @typedef {object} Described
 * @property {string} name
 * @property {string} label
 * @property {string} word its value of `measure` in the page's link
 * @property {string} axis its title at an axis of a chart
 * @property {string} unit "%" for a share of 0 to 1; "" for a number without a unit
 * @property {string} says what it is
 * @property {readonly string[]} extremes what is said of the head with the largest number and of that with the smallest
 * @property {string | undefined} needs what must be there to show it: "prefix", "blocks", "box" or "like"
 */
/** @typedef {{ title: string, label?: string, word?: string, axis?: string, unit: string, format?: string, says: string, extremes?: string[], needs?: string }} Entry */

/** @type {Record<string, Entry>} */
const ENTRIES = registry.measures;

/** The measures of the page "Your image", in its order. @type {readonly Described[]} */
export const MEASURES = registry.places.explorer.map((name) => described(name, ENTRIES[name]));

/** Words of the link, by name. */
export const MEASURE_WORDS = Object.fromEntries(MEASURES.map(({ name, word }) => [name, word]));

/**
 * @param {string} name
 * @param {Entry} entry
 * @returns {Described}
 */
function described(name, { title, label = title, word = label, axis, unit, format, says, extremes = ["", ""], needs }) {
  const units = format === "plain" ? "" : `, in ${unit}`;
  const written = format === "percent" ? "%" : format === "plain" ? "" : unit;
  return { name, label, word, axis: axis ?? title.toLowerCase() + units, unit: written, says, extremes, needs };
}

/**
 * A text with what its names in braces stand for.
 *
 * @param {string} text
 * @param {Record<string, string>} words
 */
export function filled(text, words) {
  return text.replaceAll(/\{(\w+)\}/g, (_, name) => words[name] ?? "");
}
