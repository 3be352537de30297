// Reads what a link says of the settings, older words included. A link may say anything: what cannot be read is named. Pure.
import described from "./settings.json" with { type: "json" };
import { PARAMETERS, WORDS } from "./settings.js";

/** @import { Settings } from "./settings.js" */

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
  for (const name of PARAMETERS) {
    const text = link[name];
    if (!text || name === "head") continue;
    const value = name === "heads" ? headsIn(text) : read(name, text);
    if (value !== undefined) settings[name] = value;
    else if (name !== "combine" || text !== ALONE) unread.push(name);
  }
  if (link.combine === ALONE) settings.heads = [aloneIn(link)];
  return { settings: /** @type {Partial<Settings>} */ (settings), unread };
}

/** The value that a parameter says; undefined where it says none. @param {string} name @param {string} text */
function read(name, text) {
  const { numbers, switches, places, largest } = described;
  if (name === "query") return PATCHES.includes(text) ? "patch" : "prefix";
  if (name === "layer") return whole(text, 0, largest);
  if (name in WORDS) return wordOf(name, text);
  if (name in numbers) return numberIn(text, /** @type {Record<string, number[]>} */ (numbers)[name]);
  if (switches.includes(name)) return { true: true, false: false }[text.toLowerCase()];
  return placeIn(name, text, /** @type {Record<string, number[]>} */ (places)[name]);
}

/** @param {string} name @param {string} text */
function wordOf(name, text) {
  const table = WORDS[name];
  return Object.keys(table).find((value) => table[value] === text);
}

/** @param {string} text @param {readonly number[]} range */
function numberIn(text, [low, high]) {
  const number = Number(text);
  return text.trim() !== "" && number >= low && number <= high ? number : undefined;
}

/** Whole numbers, as many as the setting has; the last two of a box are at least 1. @param {string} name @param {string} text @param {readonly number[]} counts */
function placeIn(name, text, counts) {
  const numbers = text.split(",").map((part, at) => whole(part, Number(name === "box" && at > 1), described.largest));
  return counts.includes(numbers.length) && !numbers.includes(undefined) ? numbers : undefined;
}

/** The heads that can be read, in order; undefined where none can. @param {string} text */
function headsIn(text) {
  const heads = text.split(",").map((part) => whole(part, 0, described.largest));
  const known = [...new Set(heads.filter((head) => head !== undefined))].sort((a, b) => a - b);
  return known.length ? known : undefined;
}

/** The one head that an older link shows. @param {Record<string, string>} link */
function aloneIn({ head = "", heads = "" }) {
  const chosen = headsIn(heads) ?? [];
  const alone = whole(head, 0, described.largest);
  return alone !== undefined && (!chosen.length || chosen.includes(alone)) ? alone : (chosen[0] ?? 0);
}

/** @param {string} text @param {number} low @param {number} high */
function whole(text, low, high) {
  const number = /^\d{1,3}$/.test(text) ? Number(text) : NaN;
  return number >= low && number <= high ? number : undefined;
}
