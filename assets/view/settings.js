// The settings of the picture. settings.json describes them for Python (attention_core/export/view_settings.py) and the browser.
// linkOf writes them into the link, link_reading.js reads them. No state.
import { METHOD_WORDS } from "../data/map_methods.js";
import { MEASURE_WORDS } from "../data/measures.js";
import described from "./settings.json" with { type: "json" };

/** @import { ColourMap, Scale } from "../figures/colour_maps.js" */
/** @import { ExplorerData, Layer } from "./exploration.js" */
/** @import { Place } from "../maths/patches.js" */

/**
 * The types of the settings; settings.json says what each of them is.
 *
 * @typedef {object} Settings
 * @property {string} depth
 * @property {number} layer
 * @property {number[] | null} heads
 * @property {string} combine
 * @property {string} fusion
 * @property {number} discard
 * @property {"patch" | "prefix"} query
 * @property {"outgoing" | "incoming"} direction
 * @property {number} temperature
 * @property {number} opacity
 * @property {Scale} scale
 * @property {ColourMap} map
 * @property {boolean} grid
 * @property {boolean} square
 * @property {Place | null} pin
 * @property {[number, number, number, number] | null} box
 * @property {"query" | "prefix" | "outside"} from
 * @property {string} measure
 * @property {"query" | "picture"} over
 * @property {boolean} rising
 * @property {boolean} ordered
 * @property {boolean} coloured
 * @property {[number, number] | null} like
 * @property {Place | [number] | null} key
 * @property {"alone" | "mean" | "rival"} against
 * @property {"norm" | "attention" | "mlp"} moves
 */

/**
 * A setting as settings.json describes it; `Setting` in attention_core/export/view_settings.py says what each field means.
 *
 * @typedef {object} Setting
 * @property {string} type
 * @property {unknown} default
 * @property {unknown} [unsaid]
 * @property {string} says
 * @property {string} [label]
 * @property {Record<string, string>} [words]
 * @property {number[]} [range]
 * @property {number} [step]
 * @property {number[]} [lengths]
 * @property {number[]} [least]
 * @property {string[]} [parts]
 * @property {string} [of]
 */

/** @type {Record<keyof Settings, Setting>} */
const DESCRIBED = described.settings;

/** The settings, by name. @type {Record<string, Setting>} */
export const SETTINGS = {
  ...DESCRIBED,
  depth: { ...DESCRIBED.depth, words: { ...DESCRIBED.depth.words, ...METHOD_WORDS } },
  measure: { ...DESCRIBED.measure, words: { ...DESCRIBED.measure.words, ...MEASURE_WORDS } },
};

/** The sides of a comparison, as links have them. */
export const SIDES = ["left", "right"];

/** The settings that have a control in a place. @type {Record<"display" | "rollout", string[]>} */
export const PLACES = described.places;

/** The settings until somebody sets them. */
export const DEFAULTS = /** @type {Settings} */ (
  Object.fromEntries(Object.entries(SETTINGS).map(([name, setting]) => [name, setting.default]))
);

/** The words of the link, by setting and value. */
export const WORDS = /** @type {Record<string, Record<string, string>>} */ (
  Object.fromEntries(Object.entries(SETTINGS).flatMap(([name, { words }]) => (words ? [[name, words]] : [])))
);

/** Parameters of the link that belong to the settings; "head" is one that older links have. */
export const PARAMETERS = [...Object.keys(SETTINGS), "head"];

/** Names of the settings that say something of the picture's patches, or of the model. @param {...string} of */
export function settingsOf(...of) {
  return Object.keys(SETTINGS).filter((name) => of.includes(SETTINGS[name].of ?? ""));
}

/**
 * The parameters that say these settings, as text; null where a parameter is to be left out.
 *
 * @param {Settings} settings
 * @param {Settings} defaults
 * @param {string} prefix the name of the first prefix token
 * @returns {Record<string, string | null>}
 */
export function linkOf(settings, defaults, prefix) {
  /** @type {Record<string, string | null>} */
  const link = Object.fromEntries(PARAMETERS.map((name) => [name, null]));
  for (const name of /** @type {(keyof Settings)[]} */ (Object.keys(SETTINGS))) {
    const value = settings[name] ?? null;
    if (value !== null && (value !== defaults[name] || "unsaid" in SETTINGS[name]))
      link[name] = WORDS[name]?.[String(value)] ?? String(value);
  }
  if (settings.query === "prefix") link.query = prefix || WORDS.query.prefix;
  return link;
}

/**
 * The settings as far as there is something to show for them: a model without that layer shows its last, one without those
 * heads all of them.
 *
 * @param {Settings} settings
 * @param {readonly Layer[]} layers
 * @returns {Settings}
 */
export function fitted(settings, layers) {
  const layer = Math.max(0, Math.min(settings.layer, layers.length - 1));
  const { numHeads, prefix } = layers[layer];
  const heads = settings.heads?.filter((head) => head < numHeads) ?? [];
  const depth = layers.length > 1 ? settings.depth : "layer";
  return {
    ...settings,
    depth,
    layer,
    heads: heads.length && heads.length < numHeads ? heads : null,
    query: prefix.length ? settings.query : "patch",
    direction: depth === "layer" ? settings.direction : "outgoing",
  };
}

/**
 * The heads after a click on one: that one alone, or all again where it was alone. With `adds` it joins the others or leaves
 * them.
 *
 * @param {readonly number[] | null} heads null for all
 * @param {number} head
 * @param {boolean} adds
 * @returns {number[] | null}
 */
export function headsAfter(heads, head, adds) {
  const alone = heads?.length === 1 && heads[0] === head;
  if (!adds || !heads) return alone ? null : [head];
  const others = heads.filter((other) => other !== head);
  const chosen = others.length < heads.length ? others : [...heads, head].sort((a, b) => a - b);
  return chosen.length ? chosen : null;
}

/**
 * The name of a layer: its number in the model.
 *
 * @param {ExplorerData} data
 * @param {number} layer
 */
export function layerName({ layers }, layer) {
  return String(layers[layer].number ?? layer);
}

/**
 * Whether the log Σ exp of all rows are needed, for a column or for a box seen from everywhere.
 *
 * @param {Settings} settings
 */
export function needsRowSums({ direction, box, from }) {
  return direction === "incoming" || (from === "outside" && Boolean(box));
}
