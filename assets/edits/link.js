// How the list of changes, the class and the limit stand in the page's link. A link may say anything. Pure.
import { parsedActs, writtenActs } from "./acts_text.js";

/** @import { Settings } from "./acts.js" */

/** 1 − the cosine of two vectors that point opposite ways. */
const MOST_MOVED = 2;
/** @type {{ [Name in keyof Settings]: (text: string) => Settings[Name] | undefined }} */
const READERS = { edits: editsIn, target: classIn, limit: limitIn };

/**
 * The settings that a link says, and the parameters that cannot be read.
 *
 * @param {Record<string, string>} link
 * @returns {{ settings: Partial<Settings>, unread: string[] }}
 */
export function settingsOfLink(link) {
  const read = Object.entries(READERS).map(([name, reader]) => /** @type {const} */ ([name, reader(link[name] ?? "")]));
  const unread = read.filter(([name, value]) => link[name] && value === undefined).map(([name]) => name);
  return { settings: Object.fromEntries(read.filter(([name, value]) => link[name] && value !== undefined)), unread };
}

/**
 * The parameters that say these settings, as text; null where a parameter is to be left out.
 *
 * @param {Settings} settings
 * @param {Settings} defaults
 */
export function linkOf({ edits, target, limit }, defaults) {
  const [number, most] = [target, limit].map((each) => (each === null ? null : String(each)));
  return { edits: edits === defaults.edits ? null : edits, target: number, limit: most };
}

/** @param {string} text */
function editsIn(text) {
  const acts = parsedActs(text);
  return acts ? writtenActs(acts) : undefined;
}

/** @param {string} text */
function classIn(text) {
  return /^\d{1,5}$/.test(text) ? Number(text) : undefined;
}

/** @param {string} text */
function limitIn(text) {
  const limit = Number(text);
  return text.trim() !== "" && limit >= 0 && limit <= MOST_MOVED ? limit : undefined;
}
