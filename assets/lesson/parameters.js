// The kinds of parameters in a lesson's link. `read` turns the texts of a parameter into a value, undefined if they are not
// valid. `write` turns a value into text, null if the link does not need it. No state.

/**
 * @template T
 * @typedef {object} Parameter
 * @property {T} opening
 * @property {(texts: string[]) => T | undefined} read
 * @property {(value: T) => string | null} write
 */

/**
 * One of several options, by its title.
 *
 * @param {Record<string, string>} titles by name
 * @param {string} opening
 * @returns {Parameter<string>}
 */
export const oneOf = (titles, opening = Object.keys(titles)[0]) => ({
  opening,
  read: ([text]) => Object.keys(titles).find((name) => titles[name] === text),
  write: (value) => (value === opening ? null : titles[value]),
});

/**
 * An index, counted from 1 in the link and from 0 here.
 *
 * @param {number | null} opening
 * @returns {Parameter<number | null>}
 */
export const place = (opening) => ({
  opening,
  read: ([text]) => lowered(whole(text, 1, 99)),
  write: (value) => (value === opening || value === null ? null : String(value + 1)),
});

/**
 * @param {number} low
 * @param {number} high
 * @param {number} opening
 * @returns {Parameter<number>}
 */
export const wholeNumber = (low, high, opening) => ({
  opening,
  read: ([text]) => whole(text, low, high),
  write: (value) => (value === opening ? null : String(value)),
});

/** The last of the six steps, counted from 0. */
export const LAST = 5;

/** One of the six steps, counted from 1 in the link and from 0 here. @returns {Parameter<number>} */
export const step = () => ({
  opening: 0,
  read: ([text]) => lowered(whole(text, 1, 6)),
  write: (value) => (value ? String(value + 1) : null),
});

/**
 * One of several numbers.
 *
 * @param {readonly number[]} options
 * @param {number} opening
 * @param {(value: number) => string} written returns the number as the page shows it
 * @returns {Parameter<number>}
 */
export const numberOf = (options, opening, written) => ({
  opening,
  read: ([text]) => options.find((option) => written(option) === text),
  write: (value) => (value === opening ? null : written(value)),
});

/** @returns {Parameter<boolean>} */
export const flag = () => ({
  opening: false,
  read: ([text]) => text === "true",
  write: (value) => (value ? "true" : null),
});

/**
 * A list of indices: "0_2". Texts that are not whole numbers are ignored. Older links repeat the parameter for each index.
 *
 * @param {number} from the number of index 0 in the link
 * @returns {Parameter<number[]>}
 */
export const places = (from) => ({
  opening: [],
  read: (texts) => texts.flatMap((text) => text.split("_")).flatMap((text) => shifted(whole(text, from, 99), from)),
  write: (value) => (value.length ? value.map((at) => at + from).join("_") : null),
});

/**
 * A mask with one row per query, 1 if the query may look at the key: "110~011".
 *
 * @returns {Parameter<boolean[][] | null>}
 */
export const cells = () => ({
  opening: null,
  read: ([text]) => (/^[01]{1,16}(~[01]{1,16}){0,15}$/.test(text) ? text.split("~").map(opened) : undefined),
  write: (value) => value && value.map((row) => row.map(Number).join("")).join("~"),
});

/** @param {string} row */
const opened = (row) => [...row].map((digit) => digit === "1");

/** @param {number | undefined} number */
const lowered = (number) => (number === undefined ? undefined : number - 1);

/** @param {number | undefined} number @param {number} by */
const shifted = (number, by) => (number === undefined ? [] : [number - by]);

/**
 * Return the whole number of a text, or undefined if it is outside the limits.
 *
 * @param {string} text
 * @param {number} low
 * @param {number} high
 */
function whole(text, low, high) {
  const number = /^\d{1,3}$/.test(text) ? Number(text) : NaN;
  return number >= low && number <= high ? number : undefined;
}
