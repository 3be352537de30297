// Layout of the grid of all heads, with one pixel per patch. No state.

/**
 * layers × heads maps of rows × cols patches. One row per layer and one column per head, or the reverse if `turned`.
 *
 * @typedef {{ layers: number, heads: number, rows: number, cols: number, turned: boolean }} Shape
 */
/** @typedef {{ width: number, height: number }} Size */

/** @import { ExplorerData } from "../view/exploration.js" */

/** The heads of all layers, not turned. @param {Pick<ExplorerData, "layers" | "grid">} data */
export function uprightOf({ layers, grid: { rows, cols } }) {
  return { layers: layers.length, heads: Math.max(...layers.map(({ numHeads }) => numHeads)), rows, cols };
}

/** @param {Shape} shape pixels between two heads */
export function gapOf({ rows, cols }) {
  return Math.max(1, Math.round(Math.max(rows, cols) / 20));
}

/** @param {Shape} shape how many maps stand below and beside each other */
export function countsOf({ layers, heads, turned }) {
  return turned ? { down: heads, across: layers } : { down: layers, across: heads };
}

/** @param {Shape} shape @returns {Size} of the whole grid */
export function sizeOf(shape) {
  const { down, across } = countsOf(shape);
  const gap = gapOf(shape);
  return { width: across * (shape.cols + gap) - gap, height: down * (shape.rows + gap) - gap };
}

/**
 * Return the first pixel of a head's map.
 *
 * @param {Shape} shape
 * @param {number} layer
 * @param {number} head
 */
export function cornerOf(shape, layer, head) {
  const gap = gapOf(shape);
  const [row, col] = shape.turned ? [head, layer] : [layer, head];
  return { x: col * (shape.cols + gap), y: row * (shape.rows + gap) };
}

/**
 * True if maps are larger in the room with one column per layer than with one row per layer.
 *
 * @param {Omit<Shape, "turned">} shape
 * @param {Size} room
 */
export function largerTurned(shape, room) {
  const [upright, turned] = [false, true].map((each) => {
    const { width, height } = sizeOf({ ...shape, turned: each });
    return Math.min(room.width / width, room.height / height);
  });
  return turned > upright;
}

/**
 * Return n if every n-th of evenly spaced numbers has room: 1, 2, 5, 10 or 20.
 *
 * @param {number} apart
 * @param {number} needed in the same unit
 */
export function everyNth(apart, needed) {
  return [1, 2, 5, 10].find((step) => step * apart >= needed) ?? 20;
}

const FIGURE = { cell: 96, left: 44, top: 74, margin: 16, size: 13 };

/** @typedef {{ x: number, y: number, text: string, anchor: "start" | "middle" | "end", size: number, bold: boolean }} Label */

/**
 * Lay out the grid as a standalone figure, in pixels: its image, enlarged by a whole number, and the labels around it.
 *
 * @param {Shape} shape
 * @param {readonly string[]} layers their names
 * @param {readonly [string, string]} lines above it
 */
export function figureOf(shape, layers, lines) {
  const { cell, left, top, margin, size } = FIGURE;
  const scale = Math.max(1, Math.round(cell / Math.max(shape.rows, shape.cols)));
  const { width, height } = sizeOf(shape);
  const image = { x: left, y: top, width: width * scale, height: height * scale };
  const heads = Array.from({ length: shape.heads }, (_, head) => String(head));
  const half = { x: (shape.cols * scale) / 2, y: (shape.rows * scale) / 2 };
  /** @type {Label[]} */
  const labels = lines.map((text, line) => ({
    x: margin,
    y: margin + size + line * 20,
    text,
    anchor: "start",
    size: line ? size : size + 2,
    bold: !line,
  }));
  (shape.turned ? heads : layers).forEach((text, at) => {
    const { y } = shape.turned ? cornerOf(shape, 0, at) : cornerOf(shape, at, 0);
    labels.push({ x: left - 8, y: top + y * scale + half.y + size / 3, text, anchor: "end", size, bold: false });
  });
  (shape.turned ? layers : heads).forEach((text, at) => {
    const { x } = shape.turned ? cornerOf(shape, at, 0) : cornerOf(shape, 0, at);
    labels.push({ x: left + x * scale + half.x, y: top - 8, text, anchor: "middle", size, bold: false });
  });
  return { width: left + image.width + margin, height: top + image.height + margin, image, labels };
}
