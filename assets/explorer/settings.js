// What the reader can set at the picture, and how it stands in the link (link_reading.js reads it). No state.
import { MEASURE_WORDS } from "../shared/measures.js";
import linkWords from "./link_words.json" with { type: "json" };

/** @import { ColourMap, Scale } from "../shared/colour_maps.js" */
/** @import { Block, ExplorerData, Grid, Layer, Place } from "./exploration.js" */

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
 * @property {[number, number, number, number] | null} box first row and column, rows and columns of patches
 * @property {"query" | "prefix" | "outside"} from who looks into the box: the query, the first prefix token, or all patches outside
 * @property {string} measure by which heads are ranked; "standing" for those that stand out in any
 * @property {"query" | "picture"} over whether heads are measured for the query, or over all queries
 * @property {boolean} rising whether the smallest number comes first
 * @property {boolean} ordered whether the grid of all heads stands in the order of the ranking
 * @property {boolean} coloured whether its cells have the colours of the numbers
 * @property {[number, number] | null} like layer and head that others are compared with
 * @property {Place | [number] | null} key row and column of the key whose weight is explained, or one of the tokens before the
 * patches; null for the one with the largest
 * @property {"alone" | "mean" | "rival"} against what that key is compared with: nothing, the mean key, or the strongest rival
 * @property {"norm" | "attention" | "mlp"} moves what the maps of the depth show
 */

/** Where heads are not ranked, nor weights explained. */
export const UNRANKED = /** @type {const} */ ({
  box: null,
  from: "outside",
  measure: "standing",
  over: "query",
  rising: false,
  ordered: false,
  coloured: false,
  like: null,
  key: null,
  against: "alone",
  moves: "norm",
});

/** The words of the link, by setting and value. @type {Record<string, Record<string, string>>} */
export const WORDS = { ...linkWords, measure: { ...linkWords.measure, ...MEASURE_WORDS } };

/** The settings that stand in the link by the words of link_words.json and shared/measures.json. */
const WORDED = /** @type {const} */ ([
  ...["depth", "combine", "fusion", "direction", "scale", "map"],
  ...["from", "measure", "over", "against", "moves"],
]);
const SWITCHES = /** @type {const} */ (["grid", "square", "rising", "ordered", "coloured"]);
const LISTS = /** @type {const} */ (["heads", "pin", "box", "like", "key"]);
const NUMBERS = /** @type {const} */ (["discard", "temperature", "opacity"]);

/** Parameters of the link that belong to the settings; "head" is one that older links have. */
export const PARAMETERS = [...WORDED, ...NUMBERS, ...SWITCHES, ...LISTS, "layer", "head", "query"];

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
    const table = WORDS[name];
    if (settings[name] !== defaults[name]) link[name] = table[settings[name]];
  }
  for (const name of [...NUMBERS, /** @type {const} */ ("layer")])
    if (settings[name] !== defaults[name]) link[name] = String(settings[name]);
  for (const name of SWITCHES) if (settings[name]) link[name] = "true";
  for (const name of LISTS) link[name] = settings[name]?.join(",") ?? null;
  if (settings.query === "prefix") link.query = prefix || "CLS";
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

/**
 * A block of patches of one grid on another.
 *
 * @param {Block} block
 * @param {Grid} from
 * @param {Grid} to
 * @returns {Block}
 */
export function onGrid({ row, col, rows, cols }, from, to) {
  const [top, left] = moved([row, col], from, to);
  const [bottom, right] = moved([row + rows - 1, col + cols - 1], from, to);
  return { row: top, col: left, rows: bottom - top + 1, cols: right - left + 1 };
}

/**
 * The box as far as it lies on the grid; null where it does not.
 *
 * @param {readonly number[] | null | undefined} box
 * @param {Grid} grid
 * @returns {Block | null}
 */
export function boxOn(box, grid) {
  const [row, col, rows, cols] = box ?? [];
  if (!(row < grid.rows && col < grid.cols && rows > 0 && cols > 0)) return null;
  return { row, col, rows: Math.min(rows, grid.rows - row), cols: Math.min(cols, grid.cols - col) };
}

/**
 * Whether the log Σ exp of all rows are needed, for a column or for a box seen from everywhere.
 *
 * @param {Settings} settings
 */
export function needsRowSums({ direction, box, from }) {
  return direction === "incoming" || (from === "outside" && Boolean(box));
}
