// What the reader looks at: one a page, shared by all figures on it, whichever component they belong to. What can be drawn is
// drawn in the frame.
import { recordId } from "../data/wanted.js";
import { onStored, stored } from "../data/stored.js";
import { Server } from "../data/source.js";
import { HeadMeasures } from "./head_measures.js";
import { Pointing } from "./pointing.js";
import { rowOf } from "./missed.js";
import { Weights, combined, exactRows } from "./weights.js";

/** @import { Place, Grid } from "../maths/patches.js" */
/** @import { Source } from "../data/source.js" */
/** @import { Wanted } from "../data/wanted.js" */
/** @import { Order } from "./chosen.js" */
/** @import { Orders } from "./orders.js" */
/** @import { MapImage } from "../figures/draw.js" */
/** @import { Settings } from "./settings.js" */
/** @import { LayerRows } from "./weights.js" */

/**
 * number: the layer's in the model, where not all of them are here. recording: what the layer is named after, if that is not the
 * recording at hand. A layer that two recordings share has one name.
 *
 * @typedef {{ name: string, recording?: string, says?: string, number?: number, numHeads: number, prefix: string[] } & Grid} Layer
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
 * @property {boolean} inBrowser whether rows are computed here, from q and k; else by the server
 * @property {string} [lease] under which the server answers requests; none in a page without a server
 * @property {boolean} [served] false where no server stands behind the page
 * @property {boolean} [measured] whether the server measures the heads over all queries
 * @property {boolean} [compact] whether picture and layers stand alone
 * @property {boolean} rollout whether there are maps through all layers
 * @property {"stream" | "norm" | ""} [contributes] whether it is known what heads write, as a share of the stream or as a norm
 * @property {boolean} allLayers whether the queries and keys of all layers come
 * @property {boolean} [standsIn] whether picture or model are not those that the link speaks of
 * @property {Settings} defaults what the page opens with, and links leave out
 * @property {Grid} [askedGrid] the grid that is asked for, where another is shown until it is there
 * @property {Orders<Order>} [orders] what the page's script sets
 */

/**
 * A figure that shows some of it.
 *
 * @typedef {object} Figure
 * @property {() => void} draw
 * @property {() => boolean} [seen] whether it is on the screen
 */

/** The vector on the map, and what it was made of. @typedef {LayerRows & { weights: Float32Array, prefix: string[], grid: Grid }} Shown */

export class Exploration extends Pointing {
  /** Leads to the page What if, where there is a way that keeps what the browser has. @type {((parameters: Record<string, string>) => void) | null} */
  toWhatIf = null;
  weights = new Weights();
  measures = new HeadMeasures(this);
  /** Whether a map of this recording has been drawn. */ drawn = false;
  /** @type {Map<string, Float32Array>} */ scratch = new Map();
  /** What `shown` found for the frame. @type {Shown | null | undefined} */ found;
  /** The last map through all layers, which stays until the next has come. @type {{ of: string, rows: LayerRows } | null} */
  rolled = null;
  /** Where data come from. @type {Source | null} */ source = null;
  /** What figures need besides the map, by figure. @type {Map<object, Wanted | null>} */ needs = new Map();
  /** Called when figures need something else. @type {Set<() => void>} */ needed = new Set();

  constructor() {
    super();
    onStored(() => {
      this.weights.forget();
      this.measures.forget(true);
      this.redraw();
    });
  }

  /** @param {ExplorerData} data what Python gives */
  adopt(data) {
    if (data.lease && data.lease !== this.data?.lease) this.source = new Server(data.lease);
    if (this.data?.recording !== data.recording) {
      this.release();
      this.drawn = this.measures.looked = false;
    }
    super.adopt(data);
    this.weights.forget();
    this.measures.forget(true);
    this.drawNow();
  }

  drawNow() {
    super.drawNow();
    this.drawn ||= this.isThere() && this.shown() !== null;
  }

  forgetFound() {
    this.found = undefined;
    this.measures.forget();
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
    if (this.settings.depth !== "layer") return this.findRolled();
    const found = this.rowsOf(this.layer);
    const { prefix, rows, cols } = this.data.layers[this.layer];
    return found && { ...found, weights: this.combinedOf(found.heads, "map"), prefix, grid: { rows, cols } };
  }

  /** The map through all layers; the last one while the next is on its way. @returns {Shown | null} */
  findRolled() {
    const { recording, grid, layers } = this.data;
    const of = `${this.settings.depth} ${recording}`;
    const rows = exactRows(rowOf(this)?.id ?? "");
    if (rows) this.rolled = { of, rows };
    const shown = this.rolled?.of === of ? this.rolled.rows : null;
    return shown && { ...shown, weights: shown.heads[0], prefix: layers[0].prefix, grid };
  }

  /** The map through all layers that is shown, once it is here. */
  get rolledEntry() {
    return this.settings.depth === "layer" ? undefined : stored("rows", rowOf(this)?.id);
  }

  /**
   * Have something fetched for a figure.
   *
   * @param {object} figure
   * @param {Wanted | null} wanted null where it needs nothing more
   */
  need(figure, wanted) {
    if (this.needs.get(figure)?.id === wanted?.id) return;
    if (wanted) this.needs.set(figure, wanted);
    else this.needs.delete(figure);
    for (const listener of this.needed) listener();
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
