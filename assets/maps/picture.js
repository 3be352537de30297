// The picture with the map over it: the row of the token that asks, as large as the window allows.
import {
  drawGradient,
  drawGrid,
  drawMap,
  fitToScreen,
  label,
  letter,
  outline,
  outlineBlock,
  MapImage,
} from "../figures/draw.js";
import { DRAGGED } from "../controls/dragged.js";
import { largest } from "../maths/attention_math.js";
import { colourTable } from "../figures/colour_maps.js";
import { contextOf, find, findAs } from "../figures/elements.js";
import { BoxInput } from "../controls/box_input.js";
import { boxedOf } from "../view/boxed.js";
import { CanvasInput } from "../controls/input.js";
import { writeWeight } from "../figures/number_lists.js";
import { onGrid } from "../maths/patches.js";
import { StoredPicture } from "../figures/stored_picture.js";
import { SCALE_NAMES, TOP_COUNT, aboveSays, waitingFor } from "../view/words.js";

/** @import { Block, Grid } from "../maths/patches.js" */
/** @import { Exploration, Shown } from "../view/exploration.js" */
/** @import { Pointed } from "../controls/input.js" */

/** The query in white, as its box in files; a key in the blue of keys, light enough for any picture; what was drawn by hand in yellow. */
const OUTLINE = { query: "#ffffff", pointer: "#56b4e9", box: "#f0e442" };

export class Picture {
  image = new MapImage();

  /**
   * @param {HTMLElement} root
   * @param {Exploration} exploration
   * @param {Pointed} pointed what pointer and keys act on
   */
  constructor(root, exploration, pointed = exploration) {
    this.root = root;
    this.exploration = exploration;
    this.stage = find(root, ".stage");
    this.canvas = findAs(root, ".map", HTMLCanvasElement);
    this.picture = new StoredPicture(findAs(root, ".picture", HTMLImageElement));
    this.gradient = findAs(root, ".gradient", HTMLCanvasElement);
    this.waiting = find(root, ".waiting");
    this.boxInput = new BoxInput(this.canvas, boxedOf(exploration));
    this.input = new CanvasInput(this.canvas, pointed);
    this.observer = new ResizeObserver(() => this.draw());
    this.observer.observe(this.canvas);
    this.dragged = (/** @type {Event} */ event) => {
      find(root, ".dropping").hidden = !(event instanceof CustomEvent && event.detail);
    };
    globalThis.addEventListener(DRAGGED, this.dragged);
  }

  close() {
    this.observer.disconnect();
    globalThis.removeEventListener(DRAGGED, this.dragged);
    this.picture.close();
  }

  draw() {
    const { data } = this.exploration;
    if (!data) return;
    this.stage.style.setProperty("--aspect", String(data.grid.cols / data.grid.rows));
    this.canvas.setAttribute("aria-label", data.name);
    this.picture.show(data.picture, data.alt);
    const shown = this.exploration.shown();
    const waits = waitingFor(this.exploration, shown);
    this.waiting.hidden = !waits;
    this.waiting.textContent = waits;
    find(this.root, ".legend").hidden = !shown;
    if (shown) this.paint(shown);
    else contextOf(this.canvas).clearRect(0, 0, this.canvas.width, this.canvas.height);
  }

  /** @param {Shown} shown */
  paint({ weights, prefix, grid, token }) {
    const { settings, hovered, pinned } = this.exploration;
    fitToScreen(this.canvas);
    const context = contextOf(this.canvas);
    const onPatches = weights.subarray(prefix.length);
    const domain = this.image.draw(onPatches, grid, settings.scale, settings.map);
    drawMap(context, this.image.canvas, settings.opacity);
    if (settings.grid) drawGrid(context, grid);
    largest(weights, TOP_COUNT).forEach((index, rank) => {
      if (index >= prefix.length) label(context, grid, index - prefix.length, String(rank + 1));
    });
    const query = token < prefix.length ? null : token - prefix.length;
    if (hovered !== null && hovered !== query) outline(context, grid, hovered, OUTLINE.pointer, 1.5);
    if (pinned !== null && query !== null && pinned !== query) outline(context, grid, pinned, OUTLINE.pointer, 2.5); // its row is on its way
    if (query !== null) outline(context, grid, query, OUTLINE.query, pinned === null ? 1.5 : 2.5);
    const { box } = this.exploration;
    this.canvas.dataset.box = placeOf(box);
    this.canvas.classList.toggle("boxes", this.exploration.boxing);
    if (box) outlineBlock(context, grid, onGrid(box, this.exploration.data.grid, grid), OUTLINE.box, 2);
    this.light(context, grid);
    drawGradient(this.gradient, colourTable(settings.map));
    writeWeight(find(this.root, ".low"), domain.low);
    writeWeight(find(this.root, ".high"), domain.high);
    find(this.root, ".scale-name").textContent = SCALE_NAMES[settings.scale];
    find(this.root, ".above").textContent = aboveSays(weights, prefix.length, domain.high);
  }

  /**
   * Outline what another figure points at.
   *
   * @param {CanvasRenderingContext2D} context
   * @param {Grid} grid
   */
  light(context, grid) {
    const { query, key } = this.exploration.lit ?? { query: null, key: null };
    Object.assign(this.canvas.dataset, { litQuery: placeOf(query), litKey: placeOf(key) });
    if (query) outlineBlock(context, grid, query, OUTLINE.query, 1.5);
    if (key) outlineBlock(context, grid, key, OUTLINE.pointer, 1.5);
    const [down, right] = awayFrom(query, key);
    if (query) letter(context, grid, query, "q", OUTLINE.query, [down, right]);
    if (key) letter(context, grid, key, "k", OUTLINE.pointer, [-down, -right]);
  }
}

/**
 * On which side of the query the key is not: -1 where that is above and at the left, as where they do not part.
 *
 * @param {Block | null} query
 * @param {Block | null} key
 * @returns {[down: number, right: number]}
 */
export function awayFrom(query, key) {
  return query && key ? [query.row > key.row ? 1 : -1, query.col > key.col ? 1 : -1] : [-1, -1];
}

/** For tests. @param {Block | null} block */
const placeOf = (block) => (block ? [block.row, block.col, block.rows, block.cols].join(",") : "");
