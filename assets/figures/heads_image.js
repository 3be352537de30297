// The maps of all heads in one image, one pixel per patch. Only changed maps are painted again.
import { colourDomain, colourTable, paintBlock } from "./colour_maps.js";
import { contextOf } from "./elements.js";
import { cornerOf, sizeOf } from "./heads_layout.js";

/** @import { ColourMap } from "./colour_maps.js" */
/** @import { Layer } from "../view/exploration.js" */
/** @import { Shape } from "./heads_layout.js" */
/** @import { Settings } from "../view/settings.js" */
/** @import { LayerRows } from "../view/weights.js" */

/** @typedef {{ found: LayerRows | null, scale: string, map: string }} Painted */
/** Place of each head in the grid, by layer and then head; -1 if it has none. @typedef {readonly number[]} Slots */

export class HeadsImage {
  canvas = document.createElement("canvas");
  context = contextOf(this.canvas);
  /** @type {ImageData | undefined} */ image;
  pixels = new Uint32Array();
  /** Painted rows of each layer. @type {Painted[]} */ painted = [];
  /** Null if each head has its place in its layer's row. @type {Slots | null} */ slots = null;

  /** @param {Shape} shape */
  resize(shape) {
    const size = sizeOf(shape);
    Object.assign(this.canvas, size);
    this.image = this.context.createImageData(size.width, size.height);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.shape = shape;
    this.painted = [];
  }

  /**
   * Paint a layer's heads, each on its own scale, or clear them if their rows have not arrived. Return true if anything changed.
   *
   * @param {number} layer
   * @param {Layer} of
   * @param {LayerRows | null} found
   * @param {Pick<Settings, "scale" | "map">} settings
   */
  paint(layer, { prefix, numHeads }, found, { scale, map }) {
    const before = this.painted[layer];
    if (!this.shape || (before?.found === found && before.scale === scale && before.map === map)) return false;
    this.painted[layer] = { found, scale, map };
    const table = colourTable(map);
    for (let head = 0; head < numHeads; head++) {
      const block = this.blockOf(this.shape, layer, head);
      if (!found) this.clear(this.shape, block.at);
      else {
        const onPatches = found.heads[head].subarray(prefix.length);
        paintBlock(onPatches, colourDomain(onPatches, scale), scale, table, this.pixels, block);
      }
    }
    return true;
  }

  /**
   * Set new places for all heads. All maps must then be painted again.
   *
   * @param {Slots | null} slots
   */
  arrange(slots) {
    this.slots = slots;
    this.painted = [];
    this.pixels.fill(0);
  }

  /**
   * Fill every head's place with the colour of its number.
   *
   * @param {readonly ArrayLike<number>[]} values by layer and head
   * @param {{ low: number, high: number }} domain
   * @param {ColourMap} map
   */
  fill(values, { low, high }, map) {
    const { shape } = this;
    if (!shape) return;
    this.painted = [];
    const table = colourTable(map);
    values.forEach((heads, layer) =>
      Array.from(heads, (value, head) => {
        const { at } = this.blockOf(shape, layer, head);
        const share = Math.min(1, Math.max(0, (value - low) / (high - low)));
        this.clear(shape, at, Number.isFinite(value) ? table[Math.round(255 * share)] : 0);
      }),
    );
  }

  /** Copy the painted pixels to the canvas. */
  show() {
    if (this.image) this.context.putImageData(this.image, 0, 0);
  }

  /**
   * @param {Shape} shape
   * @param {number} layer
   * @param {number} head
   */
  blockOf(shape, layer, head) {
    const slot = this.slots?.[layer * shape.heads + head] ?? layer * shape.heads + head;
    const { x, y } = cornerOf(shape, Math.floor(slot / shape.heads), slot % shape.heads);
    return { at: y * this.canvas.width + x, cols: shape.cols, stride: this.canvas.width };
  }

  /**
   * @param {Shape} shape
   * @param {number} at the first pixel of a map
   * @param {number} colour
   */
  clear({ rows, cols }, at, colour = 0) {
    for (let row = 0; row < rows; row++, at += this.canvas.width) this.pixels.fill(colour, at, at + cols);
  }
}
