// A number as a colour, and the ink that is read on it. Pure.
import { colourTable } from "../figures/colour_maps.js";

/** @import { Values } from "./layout.js" */

/** @typedef {{ low: number, high: number, signed: boolean }} Scale */

const BELOW = [0, 114, 178];
const MIDDLE = [243, 241, 236];
const ABOVE = [213, 94, 0];

/**
 * From the smallest to the largest value; of what has a sign, as far to both sides of 0.
 *
 * @param {Values} values
 * @param {boolean} signed
 * @returns {Scale}
 */
export function scaleOf(values, signed) {
  const numbers = values.flat().filter((value) => value !== null);
  if (!numbers.length) return { low: 0, high: 1, signed };
  const most = Math.max(...numbers.map(Math.abs)) || 1;
  return signed ? { low: -most, high: most, signed } : { low: Math.min(...numbers), high: Math.max(...numbers), signed };
}

/**
 * @param {number} value
 * @param {Scale} scale
 * @returns {[number, number, number]} red, green and blue, 0 to 255
 */
export function colourOf(value, { low, high, signed }) {
  const share = high > low ? Math.min(1, Math.max(0, (value - low) / (high - low))) : 0.5;
  if (!signed) {
    const pixel = colourTable("viridis")[Math.round(255 * share)];
    return [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255];
  }
  const end = share < 0.5 ? BELOW : ABOVE;
  const [red, green, blue] = MIDDLE.map((from, at) => Math.round(from + Math.abs(2 * share - 1) * (end[at] - from)));
  return [red, green, blue];
}

/** @param {readonly [number, number, number]} colour */
export function css([red, green, blue]) {
  return `rgb(${red}, ${green}, ${blue})`;
}

/**
 * Black or white, whichever stands out more (WCAG 2, relative luminance).
 *
 * @param {readonly [number, number, number]} colour
 */
export function inkOn(colour) {
  const [red, green, blue] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return 1.05 / (luminance + 0.05) > (luminance + 0.05) / 0.05 ? "#ffffff" : "#000000";
}

/**
 * The scale as a gradient of CSS.
 *
 * @param {Scale} scale
 */
export function gradient(scale) {
  const stops = Array.from({ length: 17 }, (_, at) => scale.low + (at / 16) * (scale.high - scale.low || 1));
  const flat = { ...scale, high: scale.high > scale.low ? scale.high : scale.low + 1 };
  return `linear-gradient(to right, ${stops.map((value) => css(colourOf(value, flat))).join(", ")})`;
}
