// Reads what a link says of a comparison. A link may say anything: parameters that cannot be read are named. Pure.
import { numberIn } from "../view/link_reading.js";
import described from "./settings.json" with { type: "json" };
import { PARAMETERS, SIDES, WORDS } from "./settings.js";

/** @import { Settings } from "./settings.js" */

/**
 * The settings that a link says, and the parameters that cannot be read.
 *
 * @param {Record<string, string>} link
 * @returns {{ settings: Partial<Settings>, unread: string[] }}
 */
export function settingsOfLink(link) {
  const said = PARAMETERS.filter((name) => link[name]);
  const read = said.map((name) => /** @type {const} */ ([name, valueOf(name, link[name])]));
  const unread = read.filter(([, value]) => value === undefined).map(([name]) => name);
  const settings = Object.fromEntries(read.filter(([, value]) => value !== undefined));
  return { settings: /** @type {Partial<Settings>} */ (settings), unread };
}

/** The value that a parameter says; undefined if it says none. @param {string} name @param {string} text */
function valueOf(name, text) {
  const numbers = /** @type {Record<string, number[]>} */ (described.numbers);
  const wholes = /** @type {Record<string, number[]>} */ (described.wholes);
  const places = /** @type {Record<string, string[]>} */ (described.places);
  if (name in WORDS) return WORDS[name].includes(text) ? text : undefined;
  if (name in numbers) return numberIn(text, numbers[name]);
  if (name in wholes) return whole(text, wholes[name]);
  if (name in places) return placeIn(text, places[name]);
  if (described.switches.includes(name)) return new Map(Object.entries({ true: true, false: false })).get(text);
  return wholesIn(name, text);
}

/** @param {string} text @param {readonly number[]} range */
function whole(text, [low, high]) {
  const number = /^\d{1,3}$/.test(text) ? Number(text) : NaN;
  return number >= low && number <= high ? number : undefined;
}

/** Both layers, or heads in order. @param {string} name @param {string} text */
function wholesIn(name, text) {
  const numbers = text.split(",").map((part) => whole(part, [0, described.largest]));
  if (numbers.includes(undefined) || (name === "layers" && numbers.length !== 2)) return undefined;
  return name === "layers" ? numbers : [...new Set(numbers)].sort((a, b) => Number(a) - Number(b));
}

/** A pin or a box. One without a side is on the left, as in older links. @param {string} text @param {readonly string[]} names */
function placeIn(text, names) {
  const [first, ...rest] = text.split(",");
  const side = SIDES.indexOf(first);
  const parts = side < 0 ? [first, ...rest] : rest;
  const numbers = parts.map((part, at) => whole(part, [Number(at > 1), described.largest]));
  if (numbers.length !== names.length || numbers.includes(undefined)) return undefined;
  return { side: Math.max(0, side), ...Object.fromEntries(names.map((name, at) => [name, numbers[at]])) };
}
