// The positions of cells, their ranking and colours, and the content of a table and an axis.
import assert from "node:assert/strict";
import { test } from "node:test";

import { colourOf, inkOn, scaleOf } from "../../assets/atlas/colours.js";
import { layOut, neighbour, ranked } from "../../assets/atlas/layout.js";
import { sorted } from "../../assets/atlas/table.js";
import { ticksBetween } from "../../assets/atlas/ticks.js";

const HEADS = [3, 2, 3];
const ROOM = { width: 335, height: 122 };

/** @param {{ layer: number, head: number }[]} places */
const names = (places) => places.map(({ layer, head }) => `${layer}.${head}`).join(" ");

test("cells fill the width with one row per layer, and layers may have different numbers of heads", () => {
  const { cells, width, height, whole } = layOut(HEADS, ROOM, null);
  assert.equal(names(cells), "0.0 0.1 0.2 1.0 1.1 2.0 2.1 2.2");
  assert.equal(width, 100);
  assert.deepEqual(
    cells.filter(({ head }) => head === 0).map(({ x, y }) => [x, y]),
    [0, 1, 2].map((layer) => [34, 22 + layer * height]),
  );
  assert.equal(whole.height, 22 + 3 * height + 1);
});

test("many layers keep a height that can be clicked, and few layers do not grow without limit", () => {
  assert.equal(
    layOut(
      Array.from({ length: 48 }, () => 16),
      ROOM,
      null,
    ).height,
    20,
  );
  assert.equal(layOut([4, 4], { width: 300, height: 900 }, null).height, 58);
});

test("heads are sorted by value, signed ones by size, and heads without a number come last", () => {
  const values = [
    [1, -5, null],
    [3, 1],
    [-2, 0, 4],
  ];
  assert.equal(names(ranked(values, false)), "2.2 1.0 0.0 1.1 2.1 2.0 0.1 0.2");
  assert.equal(names(ranked(values, true)), "0.1 2.2 1.0 2.0 0.0 1.1 2.1 0.2");
  const { cells } = layOut(HEADS, ROOM, ranked(values, false));
  assert.equal(names(cells.filter(({ y }) => y === cells[0].y)), "2.2 1.0 0.0");
});

test("arrow keys walk the rows and columns, and stop at the edge", () => {
  const { cells } = layOut(HEADS, ROOM, null);
  const at = (/** @type {string} */ name) => cells.findIndex(({ layer, head }) => `${layer}.${head}` === name);
  const to = (/** @type {string} */ name, /** @type {string} */ key) => {
    const next = neighbour(cells, at(name), key);
    return next === undefined ? undefined : names([cells[next]]);
  };
  assert.equal(to("0.1", "ArrowRight"), "0.2");
  assert.equal(to("0.2", "ArrowRight"), undefined);
  assert.equal(to("0.2", "ArrowDown"), "1.1"); // the nearest one of a shorter row
  assert.equal(to("1.1", "ArrowUp"), "0.1");
  assert.equal(to("0.0", "ArrowUp"), undefined);
  assert.equal(to("2.0", "ArrowDown"), undefined);
  assert.equal(to("2.0", "End"), "2.2");
  assert.equal(to("2.2", "Home"), "2.0");
  assert.equal(to("2.2", "Tab"), undefined);
});

test("a scale reaches from the smallest to the largest value, and equally far on both sides for signed values", () => {
  assert.deepEqual(scaleOf([[2, null], [5]], false), { low: 2, high: 5, signed: false });
  assert.deepEqual(scaleOf([[2, null], [-5]], true), { low: -5, high: 5, signed: true });
  assert.deepEqual(scaleOf([[null]], false), { low: 0, high: 1, signed: false });
  const scale = scaleOf([[-5, 2]], true);
  assert.deepEqual(colourOf(0, scale), [243, 241, 236]);
  assert.deepEqual(colourOf(-5, scale), [0, 114, 178]);
  assert.deepEqual(colourOf(99, scale), [213, 94, 0]);
});

test("text on a colour has a contrast of at least 4.5 : 1", () => {
  const luminance = (/** @type {number[]} */ colour) =>
    colour
      .map((part) => part / 255)
      .map((share) => (share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4))
      .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
  for (const signed of [false, true])
    for (let value = -1; value <= 1; value += 0.01) {
      const colour = colourOf(value, { low: -1, high: 1, signed });
      const ink = inkOn(colour) === "#ffffff" ? 1 : 0;
      const [light, dark] = [luminance(colour), ink].sort((a, b) => b - a);
      assert.ok((light + 0.05) / (dark + 0.05) >= 4.5, `${colour}`);
    }
});

test("a table is sorted by head or by a column, and rows without a number come last either way", () => {
  const column = {
    values: [
      [1, 7],
      [null, 4],
    ],
  };
  const given = /** @type {Parameters<typeof sorted>[1]} */ (/** @type {unknown} */ (column));
  assert.equal(names(sorted([2, 2], given, true)), "0.0 1.1 0.1 1.0");
  assert.equal(names(sorted([2, 2], given, false)), "0.1 1.1 0.0 1.0");
  assert.equal(names(sorted([2, 1], undefined, true)), "0.0 0.1 1.0");
});

test("ticks are round and within the ends", () => {
  assert.deepEqual(ticksBetween(1.6, 7.1, 6), [2, 3, 4, 5, 6, 7]);
  assert.deepEqual(ticksBetween(-0.012, 0.011, 4), [-0.01, 0, 0.01]);
  assert.deepEqual(ticksBetween(3, 3, 6), [3]);
});
