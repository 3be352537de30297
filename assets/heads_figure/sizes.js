// Sizes that make the multi-head figure fit into its room, in CSS px. Pure arithmetic.
import { digitsWidth } from "../lesson_figure/lettering.js";

/** @import { Room } from "../lesson_figure/plan.js" */

/**
 * @typedef {object} Shape
 * @property {number} tokens how many
 * @property {number} dim of x
 * @property {number} heads how many
 * @property {boolean} split true if each head reads its own piece of x
 * @property {boolean} joined by W_0
 * @property {boolean} biased by b_0
 * @property {number} [captions] length of the longest caption
 */

/** @typedef {"beside" | "stacked"} Arrangement of W_0: between the concatenation and y, or above y so that its columns are y's */
/** @typedef {ReturnType<typeof sizesOf>} Sizes */
/** @typedef {ReturnType<typeof spaceOf>} Space */

const WIDEST = 64;
const HIGHEST = 34;
/** The height of the lowest row that holds digits, in sizes of digits. */
const LEADING = 1.12;

/** The size of the figure's own letters, and the room that they take. @param {Room} room */
function spaceOf({ width, height, digits }) {
  const scale = digits / 11;
  const compact = width < 480 * scale || height < 400 * scale;
  const label = compact ? 11 : Math.max(11.5, digits * 0.9);
  const line = label * (compact ? 1.18 : 1.22);
  const mark = label * 1.15 + 5 * scale; // a bracket with its number
  return {
    ...{ scale, compact, label, line, mark },
    margin: 3 * scale,
    inset: 3 * scale, // free space beside the digits of a cell
    names: label * 2,
    bracket: label + 10 * scale,
    sign: label * 1.6,
  };
}

/**
 * Return the sizes of the arrangement with the larger digits, "beside" if both are equal.
 *
 * @param {Shape} shape
 * @param {Room} room
 */
export function sizesOf(shape, room) {
  const space = spaceOf(room);
  /** @type {Arrangement[]} */
  const arrangements = shape.joined ? ["beside", "stacked"] : ["beside"];
  const [join] = arrangements
    .map((arrangement) => joinSizes(shape, room, space, arrangement))
    .sort((a, b) => b.legible - a.legible || (a.arrangement === "beside" ? -1 : 1));
  const lane = laneSizes(shape, room, space);
  const font = join.row < room.digits * LEADING ? 0 : Math.max(room.digits, Math.min(room.digits * 1.2, join.row * 0.8));
  return { ...space, ...join, ...lane, headDim: shape.dim / shape.heads, font, ...inputSizes(shape, room, space, join.cell) };
}

/**
 * @param {Shape} shape
 * @param {Room} room
 * @param {Space} space
 * @param {Arrangement} arrangement
 */
function joinSizes(shape, room, space, arrangement) {
  const { scale, margin, names, bracket, sign } = space;
  const seam = (shape.heads > 4 ? 1.5 : 2.5) * scale;
  const seams = (shape.heads - 1) * seam;
  const beside = shape.joined ? sign + bracket + sign : sign;
  const taken = 2 * margin + seams + names + (arrangement === "stacked" ? bracket : beside);
  const matrices = arrangement === "beside" && shape.joined ? 3 : 2;
  const cell = Math.min(WIDEST * scale, (room.width - taken) / (matrices * shape.dim));
  const row = rowHeight(
    (height) => partsOf(shape, { ...space, seam, arrangement, row: height }).total,
    room.height,
    HIGHEST * scale,
  );
  const wide = (cell - space.inset) / digitsWidth("-1.24", 1, room.glyph);
  return { arrangement, seam, cell, row, legible: Math.min(room.digits * 1.25, wide, row / LEADING) };
}

/**
 * Return the largest row height, such that the total height fits.
 *
 * @param {(row: number) => number} total
 * @param {number} height
 * @param {number} largest
 */
function rowHeight(total, height, largest) {
  let [low, high] = [0.5, largest];
  if (total(high) <= height) return high;
  for (let round = 0; round < 24; round += 1) {
    const middle = (low + high) / 2;
    if (total(middle) <= height) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * Return the heights of all parts, from the top down.
 *
 * @param {Shape} shape
 * @param {Space & { seam: number, arrangement: Arrangement, row: number }} sizes
 */
export function partsOf(
  { tokens, dim, heads, split, joined, biased },
  { scale, compact, line, seam, arrangement, row, ...space },
) {
  const square = joined ? dim * row + (heads - 1) * seam : 0;
  const bias = biased && joined ? row + 3 * scale : 0;
  const rows = tokens * row;
  const above = compact ? space.mark : line + space.mark; // the concatenation's name and its brackets
  const top =
    arrangement === "stacked"
      ? Math.max(square + bias + 6 * scale, above) + rows
      : Math.max(line + square + bias, above + rows);
  const pad = (compact ? 2.5 : 4) * scale;
  const middle = compact ? 3 * scale : line;
  const panel = 2 * pad + line + 2 * rows + middle;
  const outgoing = busOf(heads, scale, compact);
  const incoming = busOf(split ? heads + 2 : 4, scale, compact);
  const lens = lensOf(row, scale, line, compact);
  const bottom = Math.max(rows + (compact ? 7 * scale : space.mark), lens.height);
  const total = 2 * space.margin + top + outgoing.height + panel + incoming.height + bottom;
  return { square, bias, rows, top, pad, middle, panel, outgoing, incoming, lens, bottom, total };
}

/**
 * Return the height of horizontal wires, one above the other.
 *
 * @param {number} count
 * @param {number} scale
 * @param {boolean} compact
 */
function busOf(count, scale, compact) {
  const [largest, all, free] = compact ? [3.5, 14, 7] : [5, 28, 9];
  const apart = Math.min(largest, all / count) * scale;
  return { apart, height: (count - 1) * apart + free * scale };
}

/**
 * Return the heights of the enlarged row: title, names of the keys, numbers, toggles.
 *
 * @param {number} row
 * @param {number} scale
 * @param {number} line
 * @param {boolean} compact
 */
function lensOf(row, scale, line, compact) {
  const [title, cell, toggle] = [compact ? 0 : line, Math.max(row, line * 1.05), (compact ? 20 : 24) * scale];
  return { title, names: line, cell, toggle, height: title + line + cell + toggle };
}

/**
 * Return the widths of a head: weights beside values. If not all digits fit, only the values show them.
 *
 * @param {Shape} shape
 * @param {Room} room
 * @param {Space} space
 */
function laneSizes({ tokens, dim, heads }, { width, digits, glyph }, { scale, margin, compact, inset }) {
  const headDim = dim / heads;
  const gap = (compact ? 3 : heads > 4 ? 5 : 8) * scale;
  const side = (compact ? 3 : heads > 4 ? 4 : 6) * scale;
  const between = (compact ? 3 : 6) * scale;
  const inner = (width - 2 * margin - (heads - 1) * gap) / heads - 2 * side - between;
  const value = digitsWidth("-1.24", digits, glyph) + inset;
  const weight = digitsWidth(".42", digits, glyph) + inset;
  const left = Math.max(tokens * weight, 2 * headDim * value + between);
  const [values, smallest] = [headDim * value, 6 * scale * tokens];
  const all = inner / (left + values);
  const keeps = all < 1 && values + smallest <= inner;
  const share = all < 1 ? inner / (tokens * weight + values) : all;
  const valueWidth = keeps ? Math.max(value, Math.min(value * share, value * 1.25)) : Math.min(WIDEST * scale, value * share);
  const free = inner - headDim * valueWidth;
  const weightWidth = Math.min(0.75 * WIDEST * scale, all < 1 ? free / tokens : weight * share);
  const leftWidth = Math.max(tokens * weightWidth, all < 1 ? 0 : 2 * headDim * valueWidth + between);
  const keyWidth = Math.max(0, Math.min(valueWidth, (leftWidth - between) / (2 * headDim)));
  const laneWidth = 2 * side + between + leftWidth + headDim * valueWidth;
  return { gap, side, between, valueWidth, weightWidth, leftWidth, keyWidth, laneWidth };
}

/**
 * Return the widths of x, its captions and names on the left, and the chosen row on the right.
 *
 * @param {Shape} shape
 * @param {Room} room
 * @param {Space} space
 * @param {number} widest
 */
function inputSizes({ tokens, dim, heads, split, captions = 0 }, { width }, space, widest) {
  const { scale, margin, names, label, compact } = space;
  const captionWidth = compact || !captions ? 0 : Math.min(captions * 0.56 * label + 4 * scale, width * 0.16);
  const pieceSeam = split ? 3 * scale : 0;
  const apart = (compact ? 8 : 28) * scale;
  const free = width - 2 * margin - captionWidth - names - apart - (heads - 1) * pieceSeam;
  const lensCell = Math.min(56 * scale, (free * 0.55) / tokens);
  const smallest = Math.min(lensCell, (compact ? 24 : 34) * scale);
  const inputCell = Math.min(widest, (free - smallest * tokens) / dim);
  return { captionWidth, pieceSeam, apart, inputCell, lensCell: Math.min(56 * scale, (free - inputCell * dim) / tokens) };
}
