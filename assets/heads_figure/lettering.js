// How much room letters and digits take, before they are drawn. Pure arithmetic.
import { formatNumber } from "../shared/numbers.js";

/** @import { Room } from "./sizes.js" */

/** The widest that common fonts have, as a share of the size. */
const GLYPH = 0.64;
const INSET = 2; // px that stay free beside digits
const SPARE = 0.85;
const ENOUGH = 0.85;
/** @type {Record<string, number>} */
const NARROW = { ".": 0.5, "-": 0.62, ",": 0.5 };
/** @type {Record<string, number>} */
const WIDE = { "−": 1.35, "∞": 1.45, "≈": 1.35 };

/**
 * @param {string} number as it is written
 * @param {number} size of its digits
 * @param {number} [glyph] the width of a digit as a share of its size
 */
export function widthOf(number, size, glyph = GLYPH) {
  let width = 0;
  for (const letter of number) width += NARROW[letter] ?? WIDE[letter] ?? 1;
  return width * glyph * size;
}

/**
 * The size of the figure's own letters, and the room that they take.
 *
 * @param {Room} room
 */
export function spaceOf({ width, height, digits }) {
  const scale = digits / 11;
  const compact = width < 480 * scale || height < 400 * scale;
  const label = compact ? 11 : Math.max(11.5, digits * 0.9);
  const line = label * (compact ? 1.18 : 1.22);
  const mark = label * 1.15 + 5 * scale; // a bracket with its number
  return {
    ...{ scale, compact, label, line, mark },
    margin: 3 * scale,
    inset: 3 * scale, // what a cell keeps free beside its digits
    names: label * 2,
    bracket: label + 10 * scale,
    sign: label * 1.6,
  };
}

/**
 * How digits are written.
 *
 * @typedef {object} Type
 * @property {number} font the size that they would like, 0 where rows are too low for any
 * @property {number} smallest
 * @property {number} [glyph] the width of a digit, as a share of its size
 */

/**
 * In what forms a number may be written, the fullest first; the short one is ".42".
 *
 * @param {number} value
 */
function formsOf(value) {
  const full = formatNumber(value);
  const forms = [full, full.replace(/^(-?)0\./, "$1.")];
  return Math.abs(value) < 0.005 && value !== 0 ? [...forms, "≈0"] : forms;
}

/**
 * The fullest form of a number that fits a cell, "" where none does. The zero before the point needs room to spare.
 *
 * @param {number} value
 * @param {number} cell its width
 * @param {number} size
 * @param {number} [glyph]
 */
export function fitting(value, cell, size, glyph) {
  const room = cell - INSET;
  const [full, ...others] = formsOf(value);
  const forms = full.startsWith("0.") && widthOf(full, size, glyph) > room * SPARE ? others : [full, ...others];
  return forms.find((form) => widthOf(form, size, glyph) <= room) ?? "";
}

/**
 * One size for all numbers of a matrix: the largest at which they fit; 0 where too many of them would not, for a matrix with holes
 * is hard to read.
 *
 * @param {readonly (readonly number[])[]} values
 * @param {number} cell
 * @param {Type} type
 */
export function sizeFor(values, cell, { font, smallest, glyph }) {
  if (!font) return 0;
  const sizes = values
    .flat()
    .map((value) => (cell - INSET) / Math.min(...formsOf(value).map((form) => widthOf(form, 1, glyph))));
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
