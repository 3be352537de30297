// The picture with a layer's numbers over it, a colour a patch; patches that stick out are outlined.
import { MapImage, drawGradient, drawMap, fitToScreen, outline } from "../figures/draw.js";
import { CanvasInput } from "../controls/input.js";
import { writeWeight } from "../figures/number_lists.js";
import { StoredPicture } from "../figures/stored_picture.js";
import { colourTable, paint } from "../figures/colour_maps.js";
import { contextOf, find, findAs } from "../figures/elements.js";
import { domainOf } from "./columns.js";

/** @import { Exploration } from "../view/exploration.js" */
/** @import { Grid } from "../maths/patches.js" */

const OUTLINE = { query: "#ffffff", pointer: "#56b4e9", outlier: "#ff5fa2" };

export class Field {
  image = new MapImage();

  /**
   * @param {HTMLElement} root
   * @param {Exploration} exploration
   */
  constructor(root, exploration) {
    this.root = root;
    this.exploration = exploration;
    this.canvas = findAs(root, ".map", HTMLCanvasElement);
    this.picture = new StoredPicture(findAs(root, ".picture", HTMLImageElement));
    this.input = new CanvasInput(this.canvas, exploration);
  }

  close() {
    this.picture.close();
  }

  /**
   * @param {Float32Array} values of the patches
   * @param {Grid} grid
   * @param {readonly number[]} outliers
   * @param {string} name of the map
   */
  draw(values, grid, outliers, name) {
    const { exploration, canvas, root } = this;
    const { data, settings, hovered, asking } = exploration;
    find(root, ".stage").style.setProperty("--aspect", String(data.grid.cols / data.grid.rows));
    canvas.setAttribute("aria-label", name);
    this.picture.show(data.picture, data.alt);
    fitToScreen(canvas);
    const context = contextOf(canvas);
    const domain = domainOf(values);
    const table = colourTable(settings.map);
    this.image.put(grid, (pixels) => paint(values, domain, "linear", table, pixels));
    drawMap(context, this.image.canvas, Math.max(settings.opacity, 0.6));
    for (const patch of outliers) outline(context, grid, patch, OUTLINE.outlier, 1.5);
    if (asking !== null) outline(context, grid, asking, OUTLINE.query, exploration.pinned === null ? 1.5 : 2.5);
    if (hovered !== null && hovered !== asking) outline(context, grid, hovered, OUTLINE.pointer, 1.5);
    drawGradient(findAs(root, ".gradient", HTMLCanvasElement), table);
    writeWeight(find(root, ".low"), domain.low);
    writeWeight(find(root, ".high"), domain.high);
  }
}

/** A row of weights over the picture, as it is without some patches, which are outlined. */
export class Without {
  image = new MapImage();

  /** @param {HTMLElement} root */
  constructor(root) {
    this.canvas = findAs(root, ".map", HTMLCanvasElement);
    this.picture = new StoredPicture(findAs(root, ".picture", HTMLImageElement));
  }

  close() {
    this.picture.close();
  }

  /**
   * @param {Float32Array} weights of the patches
   * @param {Grid} grid
   * @param {readonly number[]} left patches that are left out
   * @param {Exploration} exploration
   */
  draw(weights, grid, left, { data, settings, asking }) {
    this.picture.show(data.picture, data.alt);
    fitToScreen(this.canvas);
    const context = contextOf(this.canvas);
    this.image.draw(weights, grid, settings.scale, settings.map);
    drawMap(context, this.image.canvas, settings.opacity);
    for (const patch of left) outline(context, grid, patch, OUTLINE.outlier, 1.5);
    if (asking !== null) outline(context, grid, asking, OUTLINE.query, 1.5);
  }
}
