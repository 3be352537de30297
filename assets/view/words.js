// What is said of what is shown.
import { entropyBits, total } from "../maths/attention_math.js";
import { MAP_METHODS } from "../data/map_methods.js";
import { shortOf } from "./measure_words.js";
import { layerName } from "./settings.js";
import { placeOf } from "../maths/patches.js";

/** @import { Exploration, Shown } from "./exploration.js" */
/** @import { Fact } from "../figures/number_lists.js" */
/** @import { Settings } from "./settings.js" */

export const TOP_COUNT = 5;
export const SCALE_NAMES = {
  balanced: "balanced",
  linear: "linear",
  log: "log",
  robust: "to the 99.5th percentile",
};

/** The share of a row from which patches above the colour scale are named. */
const HIDDEN_SHARE = 0.1;

/**
 * The patches whose colour does not tell how large they are, where they hold much of the row; "" elsewhere.
 *
 * @param {Float32Array} weights of all tokens
 * @param {number} prefix how many tokens come before the patches
 * @param {number} high the end of the colour scale
 */
export function aboveSays(weights, prefix, high) {
  const above = weights.subarray(prefix).filter((weight) => weight > high);
  const share = total(above) / total(weights);
  if (!(share > HIDDEN_SHARE)) return "";
  const patches = above.length === 1 ? "1 patch above the scale holds" : `${whole(above.length)} patches above the scale hold`;
  return `${patches} ${(100 * share).toFixed(1)} %`;
}

/** @param {number} count */
const whole = (count) => count.toLocaleString("en");

/**
 * The token that asks, or in the other direction the one that is asked about.
 *
 * @param {Pick<Shown, "token" | "prefix" | "grid">} shown
 */
export function queryName({ token, prefix, grid }) {
  const patch = token - prefix.length;
  return patch < 0 ? prefix[token] : `Patch (${placeOf(patch, grid).join(", ")})`;
}

/** The token that asks every head. @param {Exploration} exploration */
export function askingName(exploration) {
  const grid = exploration.data.layers[exploration.layer];
  return queryName({ token: exploration.ask(exploration.layer).token, prefix: grid.prefix, grid });
}

/** What stands after its name. @param {Exploration} exploration */
export function askingSays({ settings }) {
  return settings.direction === "outgoing" ? "looks at" : "is looked at by";
}

/**
 * What stands after its name, above the five largest.
 *
 * @param {Settings} settings
 */
export function saysOf({ depth, direction }) {
  if (depth in MAP_METHODS) return MAP_METHODS[depth].says;
  return direction === "outgoing" ? "looks most at" : "is looked at most by";
}

/**
 * @param {Pick<Exploration, "settings" | "hovered">} exploration
 * @param {Shown} shown
 * @returns {Fact[]}
 */
export function facts(exploration, shown) {
  const { settings, hovered } = exploration;
  const { weights, prefix } = shown;
  const outgoing = settings.direction === "outgoing";
  const one = (settings.heads?.length ?? shown.heads.length) === 1;
  const distributed = outgoing && (one || settings.combine !== "max");
  const found = distributed ? spread(shown) : sums(outgoing, weights);
  if (prefix.length) {
    const value = total(weights.subarray(0, prefix.length));
    const text = distributed ? shortOf({ unit: "%" }, value) : undefined;
    found.push({ term: `${outgoing ? "Share of" : "From"} ${prefix.join(", ")}`, value, text });
  }
  if (hovered !== null) found.push({ term: "Under the pointer", value: weights[prefix.length + hovered] });
  return found;
}

/**
 * Of a distribution: evenly spread over 2^entropy tokens it would have the same entropy. A window's patch looks only at those
 * in its window.
 *
 * @param {Shown} shown
 * @returns {Fact[]}
 */
function spread({ weights, exact }) {
  const bits = entropyBits(weights);
  const tokens = exact ? weights.filter((weight) => weight > 0).length : weights.length;
  const evenly = 2 ** bits;
  return [
    {
      term: "Spread over",
      value: evenly,
      text: `${evenly < 10 ? evenly.toFixed(1) : whole(Math.round(evenly))} of ${whole(tokens)}`,
    },
    { term: "Entropy", value: bits, text: `${bits.toFixed(2)} of ${Math.log2(tokens).toFixed(2)} bits` },
  ];
}

/**
 * @param {boolean} outgoing
 * @param {Float32Array} weights
 * @returns {Fact[]}
 */
function sums(outgoing, weights) {
  const term = outgoing ? "Sum of the maxima" : "Received in total";
  return [
    { term, value: total(weights), text: undefined },
    { term: "Entropy", text: "not a distribution" },
  ];
}

/**
 * What the reader can do next.
 *
 * @param {Exploration} exploration
 * @param {Shown} shown
 */
export function hint(exploration, shown) {
  const { data, settings, pinned, asking } = exploration;
  if (exploration.boxing) return "Drag a box over the picture: which heads look into it?";
  if (!data.inBrowser || settings.depth !== "layer") {
    if (asking !== null && shown.token !== shown.prefix.length + asking) return "The row of the new patch is being computed…";
    const { says = "" } = data.layers[exploration.layer];
    return `${says} Computed on the server for this patch: click another, or move with the arrow keys.`.trim();
  }
  if (!data.allLayers && data.layers.length > 1) return "Layers come one at a time: all of them are too much for a browser.";
  const finger = globalThis.matchMedia?.("(pointer: coarse)").matches;
  if (settings.query === "prefix") return `${finger ? "Tap" : "Click"} a patch to take it in place of ${shown.prefix[0]}.`;
  if (pinned === null) return finger ? "Tap to pin a patch, drag to look around." : "Click to pin a patch; arrow keys move it.";
  return finger ? "Tap the pinned patch to release it." : "Arrow keys move the pin; Escape releases it.";
}

/**
 * What the map waits for; "" where it is there.
 *
 * @param {Exploration} exploration
 * @param {Shown | null} shown
 */
export function waitingFor({ settings, layer, data }, shown) {
  if (shown) return "";
  if (settings.depth in MAP_METHODS) return MAP_METHODS[settings.depth].waits;
  return data.layers.length > 1 ? `Layer ${layerName(data, layer)} is on its way…` : "The attention is on its way…";
}

/**
 * Which heads are on the map.
 *
 * @param {Settings} settings
 * @param {number} count
 */
export function headsName({ heads, combine }, count) {
  const how = combine === "max" ? "maximum" : "mean";
  if (!heads) return `${how} of all ${count} heads`;
  return heads.length === 1 ? `head ${heads[0]}` : `${how} of heads ${heads.join(", ")}`;
}

/**
 * For screen readers, on keyboard and click, not on every move of the mouse.
 *
 * @param {Exploration} exploration
 * @param {Shown} shown
 * @param {readonly number[]} first the tokens with the largest weights
 */
export function spoken({ settings, layer, data }, shown, first) {
  const { prefix, grid } = shown;
  const places = first.map((token) => prefix[token] ?? `row ${placeOf(token - prefix.length, grid).join(" column ")}`);
  const pinned = settings.pin && settings.query === "patch" ? " pinned" : "";
  const where = settings.depth === "layer" && data.layers.length > 1 ? `Layer ${layerName(data, layer)}. ` : "";
  return `${where}${queryName(shown)}${pinned} ${saysOf(settings)} ${places.join("; ")}.`;
}
