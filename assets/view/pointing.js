// What pointer and pin say: which layer is shown, which patch asks, what is marked in every figure.
import { Chosen } from "./chosen.js";
import { boxOn, moved, placeOf } from "../maths/patches.js";

/** @import { Block, Grid, Place } from "../maths/patches.js" */
/** @import { HeadPlace } from "./head_choice.js" */
/** @import { Settings } from "./settings.js" */
/** @import { Ask } from "./weights.js" */

export class Pointing extends Chosen {
  /** The patch under the pointer, of the shown layer. @type {number | null} */ hovered = null;
  /** The layer under the pointer on the strip. @type {number | null} */ scrubbed = null;
  /** The patch that asks where an owner of several explorations says so, before pin and pointer. @type {number | null} */ asked =
    null;
  /** What another figure points at; null for what is no patch. @type {{ query: Block | null, key: Block | null } | null} */
  lit = null;
  /** The head under the pointer, in whichever figure. @type {HeadPlace | null} */ head = null;
  /** Whether the next drag over the picture draws a box, and what the one covers that is being drawn. */ boxing = false;
  /** @type {Block | null} */ drawing = null;
  /** How heads were ranked before they were by the box. @type {Pick<Settings, "measure" | "rising"> | null} */ rankedBefore =
    null;

  /** Nothing is pointed at any more. */
  release() {
    Object.assign(this, { hovered: null, scrubbed: null, lit: null, head: null });
  }

  /** @param {number | null} patch */
  hover(patch) {
    if (patch === this.hovered) return;
    if (patch === null && this.pinned === null && this.settings.query === "patch") return; // the last row stays to be read
    this.hovered = patch;
    this.redraw();
  }

  /** Outline the patches of a query and a key. @param {Pointing["lit"]} lit */
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
    if (layer === this.scrubbed || this.settings.depth !== "layer") return;
    this.scrubbed = layer;
    this.redraw();
  }

  /** The layer that is shown. */
  get layer() {
    return Math.min(this.scrubbed ?? this.settings.layer, this.data.layers.length - 1);
  }

  /** The grid of the map. @returns {Grid} */
  get grid() {
    return this.settings.depth === "layer" ? this.data.layers[this.layer] : this.data.grid;
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

  /** The place on the picture's grid of a patch of the map's. @param {number} patch @returns {Place} */
  placeAt(patch) {
    return moved(placeOf(patch, this.grid), this.grid, this.data.grid);
  }

  /**
   * Pin a patch of the map, or release with null. A prefix token that asked asks no more.
   *
   * @param {number | null} patch
   */
  pin(patch) {
    this.set(patch === null ? { pin: null } : { pin: this.placeAt(patch), query: "patch" });
  }

  /** The place on the picture of the patch that asks; null where a prefix token does. @returns {Place | null} */
  get askingPlace() {
    return this.asking === null ? null : this.placeAt(this.asking);
  }

  /** The patch that asks; null where a prefix token does. @returns {number | null} */
  get asking() {
    if (this.asked !== null) return this.asked;
    if (this.settings.query === "prefix") return null;
    const computes = this.data.inBrowser && this.settings.depth === "layer";
    return this.pinned ?? (computes ? this.hovered : null) ?? this.patchAt(this.data.opening);
  }

  /** Whether the asking patch follows a pointer, here or on the other picture of a comparison. */
  get follows() {
    const { pin, query } = this.settings;
    return this.asked !== null || (this.hovered !== null && pin === null && query === "patch");
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
}
