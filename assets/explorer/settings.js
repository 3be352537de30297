// What the reader can set at the picture, and how it stands in the link (ui/explorer/view_state.py reads it). No state.
import words from "./link_words.json" with { type: "json" };

/** @import { ColourMap, Scale } from "../shared/colour_maps.js" */
/** @import { ExplorerData, Layer, Place } from "./exploration.js" */

/**
 * @typedef {object} Settings
 * @property {"layer" | "rollout"} depth one layer, or all of them rolled out
 * @property {number} layer
 * @property {number[] | null} heads those on the map; null for all
 * @property {string} combine "mean" or "max" of them
 * @property {string} fusion of heads in a rollout: "mean", "max" or "min"
 * @property {number} discard in a rollout, the share of the smallest weights that is left out
 * @property {"patch" | "prefix"} query the pinned or hovered patch, or the first prefix token
 * @property {"outgoing" | "incoming"} direction
 * @property {number} temperature
 * @property {number} opacity
 * @property {Scale} scale
 * @property {ColourMap} map
 * @property {boolean} grid whether lines part the patches
 * @property {boolean} square whether only the middle square of the picture is looked at
 * @property {Place | null} pin row and column
 */

/** The settings that stand in the link by the words of link_words.json. */
const WORDED = /** @type {const} */ (["depth", "combine", "fusion", "direction", "scale", "map"]);
const NUMBERS = /** @type {const} */ (["discard", "temperature", "opacity"]);

/** Parameters of the link that belong to the settings; "head" is one that older links have. */
export const PARAMETERS = [...WORDED, ...NUMBERS, "layer", "heads", "head", "query", "grid", "square", "pin"];

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
  for (const name of WORDED) {
    /** @type {Record<string, string>} */
    const table = words[name];
    if (settings[name] !== defaults[name]) link[name] = table[settings[name]];
  }
  for (const name of [...NUMBERS, /** @type {const} */ ("layer")])
    if (settings[name] !== defaults[name]) link[name] = String(settings[name]);
  for (const name of /** @type {const} */ (["grid", "square"])) if (settings[name]) link[name] = "true";
  if (settings.heads) link.heads = settings.heads.join(",");
  if (settings.query === "prefix") link.query = prefix || "CLS";
  if (settings.pin) link.pin = settings.pin.join(",");
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
    direction: depth === "rollout" ? "outgoing" : settings.direction,
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
 * Where a patch lies on its grid.
 *
 * @param {number} patch
 * @param {{ cols: number }} grid
 * @returns {Place}
 */
export function placeOf(patch, { cols }) {
  return [Math.floor(patch / cols), patch % cols];
}

/**
 * The patch on a grid `to` that holds the middle of a patch of a grid `from`.
 *
 * @param {Place} place
 * @param {{ rows: number, cols: number }} from
 * @param {{ rows: number, cols: number }} to
 * @returns {Place}
 */
export function moved([row, col], from, to) {
  return [Math.floor(((row + 0.5) * to.rows) / from.rows), Math.floor(((col + 0.5) * to.cols) / from.cols)];
}

/**
 * What a layer is called: its number in the model.
 *
 * @param {ExplorerData} data
 * @param {number} layer
 */
export function layerName({ layers }, layer) {
  return String(layers[layer].number ?? layer);
}
