// The settings of a comparison, and their text in the link (link_reading.js reads it). No state.
import { SETTINGS } from "../view/settings.js";
import described from "./settings.json" with { type: "json" };

/** @import { ColourMap, Scale } from "../figures/colour_maps.js" */
/** @import { Block } from "../maths/patches.js" */
/** @import { ExplorerData } from "../view/exploration.js" */
/** @import { How } from "./similarity.js" */

/** A patch of one of the two pictures: 0 the left, 1 the right. @typedef {{ side: number, row: number, col: number }} Pin */
/** @typedef {{ side: number } & Block} Box of patches of one of them */

/**
 * @typedef {object} Settings
 * @property {"similarity" | "attention" | "both" | "pca" | "segments" | "moved"} show both: the left where the patch looks, the right what it resembles; moved: how far each patch of the right has moved from the same one of the left
 * @property {[number, number]} layers of the two sides
 * @property {boolean} locked whether both layers move together
 * @property {string} kind of features: "features", "q", "k" or "v"
 * @property {How} clean
 * @property {"match" | "place"} asks whether the other side is asked for this patch, or for the one at the same place
 * @property {Pin | null} pin
 * @property {Box | null} box
 * @property {number} lines between matches
 * @property {boolean} mutual whether only matches that are each other's best
 * @property {number} ratio below which Lowe's has to be; 1 lets all pass
 * @property {string} within "all", "box", "foreground" or "segment-N"
 * @property {string} component "rgb" or its number from 1
 * @property {"off" | "above" | "below"} foreground by the sign of the first component
 * @property {number} k how many segments
 * @property {boolean} difference whether what the two sides differ by is drawn
 * @property {number[] | null} heads those of the attention; null for all
 * @property {string} combine "mean" or "max" of them
 * @property {number} opacity
 * @property {Scale} scale
 * @property {ColourMap} map
 */

export const SHOWS = {
  similarity: "Similarity",
  attention: "Attention",
  both: "Both",
  pca: "PCA",
  segments: "Segments",
  moved: "Moved",
};
/** What is shown where nothing else is said: only pictures that lie patch on patch have patches that moved. */
const USUAL = /** @type {Settings["show"][]} */ (Object.keys(SHOWS).filter((name) => name !== "moved"));
export const SIDES = ["left", "right"];
export const COMPONENTS = 8;
/** How many lines appear with the first box, or the first segment that is taken. */
export const FIRST_LINES = 40;
/** Settings that belong to the present pictures and models, with their values for other ones. */
export const FOREIGN = /** @type {const} */ ({ pin: null, box: null, heads: null, within: "all" });

const SHARED = Object.fromEntries(described.shared.map((name) => [name, Object.keys(SETTINGS[name].words ?? {})]));
/** The words that settings may be, which stand in the link as they are. @type {Record<string, string[]>} */
export const WORDS = { ...described.words, ...SHARED };
export const MOST_LINES = described.wholes.lines[1];

/** Settings whose text in the link is their value. */
const PLAIN = /** @type {(keyof Settings)[]} */ (
  [WORDS, described.numbers, described.wholes].flatMap((of) => Object.keys(of)).concat(described.switches)
);
/** Parameters of the link that belong to a comparison. @type {string[]} */
export const PARAMETERS = [...PLAIN, "layers", "heads", "pin", "box"];

/**
 * What there is to show, by name what it is called.
 *
 * @param {{ shows?: Settings["show"][] }} data
 * @returns {Record<string, string>}
 */
export function showsOf({ shows = USUAL }) {
  return Object.fromEntries(shows.map((name) => [name, SHOWS[name]]));
}

/**
 * The parameters that say these settings, as text; null where one is to be left out.
 *
 * @param {Settings} settings
 * @param {Settings} defaults
 * @returns {Record<string, string | null>}
 */
export function linkOf(settings, defaults) {
  /** @type {Record<string, string | null>} */
  const link = {};
  for (const name of PLAIN) link[name] = settings[name] === defaults[name] ? null : String(settings[name]);
  link.layers = settings.layers.join() === defaults.layers.join() ? null : settings.layers.join();
  link.heads = settings.heads?.join() ?? null;
  link.pin = settings.pin && [SIDES[settings.pin.side], settings.pin.row, settings.pin.col].join();
  const { box } = settings;
  link.box = box && [SIDES[box.side], box.row, box.col, box.rows, box.cols].join();
  return link;
}

/**
 * The settings as far as there is something to show for them.
 *
 * @param {Settings} settings
 * @param {readonly Pick<ExplorerData, "grid" | "layers">[]} sides
 * @param {{ kinds: readonly string[], oneSpace: boolean, matches?: boolean, shows?: Settings["show"][] }} model
 * @returns {Settings}
 */
export function fitted(settings, sides, { kinds, oneSpace, matches = true, shows = USUAL }) {
  const layers = /** @type {[number, number]} */ (
    sides.map((side, at) => Math.max(0, Math.min(settings.layers[at], side.layers.length - 1)))
  );
  const inside = (/** @type {Pin | Box | null} */ place) => {
    if (!place || place.side > 1) return false;
    const { rows, cols } = sides[place.side].grid;
    return place.row < rows && place.col < cols;
  };
  return {
    ...settings,
    layers,
    show: shows.includes(settings.show) ? settings.show : shows[0],
    kind: kinds.includes(settings.kind) ? settings.kind : kinds[0],
    asks: oneSpace && matches ? settings.asks : "place",
    pin: inside(settings.pin) ? settings.pin : null,
    box: inside(settings.box) ? settings.box : null,
    lines: oneSpace ? settings.lines : 0,
    within: settings.within === "box" && !settings.box ? "all" : settings.within,
  };
}

/**
 * Both layers after one was chosen: locked, the other moves as far.
 *
 * @param {readonly number[]} layers
 * @param {number} side
 * @param {number} layer
 * @param {boolean} locked
 * @param {readonly number[]} counts of layers
 * @returns {[number, number]}
 */
export function layersAfter(layers, side, layer, locked, counts) {
  const after = /** @type {[number, number]} */ ([...layers]);
  after[side] = layer;
  const other = 1 - side;
  if (locked) after[other] = Math.max(0, Math.min(counts[other] - 1, layers[other] + layer - layers[side]));
  return after;
}
