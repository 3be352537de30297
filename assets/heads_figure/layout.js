// Layout of the multi-head figure in CSS px: x at the bottom, y on top, everything inside the room.
import { matrix } from "../lesson_figure/matrix.js";
import { partsOf, sizesOf } from "./sizes.js";

/** @import { Room } from "../lesson_figure/plan.js" */
/** @import { Shape, Sizes } from "./sizes.js" */
/** @typedef {ReturnType<typeof partsOf>} Parts */
/** @typedef {ReturnType<typeof layOut>} Layout */

/**
 * Return the places of all matrices and their cells.
 *
 * @param {Shape} shape
 * @param {Room} room
 */
export function layOut(shape, room) {
  const sizes = sizesOf(shape, room);
  const parts = partsOf(shape, sizes);
  const spare = Math.max(0, room.height - parts.total);
  const [outgoing, incoming] = [parts.outgoing, parts.incoming].map((bus) => grown(bus, spare / 4));
  const used = parts.total - parts.outgoing.height - parts.incoming.height + outgoing.height + incoming.height;
  const top = sizes.margin + Math.max(0, room.height - used) / 2;
  const panelTop = top + parts.top + outgoing.height;
  const panelBottom = panelTop + parts.panel;
  const inputTop = panelBottom + incoming.height;
  const bottom = panelBottom + incoming.height + parts.bottom;
  return {
    ...sizes,
    room,
    width: room.width,
    height: room.height,
    join: joinPlaces(shape, room, sizes, parts, top),
    heads: headPlaces(shape, room, sizes, parts, panelTop),
    ...inputPlaces(shape, room, sizes, parts, inputTop, bottom),
    panelTop,
    panelBottom,
    outgoing: { ...outgoing, bottom: panelTop },
    incoming: { ...incoming, bottom: panelBottom + incoming.height },
  };
}

/** @param {Parts["outgoing"]} bus @param {number} by */
function grown({ apart, height }, by) {
  const factor = Math.min(1.6, 1 + by / height);
  return { apart: apart * factor, height: height * factor };
}

/**
 * The concatenation, W_0, b_0 and y.
 *
 * @param {Shape} shape
 * @param {Room} room
 * @param {Sizes} sizes
 * @param {Parts} parts
 * @param {number} top
 */
function joinPlaces({ tokens, dim, heads, joined, biased }, room, sizes, parts, top) {
  const { arrangement, cell, row, seam, names, bracket, sign, scale, headDim } = sizes;
  const stacked = arrangement === "stacked";
  const concatWidth = dim * cell + (heads - 1) * seam;
  const square = dim * cell;
  const whole = concatWidth + names + (stacked ? bracket + square : sign + square + (joined ? bracket + sign + square : 0));
  const left = (room.width - whole) / 2;
  const rowsTop = top + parts.top - parts.rows;
  const squareLeft = left + concatWidth + bracket + (stacked ? 0 : sign);
  const squareTop = top + parts.top - parts.square - parts.bias - (stacked ? parts.rows + 6 * scale : 0);
  const outputLeft = stacked ? squareLeft : joined ? squareLeft + square + sign + names : left + concatWidth + sign + names;
  /** @type {[number, number]} */
  const one = [cell, row];
  /** @type {[number, number]} */
  const size = [tokens, dim];
  const biasTop = squareTop + parts.square + 3 * scale;
  return {
    top,
    concat: matrix({ x: left, y: rowsTop }, size, one, { columns: headDim, gap: seam }),
    square: joined ? matrix({ x: squareLeft, y: squareTop }, [dim, dim], one, { rows: headDim, gap: seam }) : null,
    bias: joined && biased ? matrix({ x: squareLeft, y: biasTop }, [1, dim], one) : null,
    output: matrix({ x: outputLeft, y: rowsTop }, size, one),
    namesX: stacked ? outputLeft + square + names * 0.5 : outputLeft - names * 0.5,
  };
}

/**
 * Each head: its weights beside its output, and below them its queries and keys beside its values.
 *
 * @param {Shape} shape
 * @param {Room} room
 * @param {Sizes} sizes
 * @param {Parts} parts
 * @param {number} top
 */
function headPlaces({ tokens, heads }, room, sizes, parts, top) {
  const { laneWidth, gap, side, between, line, row, headDim, weightWidth, leftWidth, valueWidth, keyWidth } = sizes;
  const left = (room.width - heads * laneWidth - (heads - 1) * gap) / 2;
  const outTop = top + parts.pad + line;
  const valueTop = outTop + parts.rows + parts.middle;
  return Array.from({ length: heads }, (_, h) => {
    const x = left + h * (laneWidth + gap);
    const weightsEnd = x + side + leftWidth;
    const keyLeft = weightsEnd - headDim * keyWidth;
    const values = weightsEnd + between;
    return {
      panel: { x, y: top, width: laneWidth, height: parts.panel },
      w: matrix({ x: weightsEnd - tokens * weightWidth, y: outTop }, [tokens, tokens], [weightWidth, row]),
      out: matrix({ x: values, y: outTop }, [tokens, headDim], [valueWidth, row]),
      q: matrix({ x: keyLeft - between - headDim * keyWidth, y: valueTop }, [tokens, headDim], [keyWidth, row]),
      k: matrix({ x: keyLeft, y: valueTop }, [tokens, headDim], [keyWidth, row]),
      v: matrix({ x: values, y: valueTop }, [tokens, headDim], [valueWidth, row]),
    };
  });
}

/**
 * x, and the chosen row of the followed head written large.
 *
 * @param {Shape} shape
 * @param {Room} room
 * @param {Sizes} sizes
 * @param {Parts} parts
 * @param {number} top of x
 * @param {number} bottom of the figure
 */
function inputPlaces({ tokens, dim, heads }, room, sizes, parts, top, bottom) {
  const { captionWidth, names, inputCell, pieceSeam, apart, lensCell, row, headDim, compact, scale, mark } = sizes;
  const inputWidth = dim * inputCell + (heads - 1) * pieceSeam;
  const left = (room.width - captionWidth - names - inputWidth - apart - tokens * lensCell) / 2 + captionWidth + names;
  const below = compact ? 7 * scale : mark;
  const free = bottom - top - below - parts.rows; // positive if the chosen row needs more height than x
  const input = matrix({ x: left, y: top + free / 2 }, [tokens, dim], [inputCell, row], { columns: headDim, gap: pieceSeam });
  const { lens } = parts;
  const lensTop = bottom - lens.height - Math.max(0, (bottom - top - lens.height) / 2);
  const cells = { x: left + inputWidth + apart, y: lensTop + lens.title + lens.names };
  return {
    input,
    lens: {
      ...matrix(cells, [1, tokens], [lensCell, lens.cell]),
      titleY: lensTop + lens.title / 2,
      namesY: lensTop + lens.title + lens.names / 2 - 1.5,
      toggle: lens.toggle,
      top: lensTop,
      bottom: lensTop + lens.height,
    },
  };
}
