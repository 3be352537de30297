// What the canvas says of the row that it shows.
import { entropyBits, total } from "../shared/attention_math.js";

/** @import { Fact } from "./readout.js" */
/** @import { AttentionView } from "./view.js" */

export const SCALE_NAMES = { linear: "linear", log: "log", robust: "to the 99.5th percentile" };

/**
 * @param {AttentionView} view
 * @returns {Fact[]}
 */
export function facts(view) {
  const { data, weights } = view;
  const { prefix } = data;
  const outgoing = data.direction === "outgoing";
  const found = outgoing && data.combine !== "max" ? entropies(view) : sums(view);
  if (prefix.length) {
    const share = total(weights.subarray(0, prefix.length));
    found.push({ term: `${outgoing ? "Share of" : "From"} ${prefix.join(", ")}`, value: share });
  }
  const pointed = view.hovered ?? view.queryPatch();
  const term = "Under the pointer";
  return [...found, pointed === null ? { term, text: "–" } : { term, value: view.patchWeights[pointed] }];
}

/**
 * @param {AttentionView} view
 * @returns {Fact[]}
 */
function entropies(view) {
  const [bits, most] = [entropyBits(view.weights), mostBits(view)];
  return [
    { term: "Entropy", value: bits, text: `${bits.toFixed(3)} bits` },
    { term: "Entropy at most", value: most, text: `${most.toFixed(3)} bits` },
  ];
}

/**
 * @param {AttentionView} view
 * @returns {Fact[]}
 */
function sums({ data, weights }) {
  const term = data.direction === "outgoing" ? "Sum of the maxima" : "Received in total";
  return [
    { term, value: total(weights) },
    { term: "Entropy", text: "not a distribution" },
  ];
}

/**
 * Of evenly spread weights; a window's patch looks at those in its window only.
 *
 * @param {AttentionView} view
 */
function mostBits({ weights, givenToken }) {
  return Math.log2(givenToken === null ? weights.length : weights.filter((weight) => weight > 0).length);
}

/**
 * What the reader can do next.
 *
 * @param {AttentionView} view
 */
export function hint(view) {
  const { data, pin } = view;
  if (view.givenToken !== null) {
    if (pin !== null && pin !== view.queryPatch()) return "The row of the new patch is being computed…";
    return "Computed on the server for this patch: click another, or move with the arrow keys.";
  }
  const finger = globalThis.matchMedia?.("(pointer: coarse)").matches;
  if (data.query === "prefix") return `${data.prefix[0]} asks; point at a patch to read its weight.`;
  if (pin === null) return finger ? "Tap to pin a patch, drag to look around." : "Click to pin a patch, arrow keys to move it.";
  return finger ? "Tap the pinned patch to release it." : "Arrow keys move the pin; click it or press Escape to release it.";
}

/** @param {string} direction */
export function topName(direction) {
  return direction === "outgoing" ? "looks most at (row, column)" : "is looked at most by (row, column)";
}
