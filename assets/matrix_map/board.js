// Draws the matrix: its cells, and above them the marks, which change with every frame.
import { MapImage, fitToScreen } from "../figures/draw.js";
import { contextOf, findAs } from "../figures/elements.js";
import { Axis } from "./axis.js";

/** @import { Settings } from "../view/settings.js" */
/** @import { Domain } from "../figures/colour_maps.js" */
/** @typedef {{ row: number, col: number }} Cell query and key, counted along the sides */

const DARK = "rgb(0 0 0 / 0.85)";
const QUERY = "#ffffff"; // as on the picture
const KEY = "#ffb000";

export class Board {
  image = new MapImage();
  axis = new Axis(0, 1, 1);

  /** @param {HTMLElement} root */
  constructor(root) {
    this.cells = findAs(root, ".weights", HTMLCanvasElement);
    this.marks = findAs(root, ".marks", HTMLCanvasElement);
  }

  /** Length of a CSS px on the axis. */
  get unit() {
    return this.cells.width / Math.max(1, this.cells.clientWidth);
  }

  /** Fit the canvases to the screen, and return their width in device px. */
  fit() {
    fitToScreen(this.cells);
    fitToScreen(this.marks);
    return this.cells.width;
  }

  /**
   * @param {Float32Array} weights (count, count), of the prefix tokens first
   * @param {number} prefix
   * @param {number} count
   * @param {Settings} settings
   * @returns {Domain} of the colours
   */
  drawCells(weights, prefix, count, { scale, map }) {
    const context = contextOf(this.cells);
    const { width, height } = this.cells;
    this.axis = new Axis(prefix, count, width, this.unit);
    const domain = this.image.draw(weights, { rows: count, cols: count }, scale, map);
    context.clearRect(0, 0, width, height);
    context.imageSmoothingEnabled = this.axis.other < 1; // otherwise cells would be skipped
    const parts = prefix ? [0, prefix, count] : [0, count];
    for (let i = 1; i < parts.length; i++)
      for (let j = 1; j < parts.length; j++) this.drawPart(context, [parts[i - 1], parts[i]], [parts[j - 1], parts[j]]);
    return domain;
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {[number, number]} rows from and to
   * @param {[number, number]} cols
   */
  drawPart(context, [top, bottom], [left, right]) {
    const { axis } = this;
    const [x, y] = [axis.start(left), axis.start(top)];
    const [width, height] = [(right - left) * axis.size(left), (bottom - top) * axis.size(top)];
    context.drawImage(this.image.canvas, left, top, right - left, bottom - top, x, y, width, height);
  }

  /**
   * @param {number | null} asking the cell whose row, or with `incoming` whose column, is on the picture
   * @param {boolean} incoming
   * @param {Cell | null} lit
   */
  drawMarks(asking, incoming, lit) {
    const context = contextOf(this.marks);
    const { width, height } = this.marks;
    context.clearRect(0, 0, width, height);
    if (lit) {
      this.frame(context, 0, lit.row, width, 1, QUERY, 0.75);
      this.frame(context, lit.col, 0, 1, height, KEY, 0.75);
    }
    if (asking !== null && incoming) this.frame(context, asking, 0, 1, height, QUERY, 1.5);
    else if (asking !== null) this.frame(context, 0, asking, width, 1, QUERY, 1.5);
    if (lit) this.frame(context, lit.col, lit.row, 1, 1, QUERY, 2);
  }

  /**
   * Draw a light line inside a dark line around a cell, a row or a column.
   *
   * @param {CanvasRenderingContext2D} context
   * @param {number} col
   * @param {number} row
   * @param {number} across 1 for one cell's width, else a length
   * @param {number} down
   * @param {string} colour
   * @param {number} weight CSS px
   */
  frame(context, col, row, across, down, colour, weight) {
    const { axis, unit } = this;
    const width = across === 1 ? axis.size(col) : across;
    const height = down === 1 ? axis.size(row) : down;
    const out = (weight * unit) / 2;
    const box = /** @type {const} */ ([axis.start(col) - out, axis.start(row) - out, width + 2 * out, height + 2 * out]);
    for (const [style, line] of /** @type {const} */ ([
      [DARK, weight + 2],
      [colour, weight],
    ])) {
      context.strokeStyle = style;
      context.lineWidth = line * unit;
      context.strokeRect(...box);
    }
  }

  /**
   * The cell under the pointer.
   *
   * @param {MouseEvent} event
   * @returns {Cell}
   */
  at({ clientX, clientY }) {
    const { left, top } = this.marks.getBoundingClientRect();
    return { row: this.axis.at((clientY - top) * this.unit), col: this.axis.at((clientX - left) * this.unit) };
  }
}
