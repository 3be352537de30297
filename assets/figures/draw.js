// Draws a map of weights over a picture. It does not depend on the source of the weights.
import { colourDomain, colourTable, paint } from "./colour_maps.js";
import { contextOf } from "./elements.js";

/** @import { ColourMap, Scale } from "./colour_maps.js" */
/** @import { Block, Grid } from "../maths/patches.js" */
/** @typedef {CanvasRenderingContext2D} Context */

const LETTER_SIZE = 13; // CSS px

/** A small canvas with one pixel per patch. */
export class MapImage {
  canvas = document.createElement("canvas");
  context = contextOf(this.canvas);
  /** @type {ImageData | undefined} */ image;
  pixels = new Uint32Array();

  /**
   * Colour weights (rows × cols, row-major) on their own domain, and return the domain.
   *
   * @param {Float32Array} weights
   * @param {Grid} grid
   * @param {Scale} scale
   * @param {ColourMap} colourMap
   */
  draw(weights, grid, scale, colourMap) {
    const domain = colourDomain(weights, scale);
    this.put(grid, (pixels) => paint(weights, domain, scale, colourTable(colourMap), pixels));
    return domain;
  }

  /**
   * @param {Grid} grid
   * @param {(pixels: Uint32Array) => void} fill writes the colour of every patch
   */
  put(grid, fill) {
    const { canvas, context } = this;
    let { image } = this;
    if (!image || canvas.width !== grid.cols || canvas.height !== grid.rows) {
      canvas.width = grid.cols;
      canvas.height = grid.rows;
      image = context.createImageData(grid.cols, grid.rows);
      this.image = image;
      this.pixels = new Uint32Array(image.data.buffer);
    }
    fill(this.pixels);
    context.putImageData(image, 0, 0);
  }
}

/**
 * Match the canvas to its size on screen, in device pixels.
 *
 * @param {HTMLCanvasElement} canvas
 */
export function fitToScreen(canvas) {
  const ratio = globalThis.devicePixelRatio || 1;
  const width = Math.max(1, Math.round(canvas.clientWidth * ratio));
  const height = Math.max(1, Math.round(canvas.clientHeight * ratio));
  if (canvas.width === width && canvas.height === height) return;
  canvas.width = width;
  canvas.height = height;
}

/**
 * @param {Context} context
 * @param {HTMLCanvasElement} image
 * @param {number} opacity
 */
export function drawMap(context, image, opacity) {
  const { width, height } = context.canvas;
  context.clearRect(0, 0, width, height);
  context.globalAlpha = opacity;
  context.imageSmoothingEnabled = false;
  context.drawImage(image, 0, 0, width, height);
  context.globalAlpha = 1;
}

/**
 * @param {Context} context
 * @param {Grid} grid
 */
export function drawGrid(context, { rows, cols }) {
  const { width, height } = context.canvas;
  context.beginPath();
  for (let r = 1; r < rows; r++) line(context, 0, crisp(r, rows, height), width, crisp(r, rows, height));
  for (let c = 1; c < cols; c++) line(context, crisp(c, cols, width), 0, crisp(c, cols, width), height);
  context.strokeStyle = "rgb(255 255 255 / 0.35)";
  context.lineWidth = 1;
  context.stroke();
}

/**
 * A patch's outline: a light line inside a dark one, visible on any picture.
 *
 * @param {Context} context
 * @param {Grid} grid
 * @param {number} index
 * @param {string} colour
 * @param {number} weight
 */
export function outline(context, grid, index, colour, weight) {
  outlineBlock(context, grid, blockAt(grid, index), colour, weight);
}

/**
 * The outline of a block of patches, like `outline`.
 *
 * @param {Context} context
 * @param {Grid} grid
 * @param {Block} block
 * @param {string} colour
 * @param {number} weight
 */
export function outlineBlock(context, grid, block, colour, weight) {
  const [x, y, width, height] = box(context, grid, block);
  const ratio = globalThis.devicePixelRatio || 1;
  context.lineJoin = "round";
  context.strokeStyle = "rgb(0 0 0 / 0.85)";
  context.lineWidth = (weight + 3) * ratio;
  context.strokeRect(x, y, width, height);
  context.strokeStyle = colour;
  context.lineWidth = weight * ratio;
  context.strokeRect(x, y, width, height);
}

/**
 * A small number in the middle of a patch, if the patch is large enough for it.
 *
 * @param {Context} context
 * @param {Grid} grid
 * @param {number} index
 * @param {string} text
 */
export function label(context, grid, index, text) {
  const [x, y, width, height] = box(context, grid, blockAt(grid, index));
  const size = Math.min(height * 0.7, LETTER_SIZE * (globalThis.devicePixelRatio || 1));
  if (size >= 8) write(context, text, x + width / 2, y + height / 2, size, "white");
}

/**
 * A letter outside a corner of a block of patches: `down` and `right` of its middle, or with -1 above and left.
 *
 * @param {Context} context
 * @param {Grid} grid
 * @param {Block} block
 * @param {string} text
 * @param {string} colour
 * @param {[down: number, right: number]} side
 */
export function letter(context, grid, block, text, colour, [down, right]) {
  const [left, top, width, height] = box(context, grid, block);
  const size = LETTER_SIZE * (globalThis.devicePixelRatio || 1);
  const x =
    right > 0 ? Math.min(left + width + size * 0.6, context.canvas.width - size / 2) : Math.max(left - size * 0.6, size / 2);
  const y =
    down > 0 ? Math.min(top + height + size * 0.6, context.canvas.height - size / 2) : Math.max(top - size * 0.6, size / 2);
  write(context, text, x, y, size, colour);
}

/**
 * Text with a dark edge, visible on any picture.
 *
 * @param {Context} context
 * @param {string} text
 * @param {number} x of its middle
 * @param {number} y of its middle
 * @param {number} size
 * @param {string} colour
 */
function write(context, text, x, y, size, colour) {
  context.font = `600 ${size}px sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineWidth = size / 4;
  context.strokeStyle = "rgb(0 0 0 / 0.85)";
  context.strokeText(text, x, y);
  context.fillStyle = colour;
  context.fillText(text, x, y);
}

/**
 * @param {HTMLCanvasElement} canvas of 256 × 1
 * @param {Uint32Array} table
 */
export function drawGradient(canvas, table) {
  const image = new ImageData(256, 1);
  new Uint32Array(image.data.buffer).set(table);
  contextOf(canvas).putImageData(image, 0, 0);
}

/**
 * @param {Context} context
 * @param {Grid} grid
 * @param {Block} block
 */
function box(context, grid, { row, col, rows, cols }) {
  const width = context.canvas.width / grid.cols;
  const height = context.canvas.height / grid.rows;
  return [col * width, row * height, cols * width, rows * height];
}

/**
 * @param {Grid} grid
 * @param {number} index
 * @returns {Block}
 */
function blockAt({ cols }, index) {
  return { row: Math.floor(index / cols), col: index % cols, rows: 1, cols: 1 };
}

/**
 * @param {number} i
 * @param {number} count
 * @param {number} length
 */
function crisp(i, count, length) {
  return Math.round((i * length) / count) + 0.5;
}

/**
 * @param {Context} context
 * @param {number} x0
 * @param {number} y0
 * @param {number} x1
 * @param {number} y1
 */
function line(context, x0, y0, x1, y1) {
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
}
