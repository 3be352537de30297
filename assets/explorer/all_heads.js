// Every head of every layer at once, for the token that asks: a row a layer, a column a head, a pixel a patch.
import { colourTable, colourDomain, paintBlock } from "../shared/colour_maps.js";
import { contextOf, element } from "../shared/elements.js";

/** @import { Exploration } from "./exploration.js" */

const GAP = 2; // pixels between two heads
/** @type {Record<string, [number, number]>} */
const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

export class AllHeads {
  canvas = document.createElement("canvas");
  context = contextOf(this.canvas);
  /** @type {ImageData | undefined} */ image;
  pixels = new Uint32Array();
  cells = element("div", "cells");
  /** @type {HTMLButtonElement[]} */ buttons = [];
  columns = 0;

  /**
   * @param {HTMLElement} root
   * @param {Exploration} exploration
   */
  constructor(root, exploration) {
    this.root = root;
    this.exploration = exploration;
    this.cells.setAttribute("role", "group");
    this.cells.ariaLabel = "All heads: a row a layer, a column a head";
    root.append(this.canvas, this.cells);
    this.cells.addEventListener("click", ({ target }) => target instanceof HTMLButtonElement && this.choose(target));
    this.cells.addEventListener("keydown", (event) => this.key(event));
  }

  /** Whether the page shows all heads of this model. @param {Exploration} exploration */
  static fits({ data, settings }) {
    return data.allLayers && data.layers.length > 1 && settings.depth === "layer";
  }

  seen() {
    return this.root.offsetParent !== null;
  }

  draw() {
    const { data, settings } = this.exploration;
    if (!AllHeads.fits(this.exploration)) return;
    const { rows, cols } = data.grid;
    this.resize(data.layers.length, Math.max(...data.layers.map(({ numHeads }) => numHeads)));
    const table = colourTable(settings.map);
    data.layers.forEach(({ prefix }, layer) => {
      const found = this.exploration.rowsOf(layer);
      const top = layer * (rows + GAP) * this.canvas.width;
      found?.heads.forEach((weights, head) => {
        const onPatches = weights.subarray(prefix.length);
        const block = { at: top + head * (cols + GAP), cols, stride: this.canvas.width };
        paintBlock(onPatches, colourDomain(onPatches, settings.scale), settings.scale, table, this.pixels, block);
      });
    });
    if (this.image) this.context.putImageData(this.image, 0, 0);
    this.mark();
  }

  /**
   * @param {number} layers
   * @param {number} heads
   */
  resize(layers, heads) {
    const { rows, cols } = this.exploration.data.grid;
    const width = heads * (cols + GAP) - GAP;
    const height = layers * (rows + GAP) - GAP;
    if (this.image?.width === width && this.image.height === height && this.columns === heads) {
      this.pixels.fill(0);
      return;
    }
    Object.assign(this.canvas, { width, height });
    this.image = this.context.createImageData(width, height);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.columns = heads;
    this.root.style.setProperty("--aspect", String(width / height));
    this.cells.style.cssText = `grid-template: repeat(${layers}, 1fr) / repeat(${heads}, 1fr); gap: ${(100 * GAP) / height}% ${(100 * GAP) / width}%`;
    this.buttons = this.exploration.data.layers.flatMap(({ numHeads }, layer) =>
      Array.from({ length: heads }, (_, head) => newCell(layer, head, head < numHeads)),
    );
    this.cells.replaceChildren(...this.buttons);
  }

  /** Which of them are on the map. */
  mark() {
    const { settings, layer: shown } = this.exploration;
    const first = settings.heads?.[0] ?? 0;
    for (const button of this.buttons) {
      const [layer, head] = placeOf(button);
      const on = layer === shown && (settings.heads?.includes(head) ?? true);
      if (button.ariaPressed !== String(on)) button.ariaPressed = String(on);
      button.tabIndex = layer === shown && head === first ? 0 : -1;
    }
  }

  /** @param {HTMLButtonElement} button */
  choose(button) {
    const [layer, head] = placeOf(button);
    const { settings } = this.exploration;
    const alone = settings.layer === layer && settings.heads?.length === 1 && settings.heads[0] === head;
    this.exploration.scrubbed = null;
    this.exploration.set({ layer, heads: alone ? null : [head] });
  }

  /** The arrow keys walk; what they come to is on the map. @param {KeyboardEvent} event */
  key(event) {
    const { key, target } = event;
    if (!(key in STEPS) || !(target instanceof HTMLButtonElement)) return;
    event.preventDefault();
    const [layer, head] = placeOf(target);
    const [down, right] = STEPS[key];
    const next = this.cells.querySelector(`[data-layer="${layer + down}"][data-head="${head + right}"]`);
    if (!(next instanceof HTMLButtonElement) || next.hidden) return;
    const [toLayer, toHead] = placeOf(next);
    this.exploration.set({ layer: toLayer, heads: [toHead] });
    next.focus();
  }
}

/**
 * @param {number} layer
 * @param {number} head
 * @param {boolean} exists
 */
function newCell(layer, head, exists) {
  const button = Object.assign(document.createElement("button"), { type: "button", title: `layer ${layer}, head ${head}` });
  button.ariaLabel = `Layer ${layer}, head ${head}`;
  button.disabled = !exists;
  Object.assign(button.dataset, { layer: String(layer), head: String(head) });
  return button;
}

/** @param {HTMLElement} button @returns {[number, number]} layer and head */
const placeOf = ({ dataset }) => [Number(dataset.layer), Number(dataset.head)];
