// A lesson as a link, and back. Pure; what a link says is anybody's, so everything is checked.
/** @import { LessonState, Rows, Settings, Terms } from "./state.js" */

/** Of matrices: rows that are vectors, other rows and all columns, and how large a number may be. */
export const MOST = { vectors: 12, width: 16, size: 1000 };
/** Characters of a whole link; longer ones are cut by some mail and chat programs. */
export const LONGEST_LINK = 2000;
const LONGEST_MATRIX = 20_000;
const NUMBER = /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Links of before the step stood in them opened at the last one.
 *
 * @param {Terms} terms
 * @param {string} link
 */
export function readLink({ parameters, isMatrix, vectors }, link) {
  const asked = new URLSearchParams(link);
  /** @type {Settings} */
  const settings = {};
  for (const [name, { opening, read }] of Object.entries(parameters)) {
    const texts = asked.getAll(name);
    settings[name] = (texts.length ? read(texts) : undefined) ?? opening;
  }
  /** @type {Map<string, Rows>} */
  const matrices = new Map();
  /** @type {string[]} */
  const unread = [];
  for (const name of new Set(asked.keys())) {
    if (!isMatrix(name)) continue;
    const rows = readRows(asked.get(name) ?? "", vectors.includes(name) ? MOST.vectors : MOST.width);
    if (rows) matrices.set(name, rows);
    else unread.push(name);
  }
  const older = !asked.has("step") && [...asked.keys()].some((name) => Object.hasOwn(parameters, name) || isMatrix(name));
  if (older) settings.step = 5;
  return { settings, matrices, unread };
}

/**
 * The parameters that say what is shown, by name; null where one is not needed. Edited matrices are among them in `whole`; in
 * `link` they are left out where all together would make it too long: then `fits` is false.
 *
 * @param {LessonState} state
 * @param {readonly string[]} matrices those on show
 * @param {string} address of the page, with what else stands in its link
 */
export function writeLink(state, matrices, address) {
  const { parameters } = state.terms;
  /** @type {Record<string, string | null>} */
  const link = {};
  for (const [name, { write }] of Object.entries(parameters)) link[name] = write(state.settings[name]);
  /** @type {Record<string, string | null>} */
  const texts = {};
  for (const name of state.history.keys()) {
    const rows = matrices.includes(name) ? state.edited(name) : null;
    texts[name] = rows && writtenRows(rows);
  }
  const says = Object.values({ ...link, ...texts }).some((value) => value !== null);
  if (says && link.step === null) link.step = "1";
  const whole = { ...link, ...texts };
  const fits = addressWith(address, whole).length <= LONGEST_LINK;
  const none = Object.fromEntries(Object.keys(texts).map((name) => [name, null]));
  return { link: fits ? whole : { ...link, ...none }, whole, fits };
}

/**
 * @param {string} address
 * @param {Record<string, string | null>} parameters
 */
export function addressWith(address, parameters) {
  const url = new URL(address);
  for (const [name, value] of Object.entries(parameters)) {
    if (value === null) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  return short(url.href);
}

/** The parameters that say something, as a query string. @param {Record<string, string | null>} parameters */
export function linkText(parameters) {
  const said = Object.entries(parameters).flatMap(([name, value]) => (value === null ? [] : [[name, value]]));
  return short(String(new URLSearchParams(said)));
}

/** In the one way in which links are written here. @param {string} link */
export const normalised = (link) => short(String(new URLSearchParams(link)));

/** As it was written: links are long enough. @param {string} link */
const short = (link) => link.replaceAll("%7E", "~");

/** _ between columns, ~ between rows: neither needs an escape. @param {Rows} rows */
const writtenRows = (rows) => rows.map((row) => row.map((value) => String(value).replace("e+", "e")).join("_")).join("~");

/**
 * @param {string} text
 * @param {number} mostRows
 * @returns {Rows | null}
 */
function readRows(text, mostRows) {
  const cells = text.slice(0, LONGEST_MATRIX).split("~", mostRows + 1);
  const rows = cells.map((row) => row.split("_", MOST.width + 1));
  const width = rows[0].length;
  if (rows.length > mostRows || width > MOST.width) return null;
  if (rows.some((row) => row.length !== width || !row.every((cell) => NUMBER.test(cell)))) return null;
  const numbers = rows.map((row) => row.map(Number));
  return numbers.flat().every((number) => Math.abs(number) <= MOST.size) ? numbers : null;
}
