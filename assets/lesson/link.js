// Writes a lesson's state as a link, and reads it back. No state. A link may come from anybody, so everything in it is checked.
/** @import { LessonState, Rows, Settings, Terms } from "./state.js" */

/** Limits of matrices. vectors: rows that are vectors. width: other rows, and all columns. size: the largest absolute value. */
export const MOST = { vectors: 12, width: 16, size: 1000 };
/** Characters of a whole link. Some mail and chat programs cut longer links. */
export const LONGEST_LINK = 2000;
const LONGEST_MATRIX = 20_000;
const NUMBER = /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Read a link. An old link has no step: it opens at the last step.
 *
 * @param {Terms} terms
 * @param {string} link
 */
export function readLink({ parameters, isMatrix, vectors }, link) {
  const query = new URLSearchParams(link);
  /** @type {Settings} */
  const settings = {};
  for (const [name, { opening, read }] of Object.entries(parameters)) {
    const texts = query.getAll(name);
    settings[name] = (texts.length ? read(texts) : undefined) ?? opening;
  }
  /** @type {Map<string, Rows>} */
  const matrices = new Map();
  /** @type {string[]} */
  const unread = [];
  for (const name of new Set(query.keys())) {
    if (!isMatrix(name)) continue;
    const rows = readRows(query.get(name) ?? "", vectors.includes(name) ? MOST.vectors : MOST.width);
    if (rows) matrices.set(name, rows);
    else unread.push(name);
  }
  const older = !query.has("step") && [...query.keys()].some((name) => Object.hasOwn(parameters, name) || isMatrix(name));
  if (older) settings.step = 5;
  return { settings, matrices, unread };
}

/**
 * Return the link's parameters by name, null if a parameter is not needed. `whole` contains the edited matrices. `link` also
 * contains them, unless it would be too long: then `fits` is false.
 *
 * @param {LessonState} state
 * @param {readonly string[]} matrices names of the visible matrices
 * @param {string} address of the page, with its other parameters
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
  const isSet = Object.values({ ...link, ...texts }).some((value) => value !== null);
  if (isSet && link.step === null) link.step = "1";
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

/** Return the parameters that are not null, as a query string. @param {Record<string, string | null>} parameters */
export function linkText(parameters) {
  const set = Object.entries(parameters).flatMap(([name, value]) => (value === null ? [] : [[name, value]]));
  return short(String(new URLSearchParams(set)));
}

/** Return the link in the form in which this file writes links. @param {string} link */
export const normalised = (link) => short(String(new URLSearchParams(link)));

/** Undo the escape of ~, to keep links short. @param {string} link */
const short = (link) => link.replaceAll("%7E", "~");

/** Write a matrix with _ between columns and ~ between rows. @param {Rows} rows */
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
