import assert from "node:assert/strict";
import test from "node:test";
import { digitsWidth, fitting, sizeFor } from "../../assets/lesson_figure/lettering.js";
import { boxOf } from "../../assets/lesson_figure/matrix.js";
import { layOut } from "../../assets/heads_figure/layout.js";
import { every } from "./every.js";

/** @import { Box } from "../../assets/lesson_figure/matrix.js" */
/** @import { Layout } from "../../assets/heads_figure/layout.js" */

const ROOMS = {
  stage: { width: 720, height: 510, digits: 11 },
  presented: { width: 1840, height: 820, digits: 18 },
  phone: { width: 358, height: 330, digits: 11 },
  wide: { width: 1200, height: 700, digits: 11 },
  huge: { width: 3000, height: 2000, digits: 11 },
};
const LESSON = { tokens: 5, dim: 8, heads: 4, split: false, joined: true, biased: true, captions: 5 };

/**
 * Return all matrices as boxes, with the panels of the heads and the text around them.
 * @param {Layout} at
 * @returns {Record<string, Box>}
 */
function boxesOf({ join, heads, input, lens, compact, label }) {
  const { concat, square, bias, output } = join;
  const mark = label * 1.1 + 4; // brackets with their numbers
  return {
    concat: { ...concat, y: concat.y - mark, height: concat.height + mark },
    ...(square && { square: { ...square, x: square.x - mark, width: square.width + mark } }),
    ...(bias && { bias }),
    output,
    names: { x: join.namesX - label * 0.9, y: output.y, width: label * 1.8, height: output.height },
    ...Object.fromEntries(heads.map(({ panel }, h) => [`panel ${h}`, panel])),
    input: {
      ...input,
      x: input.x - label * 1.9,
      width: input.width + label * 1.9,
      height: input.height + (compact ? 6 : mark),
    },
    lens: { x: lens.x, y: lens.top, width: lens.width, height: lens.bottom - lens.top },
  };
}

/** @param {Box} outer @param {Box} inner */
const holds = (outer, inner) =>
  inner.x >= outer.x - 1e-6 &&
  inner.y >= outer.y - 1e-6 &&
  inner.x + inner.width <= outer.x + outer.width + 1e-6 &&
  inner.y + inner.height <= outer.y + outer.height + 1e-6;
/** @param {Box} a @param {Box} b */
const apart = (a, b) =>
  a.x + a.width <= b.x + 1e-6 || b.x + b.width <= a.x + 1e-6 || a.y + a.height <= b.y + 1e-6 || b.y + b.height <= a.y + 1e-6;

/** @param {Record<string, Box>} boxes @param {string} what */
function standApart(boxes, what) {
  const all = Object.entries(boxes);
  all.forEach(([name, box], at) => {
    assert.ok(box.width > 0 && box.height > 0, `${what}: ${name} has a size`);
    for (const [other, second] of all.slice(at + 1)) assert.ok(apart(box, second), `${what}: ${name} and ${other}`);
  });
}

test("everything is inside the room, and nothing overlaps", () => {
  for (const [name, room] of Object.entries(ROOMS))
    for (const { split, joined, biased } of every({ split: [true, false], joined: [true, false], biased: [true, false] }))
      for (const { tokens, headDim, heads, captions } of every({
        tokens: [1, 2, 5, 12],
        headDim: [1, 2, 4, 8],
        heads: [1, 2, 4, 8],
        captions: [0, 9],
      })) {
        const dim = heads * headDim;
        if (dim > 16) continue;
        const at = layOut({ tokens, dim, heads, split, joined, biased, captions }, room);
        const what = `${name}, ${tokens}×${dim}, ${heads} heads, ${JSON.stringify({ split, joined, biased, captions })}`;
        const boxes = boxesOf(at);
        standApart(boxes, what);
        for (const [part, box] of Object.entries(boxes))
          assert.ok(holds({ x: 0, y: 0, ...room }, box), `${what}: ${part} in the room`);
        at.heads.forEach(({ panel, ...matrices }, h) => {
          standApart(matrices, `${what}, head ${h}`);
          for (const [part, box] of Object.entries(matrices)) assert.ok(holds(panel, box), `${what}: ${part} in head ${h}`);
        });
      }
});

test("x is at the bottom, the heads above it, y on top", () => {
  for (const room of Object.values(ROOMS)) {
    const { join, panelTop, panelBottom, input, lens } = layOut(LESSON, room);
    const tops = [join.top, join.output.y + join.output.height, panelTop, panelBottom, Math.min(input.y, lens.top)];
    assert.deepEqual(
      tops,
      [...tops].sort((a, b) => a - b),
    );
  }
});

test("y is below W_0, column under column, in a narrow room, and beside it in a wide one", () => {
  const { join, arrangement } = layOut(LESSON, ROOMS.stage);
  assert.equal(arrangement, "stacked");
  assert.deepEqual([join.output.x, join.output.cell], [join.square?.x, join.square?.cell]);
  assert.equal(join.output.y, join.concat.y);
  assert.equal(layOut(LESSON, ROOMS.presented).arrangement, "beside");
});

test("digits are as large as the room needs wherever the lessons show them", () => {
  for (const { split, heads } of every({ split: [1, 0], heads: [1, 2, 4, 8] }))
    for (const glyph of [undefined, 0.5]) {
      const shape = { ...LESSON, split: Boolean(split), heads };
      for (const room of [ROOMS.stage, ROOMS.presented, ROOMS.wide]) {
        const at = layOut(shape, { ...room, glyph });
        assert.ok(at.font >= room.digits, JSON.stringify([shape, room]));
        const [{ v, out }] = at.heads;
        const sizes = [at.input, v, out, at.join.concat, at.join.square, at.join.output, at.lens].map((grid) =>
          sizeFor([[-1.24]], grid?.cell ?? 0, { font: at.font, smallest: room.digits, glyph }),
        );
        const few = heads === 1 && room === ROOMS.stage && !glyph; // 24 columns side by side
        if (!few) assert.ok(Math.min(...sizes) >= room.digits, JSON.stringify([shape, room, sizes]));
        assert.ok(at.label >= 11 && at.row >= at.font);
      }
    }
});

test("in Present, weights have digits too, and on a phone the selected row has them", () => {
  const presented = layOut(LESSON, ROOMS.presented);
  assert.ok(sizeFor([[0.42]], presented.heads[0].w.cell, { font: presented.font, smallest: 18 }) >= 18);
  const phone = layOut(LESSON, ROOMS.phone);
  assert.equal(phone.font, 0);
  assert.ok(sizeFor([[0.42]], phone.lens.cell, { font: 11, smallest: 11 }) >= 11);
  assert.ok(phone.label >= 11 && phone.lens.toggle >= 20 && phone.lens.cell >= 24);
});

test("cells do not grow beyond a readable size", () => {
  const { cell, row, valueWidth, inputCell } = layOut(LESSON, ROOMS.huge);
  assert.ok(Math.max(cell, valueWidth, inputCell) <= 64 && row <= 34);
});

test("seams are between the parts of the heads", () => {
  const { join, headDim, seam } = layOut(LESSON, ROOMS.stage);
  const { concat } = join;
  assert.ok(Math.abs(concat.xOf(headDim) - concat.xOf(headDim - 1) - concat.cell - seam) < 1e-9);
  assert.ok(Math.abs(concat.xOf(1) - concat.xOf(0) - concat.cell) < 1e-9);
  const { x, width } = boxOf(concat, { column: headDim, columns: headDim });
  assert.ok(Math.abs(x - concat.xOf(2)) < 1e-9 && Math.abs(width - 2 * concat.cell) < 1e-9);
});

test("a number is written in the fullest form that fits, or not at all", () => {
  const written = (/** @type {number} */ value, /** @type {number} */ width) => fitting(value, width, 10, 0.6);
  assert.deepEqual([written(0.42, 60), written(0.42, 20), written(0.42, 12)], ["0.42", ".42", ""]);
  assert.deepEqual([written(-0.5, 60), written(-0.5, 26), written(0.002, 20), written(0, 9)], ["-0.50", "-.50", "≈0", "0"]);
});

test("a matrix has digits of one size, and none if many do not fit", () => {
  const type = { font: 12, smallest: 11, glyph: 0.6 };
  const cell = digitsWidth("-1.24", 11.5, 0.6) + 2;
  assert.ok(Math.abs(sizeFor([[-1.24, 0.1]], cell, type) - 11.5) < 1e-9);
  assert.equal(sizeFor([[0.42, 0.1]], 60, type), 12);
  assert.equal(sizeFor([[-1.24, 0.1]], 20, type), 0);
  assert.equal(sizeFor([Array.from({ length: 10 }, (_, at) => (at ? 0.1 : -1.24))], 20, type), 11);
  assert.equal(sizeFor([[0.1]], 60, { ...type, font: 0 }), 0);
});
