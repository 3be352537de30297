// Weights as colours, with the same tables and scales as attention_core.
import colours from "./colour_maps.json" with { type: "json" };

const LOG_DECADES = 3;
const ROBUST_QUANTILE = 0.995;
/** The largest share of all weight that may lie above the end of the balanced scale. */
const SHARE_ABOVE = 0.1;

/** @typedef {keyof typeof colours.maps} ColourMap */
/** @typedef {"balanced" | "linear" | "robust" | "log"} Scale */
/** @typedef {{ low: number, high: number }} Domain */

/**
 * Return the table of a map as 256 opaque pixels in the byte order of ImageData (little-endian ABGR).
 *
 * @param {ColourMap} name
 */
export function colourTable(name) {
  const table = tables.get(name) ?? tableOf(colours.maps[name] ?? colours.maps.viridis);
  tables.set(name, table);
  return table;
}

/** @type {Map<string, Uint32Array<ArrayBuffer>>} */
const tables = new Map();

/** @param {string} hex 256 times RRGGBB */
function tableOf(hex) {
  return Uint32Array.from({ length: 256 }, (_, i) => {
    const rgb = parseInt(hex.slice(6 * i, 6 * i + 6), 16);
    return (0xff000000 | ((rgb & 0xff) << 16) | (rgb & 0xff00) | (rgb >> 16)) >>> 0;
  });
}

/**
 * The ends of the colour scale. "linear" ends at the maximum, "robust" at the 99.5th percentile, "log" goes from max/10³ to max.
 * "balanced" ends where "robust" does, or higher: values above the end hold at most a tenth of the sum.
 *
 * @param {Float32Array} values
 * @param {Scale} scale
 * @returns {Domain}
 */
export function colourDomain(values, scale) {
  if (scale === "robust" || scale === "balanced") {
    const rank = ROBUST_QUANTILE * (values.length - 1);
    const highest = highestOf(values, values.length - Math.floor(rank));
    const [lower, upper = lower] = highest;
    const robust = lower + (rank % 1) * (upper - lower);
    const end = scale === "balanced" ? balancedEnd(values, highest, robust) : robust;
    return { low: 0, high: end > 0 ? end : 1e-12 };
  }
  let high = 1e-12;
  for (const value of values) if (value > high) high = value;
  return { low: scale === "log" ? high / 10 ** LOG_DECADES : 0, high };
}

/**
 * Return the lowest end from `robust` on above which at most SHARE_ABOVE of the sum lies.
 *
 * @param {Float32Array} values
 * @param {Float32Array} highest the largest values, the smallest first; no value above `robust` is missing
 * @param {number} robust
 */
function balancedEnd(values, highest, robust) {
  let sum = 0;
  for (const value of values) sum += value;
  let above = 0;
  for (let place = highest.length - 1; place >= 0 && highest[place] > robust; place--) {
    above += highest[place];
    if (above > SHARE_ABOVE * sum) return highest[place];
  }
  return robust;
}

/** The array that `highestOf` uses again. */
let buffer = new Float32Array();

/**
 * Return the largest values, the smallest first, until the next call. A few large values are found faster than by sorting.
 *
 * @param {Float32Array} values
 * @param {number} count
 */
function highestOf(values, count) {
  if (buffer.length !== count) buffer = new Float32Array(count);
  buffer.fill(-Infinity);
  for (const value of values) {
    if (value <= buffer[0]) continue;
    let place = 1;
    for (; place < count && buffer[place] < value; place++) buffer[place - 1] = buffer[place];
    buffer[place - 1] = value;
  }
  return buffer;
}

/**
 * Write one table entry per value, linear or logarithmic between the ends. Values beyond an end get the end's colour.
 *
 * @param {Float32Array} values
 * @param {Domain} domain
 * @param {Scale} scale
 * @param {Uint32Array} table
 * @param {Uint32Array} pixels
 */
export function paint(values, domain, scale, table, pixels) {
  paintBlock(values, domain, scale, table, pixels, { at: 0, cols: values.length, stride: values.length });
}

/**
 * Paint values into a part of a larger image, like `paint`.
 *
 * @param {Float32Array} values row by row
 * @param {Domain} domain
 * @param {Scale} scale
 * @param {Uint32Array} table
 * @param {Uint32Array} pixels
 * @param {{ at: number, cols: number, stride: number }} block its first pixel, its width, and that of the image
 */
export function paintBlock(values, { low, high }, scale, table, pixels, { at, cols, stride }) {
  const log = scale === "log";
  const from = log ? Math.log(low) : low;
  const step = 255 / ((log ? Math.log(high) : high) - from);
  for (let row = 0, j = 0; j < values.length; row += stride) {
    for (let col = 0; col < cols; col++, j++) {
      const t = ((log ? Math.log(values[j]) : values[j]) - from) * step + 0.5;
      pixels[at + row + col] = table[t > 255 ? 255 : t > 0 ? t | 0 : 0];
    }
  }
}
