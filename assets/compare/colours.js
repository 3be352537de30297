// Colours of what is no weight: similarities, differences, components and segments. Pure.

/** @import { Domain, Scale } from "../figures/colour_maps.js" */

/** The shares of all values that become the darkest and the brightest; single patches beyond do not dim all others. */
const ENDS = { similarity: [0.01, 0.995], component: [0.01, 0.99] };
const OPAQUE = 0xff000000;
/** Of segments, the largest first: Okabe and Ito's, then six between them. Told apart by all readers as far as twelve can be. */
export const SEGMENT_COLOURS = [
  "#e69f00",
  "#56b4e9",
  "#009e73",
  "#f0e442",
  "#0072b2",
  "#d55e00",
  "#cc79a7",
  "#8c564b",
  "#b8e186",
  "#9467bd",
  "#17becf",
  "#bdbdbd",
];
/** From blue over white to red, as in ColorBrewer's RdBu turned round. */
const DIVERGING = [
  "#053061",
  "#2166ac",
  "#4393c3",
  "#92c5de",
  "#d1e5f0",
  "#f7f7f7",
  "#fddbc7",
  "#f4a582",
  "#d6604d",
  "#b2182b",
  "#67001f",
];

/**
 * The value below which so large a share of the values lies, interpolated as torch and NumPy do.
 *
 * @param {Float32Array} sorted
 * @param {number} share
 */
export function quantile(sorted, share) {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const value = sorted[below];
  return below + 1 < sorted.length ? value + (at - below) * (sorted[below + 1] - value) : value;
}

/**
 * The ends of the colours of similarities, together for all that are compared: "linear" 0…1, else most of those there are.
 *
 * @param {readonly Float32Array[]} lists
 * @param {Scale} scale
 * @returns {Domain}
 */
export function similarityDomain(lists, scale) {
  return scale === "linear" ? { low: 0, high: 1 } : between(lists, ENDS.similarity);
}

/**
 * @param {readonly Float32Array[]} lists
 * @returns {Domain}
 */
export function componentDomain(lists) {
  return between(lists, ENDS.component);
}

/**
 * @param {readonly Float32Array[]} lists
 * @param {number[]} shares
 */
function between(lists, [lowest, highest]) {
  const all = new Float32Array(lists.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const list of lists) {
    all.set(list, at);
    at += list.length;
  }
  all.sort();
  const [low, high] = [quantile(all, lowest), quantile(all, highest)];
  return { low, high: high > low ? high : low + 1e-12 };
}

/**
 * 0 in the middle, and as far to either side as most differences go.
 *
 * @param {Float32Array} values
 * @returns {Domain}
 */
export function differenceDomain(values) {
  const sizes = values.map(Math.abs).sort();
  const high = quantile(sizes, ENDS.similarity[1]) || 1e-12;
  return { low: -high, high };
}

/** @type {Uint32Array | undefined} */
let diverging;

/** 256 pixels: blue below 0, red above. */
export function divergingTable() {
  return (diverging ??= Uint32Array.from({ length: 256 }, (_, i) => {
    const at = (i / 255) * (DIVERGING.length - 1);
    const below = Math.min(Math.floor(at), DIVERGING.length - 2);
    const [from, to] = [channels(DIVERGING[below]), channels(DIVERGING[below + 1])];
    const [r, g, b] = from.map((value, c) => Math.round(value + (at - below) * (to[c] - value)));
    return pixel(r, g, b);
  }));
}

/** @param {string} hex "#rrggbb" */
function channels(hex) {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

/** In the byte order of ImageData. @param {number} r @param {number} g @param {number} b */
function pixel(r, g, b) {
  return (OPAQUE | (b << 16) | (g << 8) | r) >>> 0;
}

/**
 * One of so many components of all patches.
 *
 * @param {Float32Array} scores (N, count)
 * @param {number} count
 * @param {number} component
 */
export function componentOf(scores, count, component) {
  return Float32Array.from({ length: scores.length / count }, (_, n) => scores[n * count + component]);
}

/**
 * The first three components as red, green and blue, a pixel a patch, as attention_core/analysis/components.py does it: black
 * where a patch is not kept, 128 in a component without any spread.
 *
 * @param {Float32Array} scores (N, count)
 * @param {number} count
 * @param {Uint8Array | null} kept
 */
export function componentColours(scores, count, kept) {
  const ends = [0, 1, 2].map((component) => {
    const all = componentOf(scores, count, component);
    const sorted = (kept ? all.filter((_, n) => kept[n]) : all).sort();
    return ENDS.component.map((share) => quantile(sorted, share));
  });
  return Uint32Array.from({ length: scores.length / count }, (_, n) => {
    if (kept && !kept[n]) return OPAQUE >>> 0;
    const [r, g, b] = ends.map(([low, high], component) =>
      high > low ? Math.round(255 * Math.max(0, Math.min(1, (scores[n * count + component] - low) / (high - low)))) : 128,
    );
    return pixel(r, g, b);
  });
}

/**
 * @param {Uint8Array} labels
 * @returns {Uint32Array}
 */
export function segmentPixels(labels) {
  const table = SEGMENT_COLOURS.map((hex) => pixel(.../** @type {[number, number, number]} */ (channels(hex))));
  return Uint32Array.from(labels, (label) => table[label % table.length]);
}
