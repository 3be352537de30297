import assert from "node:assert/strict";
import test from "node:test";
import { layOut as layOutHeads } from "../../assets/heads_figure/layout.js";
import { layOut as layOutToy } from "../../assets/toy_figure/layout.js";

/** @param {...number} values */
function rise(...values) {
  assert.deepEqual(
    values,
    [...values].sort((a, b) => a - b),
  );
}

/** @template T @param {Record<string, T[]>} options @returns {Record<string, T>[]} */
function every(options) {
  return Object.entries(options).reduce(
    (found, [name, values]) => found.flatMap((chosen) => values.map((value) => ({ ...chosen, [name]: value }))),
    /** @type {Record<string, T>[]} */ ([{}]),
  );
}

test("the figure of the lessons stands in order, whatever its size", () => {
  for (const { projected, cross } of every({ projected: [true, false], cross: [true, false] }))
    for (const { keys, dim, headDim, valueDim, queries } of every({
      keys: [1, 5, 12],
      queries: [1, 5, 12],
      dim: [1, 3, 16],
      headDim: [1, 3, 16],
      valueDim: [1, 4],
    })) {
      if (!projected && (headDim !== dim || valueDim !== dim)) continue;
      const at = layOutToy({ queries: cross ? queries : keys, keys, dim, headDim, valueDim, projected, cross });
      const { cellHeight, cellWidth } = at;
      rise(0, at.outputTop, at.outputTop + valueDim * cellHeight, at.productTop, at.productTop + valueDim * cellHeight);
      rise(at.productTop + valueDim * cellHeight, at.weightTop, at.weightTop + at.weightHeight, at.groupTop, at.inputTop);
      rise(at.inputTop + dim * cellHeight, at.inputBottom, at.height);
      rise(at.query.x + cellWidth, at.weightLeft(0));
      rise(at.outputTop, at.query.y, at.query.y + headDim * cellHeight, at.inputTop);
      if (keys > 1) rise(at.centre(0) + at.groupWidth / 2, at.centre(1) - at.groupWidth / 2);
      rise(at.centre(keys - 1) + at.groupWidth / 2, at.width);
      if (projected) rise(at.inputLeft(0) - at.groupWidth, at.roleLeft("k", 0) + cellWidth, at.roleLeft("v", 0));
    }
});

test("the multi-head figure stands in order, whatever its size", () => {
  for (const { split, joined, biased } of every({ split: [true, false], joined: [true, false], biased: [true, false] }))
    for (const { tokens, headDim, heads } of every({ tokens: [1, 5, 12], headDim: [1, 2, 4], heads: [1, 2, 4, 8] })) {
      const dim = heads * headDim;
      const at = layOutHeads({ tokens, dim, heads, split, joined, biased });
      const height = tokens * at.rowHeight;
      rise(0, at.concatTop, at.concatTop + height, at.bandTop, at.panelTop, at.outTop, at.outTop + height, at.valueTop);
      rise(at.valueTop + height, at.panelBottom, at.inputTop, at.inputTop + height, at.height);
      for (let h = 0; h < heads; h += 1) {
        rise(0, at.laneLeft(h), at.weightLeft(h), at.weightsEnd(h), at.valueLeft(h));
        rise(
          at.valueLeft(h) + headDim * at.cellWidth,
          at.laneLeft(h) + at.laneWidth,
          h + 1 < heads ? at.laneLeft(h + 1) : at.width,
        );
        rise(0, at.readLeft(h), at.readLeft(h) + at.readWidth, at.width);
      }
      const concatEnd = at.concatX(dim - 1) + at.cellWidth;
      assert.equal(concatEnd, at.concatLeft + at.concatWidth);
      if (joined) rise(concatEnd, at.squareLeft, at.squareLeft + dim * at.squareWidth, at.outputLeft);
      if (joined) rise(0, at.squareTop, at.squareY(dim - 1) + at.rowHeight, at.biasTop, at.bandTop);
      rise(concatEnd, at.outputLeft, at.outputLeft + dim * at.cellWidth, at.width);
    }
});
