// What the reader looks at: one a page, shared by all figures on it, whichever component they belong to. What can be drawn is
// drawn in the frame; the link follows, and Python is told afterwards.
import { onStored, stored } from "../shared/stored.js";
import { Redrawn } from "./redrawn.js";
import { HeadMeasures } from "./head_measures.js";
import { boxOn, fitted, moved, placeOf } from "./settings.js";
import { Weights, combined, recordId, rolledOut } from "./weights.js";

/** @import { MapImage } from "./draw.js" */
/** @import { HeadPlace } from "./head_choice.js" */
/** @import { Settings } from "./settings.js" */
/** @import { Ask, LayerRows } from "./weights.js" */

/** @typedef {[number, number]} Place row and column of a patch */
/** @typedef {{ rows: number, cols: number }} Grid of patches */
/** Patches of the map that lie together. @typedef {{ row: number, col: number } & Grid} Block */
/** `number` is the layer's in the model, where not all of them are here. @typedef {{ name: string, says?: string, number?: number, numHeads: number, prefix: string[] } & Grid} Layer */

/**
 * Rows that Python computed, and of what.
 *
 * @typedef {object} Given
 * @property {string} id in the store
 * @property {number} token
 * @property {number} layer
 * @property {string} direction
 * @property {number} temperature
 * @property {{ fusion: string, discard: number } | null} method of a rollout; null for a layer
 */

/**
 * @typedef {object} ExplorerData
 * @property {string} recording what names the picture, the model and how it was cut
 * @property {string} picture id in the store
 * @property {string} alt of the picture
 * @property {string} name of the figure
 * @property {string} model
 * @property {Grid} grid on which pins are counted
 * @property {Layer[]} layers
 * @property {Place} opening the patch that asks before any other does
 * @property {boolean} inBrowser whether rows are computed here, from q and k; else in Python
 * @property {boolean} [served] false where no Python stands behind the page
 * @property {boolean} [compact] whether picture and layers stand alone
 * @property {boolean} rollout whether all layers can be rolled out
 * @property {"stream" | "norm" | ""} [contributes] whether it is known what heads write, as a share of the stream or as a norm
 * @property {boolean} allLayers whether the queries and keys of all layers come
 * @property {boolean} [standsIn] whether picture or model are not those that the link speaks of
 * @property {{ recording: string, layers: number } | null} [sameAs] a recording whose first layers are the very same
 * @property {Given | null} given
 * @property {string | null} [outlier] what the reader should know of a patch that nearly all look at
 * @property {Settings} settings
 * @property {Settings} defaults
 * @property {number} version of the settings: they are taken over where it is new
 * @property {Partial<Settings>} changes those of them that are not the reader's own, such as a pin that a new picture released
 */

/**
 * A figure that shows some of it.
 *
 * @typedef {object} Figure
 * @property {() => void} draw
 * @property {() => boolean} [seen] whether it is on the screen
 */

/** The vector on the map, and what it was made of. @typedef {LayerRows & { weights: Float32Array, prefix: string[], grid: Grid }} Shown */

export class Exploration extends Redrawn {
  /** @type {ExplorerData} */ data;
  /** As the reader set them. @type {Settings} */ wanted;
  /** As far as the model has them. @type {Settings} */ settings;
  /** The patch under the pointer, of the shown layer. @type {number | null} */ hovered = null;
  /** The layer under the pointer on the strip. @type {number | null} */ scrubbed = null;
  /** The patch that asks where an owner of several explorations says so, before pin and pointer. @type {number | null} */ asked =
    null;
  /** What another figure points at; null for what is no patch. @type {{ query: Block | null, key: Block | null } | null} */
  lit = null;
  /** Called with every change that is the reader's. @type {Set<(changes: Partial<Settings>) => void>} */ listeners = new Set();
  /** Settings of a link that wait while something stands in for what it speaks of. @type {Set<string>} */ waiting = new Set();
  /** The head under the pointer, in whichever figure. @type {HeadPlace | null} */ head = null;
  /** Whether the next drag over the picture draws a box, and what the one covers that is being drawn. */ boxing = false;
  /** @type {Block | null} */ drawing = null;
  weights = new Weights();
  measures = new HeadMeasures(this);
  version = -1;
  /** Whether a map of this recording has been drawn. */ drawn = false;
  /** @type {Map<string, Float32Array>} */ scratch = new Map();
  /** What `shown` found for the frame. @type {Shown | null | undefined} */ found;

  constructor() {
    super();
    onStored(() => {
      this.weights.forget();
      this.measures.forget(true);
      this.redraw();
    });
  }

  /**
   * What Python gives. Of settings it takes those over that are newer than the reader's.
   *
   * @param {ExplorerData} data
   */
  adopt(data) {
    const another = this.data?.recording !== data.recording;
    if (another) Object.assign(this, { hovered: null, scrubbed: null, lit: null, head: null, drawn: false });
    if (this.version < 0 || !this.wanted) this.wanted = data.settings;
    else if (data.version > this.version) this.wanted = { ...this.wanted, ...data.changes };
    this.version = Math.max(this.version, data.version);
    if (!data.standsIn) this.waiting.clear();
    else if (!this.data?.standsIn) this.waiting = new Set(["pin", "heads", "box", "like"]);
    this.data = data;
    this.settings = this.fitted();
    this.weights.forget();
    this.measures.forget(true);
    this.drawNow();
  }

  /**
   * The reader set something.
   *
   * @param {Partial<Settings>} changes
   */
  set(changes) {
    this.take(changes);
    this.redraw();
    for (const listener of this.listeners) listener(changes);
  }

  /**
   * Follow an owner who draws by itself: nobody is told.
   *
   * @param {Partial<Settings>} changes
   */
  take(changes) {
    this.wanted = { ...this.wanted, ...changes };
    for (const name of Object.keys(changes)) this.waiting.delete(name);
    this.settings = this.fitted();
    this.forgetFound();
  }

  /** The settings as far as there is something to show for them. */
  fitted() {
    const without = Object.fromEntries([...this.waiting].map((name) => [name, null]));
    return fitted({ ...this.wanted, ...without }, this.data.layers);
  }

  /** @param {number | null} patch */
  hover(patch) {
    if (patch === this.hovered) return;
    if (patch === null && this.pinned === null && this.settings.query === "patch") return; // the last row stays to be read
    this.hovered = patch;
    this.redraw();
  }

  /** Outline the patches of a query and a key. @param {Exploration["lit"]} lit */
  light(lit) {
    if (lit === this.lit) return;
    this.lit = lit;
    this.redraw();
  }

  /** Mark a head in every figure. @param {HeadPlace | null} place */
  pointAt(place) {
    if (place?.layer === this.head?.layer && place?.head === this.head?.head) return;
    this.head = place;
    this.redraw();
  }

  /** The box, or the one that is being drawn, on the picture's grid. @returns {Block | null} */
  get box() {
    return this.drawing ?? boxOn(this.settings.box, this.data.grid);
  }

  /**
   * Show another layer while the pointer is over it, without choosing it.
   *
   * @param {number | null} layer
   */
  scrub(layer) {
    if (layer === this.scrubbed || this.settings.depth === "rollout") return;
    this.scrubbed = layer;
    this.redraw();
  }

  drawNow() {
    super.drawNow();
    this.drawn ||= this.isThere() && this.shown() !== null;
  }

  forgetFound() {
    this.found = undefined;
    this.measures.forget();
  }

  isThere() {
    return this.data !== undefined;
  }

  /** The layer that is shown. */
  get layer() {
    return Math.min(this.scrubbed ?? this.settings.layer, this.data.layers.length - 1);
  }

  /** The grid of the map. @returns {Grid} */
  get grid() {
    return this.settings.depth === "rollout" ? this.data.grid : this.data.layers[this.layer];
  }

  /**
   * Choose the layer so many further on.
   *
   * @param {number} by
   */
  step(by) {
    const last = this.data.layers.length - 1;
    this.choose(Math.max(0, Math.min(last, this.settings.layer + by)));
  }

  /** @param {number} layer */
  choose(layer) {
    this.scrubbed = null;
    this.set({ layer, depth: "layer" });
  }

  /** The pinned patch, on the grid of the shown layer. @returns {number | null} */
  get pinned() {
    const { pin } = this.settings;
    const { rows, cols } = this.data.grid;
    return pin && pin[0] < rows && pin[1] < cols ? this.patchAt(pin) : null;
  }

  /**
   * The patch of the map's grid at a place of the picture's.
   *
   * @param {Place} place
   */
  patchAt(place) {
    const [row, col] = moved(place, this.data.grid, this.grid);
    return row * this.grid.cols + col;
  }

  /**
   * Pin a patch of the map, or release with null. A prefix token that asked asks no more.
   *
   * @param {number | null} patch
   */
  pin(patch) {
    const { grid } = this;
    const place = patch === null ? null : moved(placeOf(patch, grid), grid, this.data.grid);
    this.set(place ? { pin: place, query: "patch" } : { pin: null });
  }

  /** The place on the picture of the patch that asks; null where a prefix token does. @returns {Place | null} */
  get askingPlace() {
    const { asking, grid } = this;
    return asking === null ? null : moved(placeOf(asking, grid), grid, this.data.grid);
  }

  /** The pointer has left the explorer: the map of the last patch stays, and is what files are made of. */
  leave() {
    if (this.data && this.hovered !== null && this.pinned === null) for (const listener of this.listeners) listener({});
  }

  /** The patch that asks; null where a prefix token does. @returns {number | null} */
  get asking() {
    if (this.asked !== null) return this.asked;
    if (this.settings.query === "prefix") return null;
    const computes = this.data.inBrowser && this.settings.depth === "layer";
    return this.pinned ?? (computes ? this.hovered : null) ?? this.patchAt(this.data.opening);
  }

  /**
   * What is asked of a layer.
   *
   * @param {number} layer
   * @returns {Ask}
   */
  ask(layer) {
    const { direction, temperature } = this.settings;
    const patch = this.asking;
    if (patch === null) return { token: 0, direction, temperature };
    const there = this.data.layers[layer];
    const [row, col] = moved(placeOf(patch, this.grid), this.grid, there);
    return { token: there.prefix.length + row * there.cols + col, direction, temperature };
  }

  /**
   * The asking token's weights in a layer, by head; null while they are on their way.
   *
   * @param {number} layer
   */
  rowsOf(layer) {
    return this.weights.of(this.data, layer, this.ask(layer));
  }

  /** What belongs on the map; null while it is on its way. @returns {Shown | null} */
  shown() {
    return this.found === undefined ? (this.found = this.find()) : this.found;
  }

  /** @returns {Shown | null} */
  find() {
    if (this.settings.depth === "rollout") {
      const rolled = rolledOut(this.data);
      return rolled && { ...rolled, weights: rolled.heads[0], prefix: this.data.layers[0].prefix, grid: this.data.grid };
    }
    const found = this.rowsOf(this.layer);
    const { prefix, rows, cols } = this.data.layers[this.layer];
    return found && { ...found, weights: this.combinedOf(found.heads, "map"), prefix, grid: { rows, cols } };
  }

  /**
   * A layer's map in small; false while it is on its way.
   *
   * @param {number} layer
   * @param {MapImage} image
   */
  drawThumb(layer, image) {
    const { data, settings } = this;
    const found = data.inBrowser || layer === this.layer ? this.rowsOf(layer) : null;
    if (!found) return false;
    const weights = this.combinedOf(found.heads, "thumb");
    image.draw(weights.subarray(data.layers[layer].prefix.length), data.layers[layer], settings.scale, settings.map);
    return true;
  }

  /**
   * @param {readonly Float32Array[]} rows of all heads
   * @param {string} use whose last result may be written over
   */
  combinedOf(rows, use) {
    const length = rows[0].length;
    let out = this.scratch.get(use);
    if (out?.length !== length) this.scratch.set(use, (out = new Float32Array(length)));
    return combined(rows, this.settings, out);
  }

  /**
   * The layer of those that `misses` names that is nearest to the shown one.
   *
   * @param {(layer: number) => boolean} misses
   * @returns {number | undefined}
   */
  nearest(misses) {
    const { data, layer: shown } = this;
    const missing = data.layers.map((_, layer) => layer).filter(misses);
    return missing.sort((a, b) => Math.abs(a - shown) - Math.abs(b - shown))[0];
  }

  /**
   * Whether the browser has what it needs of a layer.
   *
   * @param {number} layer
   */
  has(layer) {
    return stored("record", recordId(this.data, layer)) !== undefined;
  }
}

/** @type {() => Map<string, Exploration>} */
function all() {
  const page = /** @type {{ regardExplorations?: Map<string, Exploration> }} */ (globalThis);
  return (page.regardExplorations ??= new Map());
}

/**
 * The page's exploration of that name: the same one for every component that asks.
 *
 * @param {string} name
 */
export function explorationOf(name) {
  const known = all().get(name) ?? new Exploration();
  all().set(name, known);
  return known;
}
