// Weights as colours, as attention_core does it too: its tables come from the same file.
import colours from "./colour_maps.json" with { type: "json" };

const LOG_DECADES = 3;
const ROBUST_QUANTILE = 0.995;

/** @typedef {keyof typeof colours.maps} ColourMap */
/** @typedef {"linear" | "robust" | "log"} Scale */
/** @typedef {{ low: number, high: number }} Domain */

/**
 * The table of a map as 256 opaque pixels in the byte order of ImageData (little-endian ABGR).
 *
 * @param {ColourMap} name
 */
export function colourTable(name) {
  const hex = colours.maps[name] ?? colours.maps.viridis;
  return Uint32Array.from({ length: 256 }, (_, i) => {
    const rgb = parseInt(hex.slice(6 * i, 6 * i + 6), 16);
    return (0xff000000 | ((rgb & 0xff) << 16) | (rgb & 0xff00) | (rgb >> 16)) >>> 0;
  });
}

/**
 * The ends of the colour scale: "linear" 0…max, "robust" 0…99.5th percentile, "log" max/10³…max.
 *
 * @param {Float32Array} values
 * @param {Scale} scale
 * @returns {Domain}
 */
export function colourDomain(values, scale) {
  if (scale === "robust") {
    const sorted = Float32Array.from(values).sort();
    const at = ROBUST_QUANTILE * (sorted.length - 1);
    const below = Math.floor(at);
    const above = Math.min(below + 1, sorted.length - 1);
    const end = sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    return { low: 0, high: end > 0 ? end : 1e-12 };
  }
  let high = 1e-12;
  for (const value of values) if (value > high) high = value;
  return { low: scale === "log" ? high / 10 ** LOG_DECADES : 0, high };
}

/**
 * Write one table entry a value: linear between the ends, or in their logarithms; beyond the ends, the end's colour.
 *
 * @param {Float32Array} values
 * @param {Domain} domain
 * @param {Scale} scale
 * @param {Uint32Array} table
 * @param {Uint32Array} pixels
 */
export function paint(values, { low, high }, scale, table, pixels) {
  const log = scale === "log";
  const from = log ? Math.log(low) : low;
  const step = 255 / ((log ? Math.log(high) : high) - from);
  for (let j = 0; j < values.length; j++) {
    const t = ((log ? Math.log(values[j]) : values[j]) - from) * step + 0.5;
    pixels[j] = table[t > 255 ? 255 : t > 0 ? t | 0 : 0];
  }
}
