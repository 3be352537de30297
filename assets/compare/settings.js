// The settings of a comparison, and their text in the link. settings.json describes them for Python
// (attention_core/export/view_settings.py) and the browser. No state.
import { settingsIn } from "../view/link_reading.js";
import { SETTINGS, SIDES } from "../view/settings.js";
import described from "./settings.json" with { type: "json" };

/** @import { ColourMap, Scale } from "../figures/colour_maps.js" */
/** @import { Block } from "../maths/patches.js" */
/** @import { ExplorerData } from "../view/exploration.js" */
/** @import { Setting } from "../view/settings.js" */
/** @import { How } from "./similarity.js" */

/** A patch of one of the two pictures: 0 the left, 1 the right. @typedef {{ side: number, row: number, col: number }} Pin */
/** @typedef {{ side: number } & Block} Box of patches of one of them */

/**
 * The types of the settings; settings.json says what each of them is.
 *
 * @typedef {object} Settings
 * @property {"similarity" | "attention" | "both" | "pca" | "segments" | "moved"} show
 * @property {[number, number]} layers
 * @property {boolean} locked
 * @property {string} kind
 * @property {How} clean
 * @property {"match" | "place"} asks
 * @property {Pin | null} pin
 * @property {Box | null} box
 * @property {number} lines
 * @property {boolean} mutual
 * @property {number} ratio
 * @property {string} within
 * @property {string} component
 * @property {"off" | "above" | "below"} foreground
 * @property {number} k
 * @property {boolean} difference
 * @property {number[] | null} heads
 * @property {string} combine
 * @property {number} opacity
 * @property {Scale} scale
 * @property {"one" | "own"} scales
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
export const COMPONENTS = 8;
/** How many lines appear with the first box, or the first segment that is taken. */
export const FIRST_LINES = 40;

/** A setting whose words stand in the link as they are. @param {any} described @returns {Setting} */
function plain({ words, ...setting }) {
  if (!words) return setting;
  const values = /** @type {string[]} */ (Array.isArray(words) ? words : Object.keys(words));
  return { ...setting, words: Object.fromEntries(values.map((value) => [value, value])) };
}

const SHARED = described.shared.map((name) => /** @type {const} */ ([name, SETTINGS[name]]));
/** The settings, by name. @type {Record<string, Setting>} */
const DESCRIBED = Object.fromEntries(
  [...Object.entries(described.settings), ...SHARED].map(([name, setting]) => [name, plain(setting)]),
);
/** Settings that belong to the present pictures and models, with their values for other ones. */
export const FOREIGN = /** @type {Pick<Settings, "pin" | "box" | "heads" | "within">} */ (
  Object.fromEntries(Object.entries(DESCRIBED).flatMap(([name, setting]) => (setting.of ? [[name, setting.default]] : [])))
);
export const MOST_LINES = described.settings.lines.range[1];

/** Parameters of the link that belong to a comparison. @type {string[]} */
export const PARAMETERS = Object.keys(DESCRIBED);

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
  const texts = /** @type {(keyof Settings)[]} */ (PARAMETERS).map((name) => {
    const text = textOf(name, settings[name]);
    const goesUnsaid = text === textOf(name, defaults[name]) && !("unsaid" in DESCRIBED[name]);
    return [name, goesUnsaid ? null : text];
  });
  return Object.fromEntries(texts);
}

/** @param {string} name @param {unknown} value */
function textOf(name, value) {
  if (value === null || value === undefined) return null;
  const { parts } = DESCRIBED[name];
  if (!parts) return String(value);
  const place = /** @type {Record<string, number>} */ (value);
  return [SIDES[place.side], ...parts.map((part) => place[part])].join();
}

/** The settings that a link says, and the parameters that cannot be read. @param {Record<string, string>} link */
export function settingsOfLink(link) {
  return /** @type {{ settings: Partial<Settings>, unread: string[] }} */ (settingsIn(link, DESCRIBED));
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
