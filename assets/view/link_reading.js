// Reads the settings that a link says, older words included. A link may say anything: what cannot be read is named. Pure.
import { SETTINGS, SIDES } from "./settings.js";

/** @import { Setting, Settings } from "./settings.js" */

/** Words of older links for a patch that asks. */
const PATCHES = ["Hovered patch", "Pinned patch"];
/** How older links say that one head is shown at a time; "head" is which. */
const ALONE = "One at a time";

/**
 * The settings of the picture that a link says, and the parameters that cannot be read.
 *
 * @param {Record<string, string>} link
 * @returns {{ settings: Partial<Settings>, unread: string[] }}
 */
export function settingsOfLink(link) {
  const { query, ...rest } = link;
  const { settings, unread } = settingsIn(rest, SETTINGS);
  if (query) settings.query = queryIn(query);
  if (link.combine !== ALONE) return { settings, unread };
  return { settings: { ...settings, heads: [aloneIn(link)] }, unread: unread.filter((name) => name !== "combine") };
}

/**
 * The settings that a link says, by their description, and the parameters that cannot be read.
 *
 * @param {Record<string, string>} link
 * @param {Record<string, Setting>} described
 * @returns {{ settings: Record<string, unknown>, unread: string[] }}
 */
export function settingsIn(link, described) {
  const said = Object.keys(described).filter((name) => link[name]);
  const read = said.map((name) => /** @type {const} */ ([name, valueOf(described[name], link[name])]));
  return {
    settings: Object.fromEntries(read.filter(([, value]) => value !== undefined)),
    unread: read.filter(([, value]) => value === undefined).map(([name]) => name),
  };
}

/** Any word but those for a patch names a prefix token. @param {string} text */
function queryIn(text) {
  return PATCHES.includes(text) ? "patch" : "prefix";
}

/** The value that a parameter says; undefined where it says none. @param {Setting} setting @param {string} text */
function valueOf({ type, words = {}, range = [], lengths = [], least = [], parts = [] }, text) {
  if (type === "word") return Object.keys(words).find((value) => words[value] === text);
  if (type === "number") return numberIn(text, range);
  if (type === "whole") return whole(text, range);
  if (type === "switch") return new Map(Object.entries({ true: true, false: false })).get(text.toLowerCase());
  if (type === "set") return setIn(text, range);
  if (type === "sided") return sidedIn(text, parts, range, least);
  const numbers = text.split(",").map((part, at) => whole(part, [least[at] ?? range[0], range[1]]));
  return lengths.includes(numbers.length) && !numbers.includes(undefined) ? numbers : undefined;
}

/**
 * A place with its side; without one it is on the left, as in older links.
 *
 * @param {string} text
 * @param {readonly string[]} names of its numbers
 * @param {readonly number[]} range
 * @param {readonly number[]} least
 */
function sidedIn(text, names, range, least) {
  const [first, ...rest] = text.split(",");
  const side = SIDES.indexOf(first);
  const parts = side < 0 ? [first, ...rest] : rest;
  const numbers = parts.map((part, at) => whole(part, [least[at] ?? range[0], range[1]]));
  if (numbers.length !== names.length || numbers.includes(undefined)) return undefined;
  return { side: Math.max(0, side), ...Object.fromEntries(names.map((name, at) => [name, numbers[at]])) };
}

/** The number that a text says, if it lies in the range. @param {string} text @param {readonly number[]} range */
function numberIn(text, [low, high]) {
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
