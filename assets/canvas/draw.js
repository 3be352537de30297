// Drawing a map of weights over a picture. Nothing here knows where the weights come from.
import { colourTable } from "../shared/colour_maps.js";
import { colourDomain, paint } from "../shared/attention_math.js";

/** Weights (rows × cols, row-major) as a small canvas of one pixel a patch, coloured on their own domain. */
export class MapImage {
  constructor(canvas = document.createElement("canvas")) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
  }

  draw(weights, grid, scale, colourMap) {
    const { canvas, context } = this;
    if (canvas.width !== grid.cols || canvas.height !== grid.rows || !this.image) {
      canvas.width = grid.cols;
      canvas.height = grid.rows;
      this.image = context.createImageData(grid.cols, grid.rows);
      this.pixels = new Uint32Array(this.image.data.buffer);
    }
    if (this.colourMap !== colourMap) {
      this.colourMap = colourMap;
      this.table = colourTable(colourMap);
    }
    const domain = colourDomain(weights, scale);
    paint(weights, domain, scale, this.table, this.pixels);
    context.putImageData(this.image, 0, 0);
    return domain;
  }
}

/** Match the canvas to its size on screen, in device pixels; true if it changed. */
export function fitToScreen(canvas) {
  const ratio = globalThis.devicePixelRatio || 1;
  const width = Math.max(1, Math.round(canvas.clientWidth * ratio));
  const height = Math.max(1, Math.round(canvas.clientHeight * ratio));
  if (canvas.width === width && canvas.height === height) return false;
  canvas.width = width;
  canvas.height = height;
  return true;
}

export function drawMap(context, image, opacity) {
  const { width, height } = context.canvas;
  context.clearRect(0, 0, width, height);
  context.globalAlpha = opacity;
  context.imageSmoothingEnabled = false;
  context.drawImage(image, 0, 0, width, height);
  context.globalAlpha = 1;
}

export function drawGrid(context, { rows, cols }) {
  const { width, height } = context.canvas;
  context.beginPath();
  for (let r = 1; r < rows; r++) line(context, 0, crisp(r, rows, height), width, crisp(r, rows, height));
  for (let c = 1; c < cols; c++) line(context, crisp(c, cols, width), 0, crisp(c, cols, width), height);
  context.strokeStyle = "rgb(255 255 255 / 0.35)";
  context.lineWidth = 1;
  context.stroke();
}

/** A patch's outline: a light line inside a dark one, visible on any picture. */
export function outline(context, grid, index, colour, weight) {
  const [x, y, width, height] = box(context, grid, index);
  context.lineJoin = "round";
  for (const [style, thickness] of [["rgb(0 0 0 / 0.85)", weight + 3], [colour, weight]]) {
    context.strokeStyle = style;
    context.lineWidth = thickness * (globalThis.devicePixelRatio || 1);
    context.strokeRect(x, y, width, height);
  }
}

/** A small number in the middle of a patch, if the patch is large enough for it. */
export function label(context, grid, index, text) {
  const [x, y, width, height] = box(context, grid, index);
  const size = Math.min(height * 0.7, 13 * (globalThis.devicePixelRatio || 1));
  if (size < 8) return;
  context.font = `600 ${size}px sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineWidth = size / 4;
  context.strokeStyle = "rgb(0 0 0 / 0.85)";
  context.strokeText(text, x + width / 2, y + height / 2);
  context.fillStyle = "white";
  context.fillText(text, x + width / 2, y + height / 2);
}

export function drawGradient(canvas, colourMap) {
  const image = new ImageData(256, 1);
  new Uint32Array(image.data.buffer).set(colourTable(colourMap));
  canvas.getContext("2d").putImageData(image, 0, 0);
}

function box(context, { rows, cols }, index) {
  const { width, height } = context.canvas;
  const w = width / cols;
  const h = height / rows;
  return [(index % cols) * w, Math.floor(index / cols) * h, w, h];
}

function crisp(i, count, length) {
  return Math.round((i * length) / count) + 0.5;
}

function line(context, x0, y0, x1, y1) {
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
}
