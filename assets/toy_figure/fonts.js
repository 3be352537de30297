// How wide texts are, and how large they can be. Pure estimates: to measure each number would take longer than to draw it.

const PADDING = 3; // of a number in its cell, both sides together
const LINE = 1.3; // a cell's least height, in sizes of its digits

/** @type {Record<string, number>} in ems, for the fonts of usual systems */
const NARROW = { ".": 0.3, "-": 0.38, "−": 0.6, "≈": 0.6, "∞": 0.8 };

/** @param {string} text in ems */
export function widthOf(text) {
  return [...text].reduce((sum, letter) => sum + (NARROW[letter] ?? 0.58), 0);
}

/**
 * The size of a number in its cell, or 0 where it would be smaller than `least`.
 *
 * @param {string} text
 * @param {{ width: number, height: number }} cell
 * @param {{ least: number, most: number }} sizes
 */
export function digitSize(text, { width, height }, { least, most }) {
  const size = Math.min(most, height / LINE, (width - PADDING) / widthOf(text));
  return size < least - 1e-9 ? 0 : size;
}

/** The width of a cell that holds "-0.50". @param {number} digits */
export const roomy = (digits) => widthOf("-0.50") * digits + PADDING;
/** The height of a cell that holds digits. @param {number} digits */
export const tall = (digits) => LINE * digits;
/** Of names, so that their subscripts are as large as digits. @param {number} digits */
export const nameSize = (digits) => 1.3 * digits;
/** The width of a letter with a subscript. @param {number} digits @param {number} low how many letters the subscript has */
export const nameWidth = (digits, low) => nameSize(digits) * (0.62 + 0.45 * low);
