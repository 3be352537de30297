// One side of a comparison: an exploration, what its patches are, and what its canvas and its strip act on.
import { placeOf, moved } from "../maths/patches.js";
import { featuresWanted } from "../data/wanted.js";
import { colourTable, paint } from "../figures/colour_maps.js";
import { stored } from "../data/stored.js";
import { similarityDomain } from "./colours.js";
import { quantityOf } from "./drawn.js";
import { apart, cleaned, cosines, unitRows } from "./similarity.js";

/** @import { Exploration } from "../view/exploration.js" */
/** @import { Place } from "../maths/patches.js" */
/** @import { MapImage } from "../figures/draw.js" */
/** @import { Settings as ExplorerSettings } from "../view/settings.js" */
/** @import { Comparison } from "./comparison.js" */

/** Of the unit vectors that are kept: all layers of most models. */
const MOST_BYTES = 64 * 2 ** 20;

export class Side {
  /** Cleaned and of length 1, by what they are of. @type {Map<string, Float32Array>} */ units = new Map();
  /** @type {Map<string, Float32Array>} */ buffers = new Map();

  /**
   * @param {Comparison} comparison
   * @param {number} index 0 left, 1 right
   * @param {Exploration} exploration
   */
  constructor(comparison, index, exploration) {
    this.comparison = comparison;
    this.index = index;
    this.exploration = exploration;
  }

  get data() {
    return this.exploration.data;
  }

  get settings() {
    return this.exploration.settings;
  }

  get layer() {
    return this.exploration.layer;
  }

  get grid() {
    return this.data.layers[this.layer];
  }

  get other() {
    return this.comparison.sides[1 - this.index];
  }

  get title() {
    return this.comparison.data.sides[this.index].title;
  }

  /** The pinned patch, if it is on this side. @returns {number | null} */
  get pinned() {
    const { pin } = this.comparison.settings;
    return pin?.side === this.index ? this.patchAt([pin.row, pin.col]) : null;
  }

  /** The patch that is asked for here. */
  get asking() {
    return this.comparison.shown().asked[this.index];
  }

  /** The patch under the pointer. */
  get hovered() {
    const { hovered } = this.comparison;
    return hovered?.side === this.index ? hovered.patch : null;
  }

  /** @param {Place} place of the picture's grid */
  patchAt(place) {
    const [row, col] = moved(place, this.data.grid, this.grid);
    return row * this.grid.cols + col;
  }

  /** @param {number | null} patch */
  hover(patch) {
    this.comparison.hover(this.index, patch);
  }

  /** @param {number | null} patch */
  pin(patch) {
    if (patch === null) return this.comparison.set({ pin: null });
    const [row, col] = this.placeOf(patch);
    return this.comparison.set({ pin: { side: this.index, row, col } });
  }

  /** On the picture's grid. @param {number} patch */
  placeOf(patch) {
    return moved(placeOf(patch, this.grid), this.grid, this.data.grid);
  }

  /** @param {number} by */
  step(by) {
    const last = this.data.layers.length - 1;
    this.choose(Math.max(0, Math.min(last, this.settings.layer + by)));
  }

  /** @param {number} layer */
  choose(layer) {
    this.comparison.choose(this.index, layer);
  }

  /** @param {number | null} layer */
  scrub(layer) {
    this.comparison.scrub(this.index, layer);
  }

  /** @param {Partial<ExplorerSettings>} changes what the two sides have in common */
  set({ heads, combine }) {
    if (heads !== undefined) this.comparison.set({ heads });
    if (combine !== undefined) this.comparison.set({ combine });
  }

  /** What the asked patch looks at. */
  shown() {
    this.comparison.shown();
    return this.exploration.shown();
  }

  /** Whether what the map is made of is there. @param {number} layer */
  has(layer) {
    return this.attends ? this.exploration.has(layer) : this.features(layer) !== undefined;
  }

  /** Whether attention is on this side. */
  get attends() {
    return quantityOf(this.comparison.settings.show, this.index) === "attention";
  }

  /** @param {number} layer */
  featuresId(layer) {
    return featuresWanted(this.data, layer, this.comparison.settings.kind).id;
  }

  /** What the patches of a layer are; undefined while that is on its way. @param {number} layer */
  features(layer) {
    return stored("features", this.featuresId(layer));
  }

  /**
   * As vectors of length 1, cleaned as the reader wants it.
   *
   * @param {number} layer
   */
  unitsOf(layer) {
    const entry = this.features(layer);
    if (!entry) return null;
    const { clean } = this.comparison.settings;
    const id = `${entry.id}/${clean}`;
    let units = this.units.get(id);
    if (!units) {
      units = unitRows(cleaned(entry.values, entry, clean), entry.dim);
      this.units.set(id, units);
      this.forgetOldest();
    }
    return { units, dim: entry.dim };
  }

  forgetOldest() {
    let bytes = [...this.units.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
    for (const [id, { byteLength }] of this.units) {
      if (bytes <= MOST_BYTES || this.units.size < 3) return; // a map takes one or two
      this.units.delete(id);
      bytes -= byteLength;
    }
  }

  /**
   * The cosines of all patches here to a patch of a side; null while features are missing, or of another width.
   *
   * @param {Side} from
   * @param {number} patch
   * @param {string} use whose last result may be written over
   * @param {number} layer here
   * @param {number} layerThere
   */
  similarityTo(from, patch, use = "map", layer = this.layer, layerThere = from.layer) {
    const here = this.unitsOf(layer);
    const there = from === this && layer === layerThere ? here : from.unitsOf(layerThere);
    if (!here || !there || here.dim !== there.dim) return null;
    return cosines(there.units, patch, here.units, here.dim, this.buffer(use, here.units.length / here.dim));
  }

  /**
   * How far each patch lies from the same one on the other side; null while features are missing, or lie on another grid.
   *
   * @param {string} use whose last result may be written over
   * @param {number} layer here
   */
  moved(use = "moved", layer = this.layer) {
    const [here, there] = [this.unitsOf(layer), this.other.unitsOf(this.layerBeside(this.other, layer))];
    if (!here || !there || here.dim !== there.dim || here.units.length !== there.units.length) return null;
    return apart(here.units, there.units, here.dim, this.buffer(use, here.units.length / here.dim));
  }

  /** @param {string} use @param {number} count */
  buffer(use, count) {
    let out = this.buffers.get(use);
    if (out?.length !== count) this.buffers.set(use, (out = new Float32Array(count)));
    return out;
  }

  /**
   * @param {number} layer
   * @param {MapImage} image
   */
  drawThumb(layer, image) {
    const { comparison } = this;
    if (comparison.settings.show === "moved") {
      const values = this.moved("moved thumb", layer);
      if (values) image.draw(values, this.data.layers[layer], "robust", this.settings.map);
      return values !== null;
    }
    const { leader, asked } = comparison.shown();
    if (this.attends) return this.exploration.drawThumb(layer, image);
    const from = comparison.settings.asks === "match" ? comparison.sides[leader.side] : this;
    const other = from === this ? layer : this.layerBeside(from, layer);
    const values = this.similarityTo(from, asked[from.index], "thumb", layer, other);
    if (!values || values.length !== this.data.layers[layer].rows * this.data.layers[layer].cols) return false;
    const { map } = comparison.settings;
    const domain = similarityDomain([values], "robust");
    image.put(this.data.layers[layer], (pixels) => paint(values, domain, "robust", colourTable(map), pixels));
    return true;
  }

  /**
   * The layer that another side would show with one of this side's.
   *
   * @param {Side} from
   * @param {number} layer
   */
  layerBeside(from, layer) {
    return this.comparison.layersAfter(this.index, layer)[from.index];
  }

  /** The attention of the chosen heads, on the patches alone; null while it is on its way. */
  attention() {
    const shown = this.exploration.shown();
    return shown && shown.weights.subarray(shown.prefix.length);
  }
}
