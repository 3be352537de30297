// Widths of letters and digits, and the form and size of a number in its cell. These are estimates, because measuring each
// number would take longer than drawing it.
import { formatNumber } from "../figures/numbers.js";

/**
 * The widths of letters: `others` lists special widths, all other letters are as wide as a digit.
 *
 * @typedef {{ digit: number, others: Record<string, number> }} Face
 */

/** A number's text and its size: "" and 0 if it has no room. @typedef {(value: number) => { text: string, size: number }} Writing */

/** @param {string} text @param {Face} face */
export function widthOf(text, { digit, others }) {
  let width = 0;
  for (const letter of text) width += others[letter] ?? digit;
  return width;
}

/** Widths in ems, for the fonts of usual systems. @type {Face} */
const USUAL = { digit: 0.58, others: { ".": 0.3, "-": 0.38, "−": 0.6, "≈": 0.6, "∞": 0.8 } };
const PADDING = 3; // of a number in its cell, both sides together
const LINE = 1.3; // a cell's least height, in sizes of its digits

/** The width of a cell that holds "-0.50". @param {number} digits */
export const roomy = (digits) => widthOf("-0.50", USUAL) * digits + PADDING;
/** The height of a cell that holds digits. @param {number} digits */
export const tall = (digits) => LINE * digits;

/**
 * Write each number as large as its cell allows, up to `most`. Hide it if it would be smaller than `least`.
 *
 * @param {{ width: number, height: number }} cell
 * @param {{ least: number, most: number }} sizes
 * @returns {Writing}
 */
export function eachAsItFits({ width, height }, { least, most }) {
  return (value) => {
    const text = formatNumber(value);
    const size = Math.min(most, height / LINE, (width - PADDING) / widthOf(text, USUAL));
    return size < least - 1e-9 ? { text: "", size: 0 } : { text, size };
  };
}

/** Widths in units of a digit's width. */
const IN_DIGITS = { ".": 0.5, "-": 0.62, ",": 0.5, "−": 1.35, "∞": 1.45, "≈": 1.35 };
/** Largest width of a digit in common fonts, as a share of the font size. */
const GLYPH = 0.64;
const INSET = 2; // free px beside digits
const SPARE = 0.85;
const ENOUGH = 0.85;

/**
 * The digits of a matrix.
 *
 * @typedef {object} Type
 * @property {number} font preferred size, 0 if the rows are too low for digits
 * @property {number} smallest
 * @property {number} [glyph] the width of a digit, as a share of its size
 */

/**
 * @param {string} number as it is written
 * @param {number} size of its digits
 * @param {number} [glyph]
 */
export function digitsWidth(number, size, glyph = GLYPH) {
  return widthOf(number, { digit: 1, others: IN_DIGITS }) * glyph * size;
}

/**
 * Write all numbers of a matrix in one size, each in the fullest form that fits. ".42" is the short form.
 *
 * @param {readonly (readonly number[])[]} values that decide the size
 * @param {number} cell its width
 * @param {Type} type
 * @returns {Writing}
 */
export function allAlike(values, cell, type) {
  const size = sizeFor(values, cell, type);
  return (value) => ({ text: size ? fitting(value, cell, size, type.glyph) : "", size });
}

/** Return the possible forms of a number, the fullest first. @param {number} value */
function formsOf(value) {
  const full = formatNumber(value);
  const forms = [full, full.replace(/^(-?)0\./, "$1.")];
  return Math.abs(value) < 0.005 && value !== 0 ? [...forms, "≈0"] : forms;
}

/**
 * Return the fullest form of a number that fits a cell, "" if none fits. The zero before the point needs spare room.
 *
 * @param {number} value
 * @param {number} cell its width
 * @param {number} size
 * @param {number} [glyph]
 */
export function fitting(value, cell, size, glyph) {
  const room = cell - INSET;
  const [full, ...others] = formsOf(value);
  const forms = full.startsWith("0.") && digitsWidth(full, size, glyph) > room * SPARE ? others : [full, ...others];
  return forms.find((form) => digitsWidth(form, size, glyph) <= room) ?? "";
}

/**
 * Return the largest size that fits all numbers of a matrix. Return 0 if too many do not fit, because a matrix with holes is
 * hard to read.
 *
 * @param {readonly (readonly number[])[]} values
 * @param {number} cell
 * @param {Type} type
 */
export function sizeFor(values, cell, { font, smallest, glyph }) {
  if (!font) return 0;
  const sizes = values
    .flat()
    .map((value) => (cell - INSET) / Math.min(...formsOf(value).map((form) => digitsWidth(form, 1, glyph))));
  if (Math.min(...sizes) >= smallest) return Math.min(font, ...sizes);
  const fit = sizes.filter((size) => size >= smallest).length;
  return fit >= ENOUGH * sizes.length ? smallest : 0;
}

/**
 * The first of several wordings that fits so many px.
 *
 * @param {readonly string[]} wordings
 * @param {number} width
 * @param {number} label the size of the letters
 */
export function worded(wordings, width, label) {
  return wordings.find((words) => words.length * label * 0.54 <= width) ?? "";
}

const LOW = 0.78; // a subscript's size in its name's
/** Widths in ems. @type {Face} */
const NAMES = { digit: 0.58, others: { w: 0.85, W: 0.85, "·": 0.32 } };

/** The width of a name with subscripts, in ems. @param {string} name */
export function nameEms(name) {
  const parts = name.matchAll(/([^_]+)|_([^\s·=()+]+)/g);
  return [...parts].reduce((sum, [, plain = "", low = ""]) => sum + widthOf(plain, NAMES) + 0.58 * LOW * low.length, 0);
}

/** The size of names whose subscripts are as large as digits. @param {number} digits */
export const nameSize = (digits) => 1.3 * digits;
/** The width of a letter with a subscript. @param {number} digits @param {number} low how many letters the subscript has */
export const nameWidth = (digits, low) => nameSize(digits) * (0.62 + 0.45 * low);
