// Where everything of the multi-head figure stands, in pixels of its own drawing, x at the bottom and y on top. Pure arithmetic.

const MARGIN = 16;
const NAMES = 34; // room for x_1, y_1
const BETWEEN = 10; // weights | values
const SEAM = 5; // between the parts of the concatenation
const CORNER = 78; // the narrowest that holds a head's number beside the wires
const WIRES = 62; // height in which wires run
const TITLE = 22;

/**
 * @typedef {object} Shape
 * @property {number} tokens how many
 * @property {number} dim of x
 * @property {number} heads how many
 * @property {boolean} split whether each head reads its own piece of x
 * @property {boolean} joined by W_0
 * @property {boolean} biased by b_0
 */

/** @typedef {ReturnType<typeof layOut>} Layout */
/** @typedef {ReturnType<typeof sizesOf>} Sizes */

/**
 * Sizes, and the places of every matrix and of its cells.
 *
 * @param {Shape} shape
 */
export function layOut(shape) {
  const { tokens } = shape;
  const sizes = sizesOf(shape);
  const { rowHeight, square, joinWidth, lanesWidth, pad } = sizes;
  const width = 2 * MARGIN + Math.max(lanesWidth, joinWidth, shape.dim * sizes.cellWidth + 2 * NAMES);
  const top = MARGIN + TITLE;
  const topHeight = Math.max(tokens * rowHeight, shape.joined ? square + (shape.biased ? rowHeight + 8 : 0) : 0);
  const panelTop = top + topHeight + 26 + WIRES;
  const outTop = panelTop + pad + 16;
  const valueTop = outTop + tokens * rowHeight + 24;
  const panelBottom = valueTop + tokens * rowHeight + pad;
  const inputTop = panelBottom + WIRES + (shape.split ? 12 : 0);
  return {
    ...sizes,
    ...joinPlaces(shape, sizes, (width - joinWidth) / 2, top, topHeight),
    ...lanePlaces(shape, sizes, width),
    width,
    height: inputTop + tokens * rowHeight + MARGIN + TITLE,
    bandTop: top + topHeight + 10, // where the wires from the heads have passed W_0
    panelTop,
    panelHeight: panelBottom - panelTop,
    panelBottom,
    outTop,
    valueTop,
    inputTop,
  };
}

/**
 * Where each head stands, from left to right, and what it reads.
 *
 * @param {Shape} shape
 * @param {Sizes} sizes
 * @param {number} width of the drawing
 */
function lanePlaces({ tokens, dim, split }, sizes, width) {
  const { cellWidth, weightWidth, weightsWidth, headDim, laneWidth, lanesWidth, pad, gap } = sizes;
  const laneLeft = (/** @type {number} */ h) => (width - lanesWidth) / 2 + h * (laneWidth + gap);
  const weightsEnd = (/** @type {number} */ h) => laneLeft(h) + pad + weightsWidth;
  const valueLeft = (/** @type {number} */ h) => weightsEnd(h) + BETWEEN;
  const inputLeft = (width - dim * cellWidth) / 2;
  return {
    laneLeft,
    cornerLeft: (/** @type {number} */ h) => laneLeft(h) + pad,
    weightLeft: (/** @type {number} */ h) => weightsEnd(h) - tokens * weightWidth,
    weightsEnd,
    valueLeft,
    /** The left edge of the piece of x that head h is named after; pieces touch where x is read whole. */
    pieceLeft: (/** @type {number} */ h) => (split ? valueLeft(h) : inputLeft + h * headDim * cellWidth),
    /** What head h reads: its own piece, or all of x. */
    readLeft: (/** @type {number} */ h) => (split ? valueLeft(h) : inputLeft),
    readWidth: (split ? headDim : dim) * cellWidth,
  };
}

/** @param {Shape} shape */
function sizesOf({ tokens, dim, heads, joined }) {
  const cellWidth = dim > 8 ? 35 : 37;
  const rowHeight = tokens > 8 || dim > 12 ? 17 : tokens > 6 ? 19 : 21;
  const crowd = tokens * heads;
  const weightWidth = crowd <= 24 ? 26 : crowd <= 60 ? 17 : 10;
  const weightsWidth = Math.max(CORNER, tokens * weightWidth);
  const squareWidth = dim > 8 ? 31 : 34;
  const headDim = dim / heads;
  const [pad, gap] = heads > 4 ? [8, 10] : [10, 16]; // within a head's panel | between two of them
  const laneWidth = 2 * pad + weightsWidth + BETWEEN + headDim * cellWidth;
  const lanesWidth = heads * laneWidth + (heads - 1) * gap;
  const square = dim * rowHeight + (heads - 1) * SEAM;
  const concatWidth = dim * cellWidth + (heads - 1) * SEAM;
  const joinWidth = NAMES + concatWidth + (joined ? 62 + dim * squareWidth : 0) + 66 + dim * cellWidth;
  const widths = { cellWidth, weightWidth, weightsWidth, squareWidth, laneWidth, lanesWidth, concatWidth, joinWidth };
  return { ...widths, rowHeight, headDim, square, pad, gap };
}

/**
 * concat · W_0 + b_0 = y, side by side, their middles at one height.
 *
 * @param {Shape} shape
 * @param {Sizes} sizes
 * @param {number} left
 * @param {number} top
 * @param {number} height
 */
function joinPlaces({ tokens, dim, joined }, sizes, left, top, height) {
  const { cellWidth, rowHeight, squareWidth, headDim, square, concatWidth } = sizes;
  const concatLeft = left + NAMES;
  const squareLeft = concatLeft + concatWidth + 62;
  const outputLeft = (joined ? squareLeft + dim * squareWidth : concatLeft + concatWidth) + 66;
  const middle = joined ? top + Math.max(square, tokens * rowHeight) / 2 : top + height / 2;
  const rowsTop = middle - (tokens * rowHeight) / 2;
  const seams = (/** @type {number} */ m) => Math.floor(m / headDim) * SEAM;
  return {
    middle,
    concatLeft,
    concatX: (/** @type {number} */ m) => concatLeft + m * cellWidth + seams(m),
    concatTop: rowsTop,
    squareLeft,
    squareTop: middle - square / 2,
    squareY: (/** @type {number} */ m) => middle - square / 2 + m * rowHeight + seams(m),
    biasTop: middle + square / 2 + 8,
    outputLeft,
    outputTop: rowsTop,
  };
}
