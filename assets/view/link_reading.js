// Reads what a link says of the settings, older words included. A link may say anything: what cannot be read is named. Pure.
import { SETTINGS } from "./settings.js";

/** @import { Setting, Settings } from "./settings.js" */

/** Words of older links for a patch that asks. */
const PATCHES = ["Hovered patch", "Pinned patch"];
/** How older links say that one head is shown at a time; "head" is which. */
const ALONE = "One at a time";

/**
 * The settings that a link says, and the parameters that cannot be read.
 *
 * @param {Record<string, string>} link
 * @returns {{ settings: Partial<Settings>, unread: string[] }}
 */
export function settingsOfLink(link) {
  /** @type {Record<string, unknown>} */
  const settings = {};
  const unread = [];
  for (const [name, setting] of Object.entries(SETTINGS)) {
    const text = link[name];
    if (!text) continue;
    const value = name === "query" ? queryIn(text) : read(setting, text);
    if (value !== undefined) settings[name] = value;
    else if (name !== "combine" || text !== ALONE) unread.push(name);
  }
  if (link.combine === ALONE) settings.heads = [aloneIn(link)];
  return { settings: /** @type {Partial<Settings>} */ (settings), unread };
}

/** Any word but those for a patch names a prefix token. @param {string} text */
function queryIn(text) {
  return PATCHES.includes(text) ? "patch" : "prefix";
}

/** The value that a parameter says; undefined where it says none. @param {Setting} setting @param {string} text */
function read({ type, words = {}, range = [], lengths = [], least = [] }, text) {
  if (type === "word") return Object.keys(words).find((value) => words[value] === text);
  if (type === "number") return numberIn(text, range);
  if (type === "whole") return whole(text, range);
  if (type === "switch") return { true: true, false: false }[text.toLowerCase()];
  if (type === "set") return setIn(text, range);
  const numbers = text.split(",").map((part, at) => whole(part, [least[at] ?? range[0], range[1]]));
  return lengths.includes(numbers.length) && !numbers.includes(undefined) ? numbers : undefined;
}

/** The number that a text says, if it lies in the range. @param {string} text @param {readonly number[]} range */
export function numberIn(text, [low, high]) {
  const number = Number(text);
  return text.trim() !== "" && number >= low && number <= high ? number : undefined;
}

/** The numbers that can be read, in order; undefined where none can. @param {string} text @param {readonly number[]} range */
function setIn(text, range) {
  const numbers = text.split(",").map((part) => whole(part, range));
  const known = [...new Set(numbers.filter((number) => number !== undefined))].sort((a, b) => a - b);
  return known.length ? known : undefined;
}

/** The one head that an older link shows. @param {Record<string, string>} link */
function aloneIn({ head = "", heads = "" }) {
  const range = SETTINGS.heads.range ?? [];
  const chosen = setIn(heads, range) ?? [];
  const alone = whole(head, range);
  return alone !== undefined && (!chosen.length || chosen.includes(alone)) ? alone : (chosen[0] ?? 0);
}

/** @param {string} text @param {readonly number[]} range */
function whole(text, [low, high]) {
  const number = /^\d+$/.test(text) ? Number(text) : NaN;
  return number >= low && number <= high ? number : undefined;
}
