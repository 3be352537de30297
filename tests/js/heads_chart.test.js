import assert from "node:assert/strict";
import test from "node:test";
import { cornerOf, sizeOf } from "../../assets/figures/heads_layout.js";
import { layOut, nearest, neighbour, ticksTo } from "../../assets/heads_atlas/layout.js";

const SHAPE = { layers: 3, heads: 2, rows: 8, cols: 12, turned: false };
const VALUES = [
  [1, 3],
  [2, 2],
  [4, NaN],
];
const SIZE = { width: 600, height: 300 };

test("a dot is at its value, in its layer's row of the grid, below the dot of the previous head", () => {
  const { dots, even: drawn, rows, tall, left, right } = layOut(SHAPE, VALUES, 5, SIZE);
  const even = drawn ?? NaN;
  assert.deepEqual(
    dots.map(({ layer, head, value }) => [layer, head, value]),
    [
      [0, 0, 1],
      [0, 1, 3],
      [1, 0, 2],
      [1, 1, 2],
      [2, 0, 4],
    ],
    "what is no number has no dot",
  );
  for (const { x, value } of dots) assert.ok(Math.abs((x - left) / (even - left) - value / 5) < 1e-9);
  assert.ok(even < right);
  const unit = SIZE.height / sizeOf(SHAPE).height;
  for (const { layer, y } of dots) {
    const top = cornerOf(SHAPE, layer, 0).y * unit;
    assert.ok(top < y && y < top + SHAPE.rows * unit);
    assert.ok(Math.abs(rows[layer] - top - tall / 2) < 1e-9);
  }
  assert.ok(dots[2].y < dots[3].y, "heads of one value do not hide each other");
});

test("ticks are round, begin at 0 and stay on the axis", () => {
  assert.deepEqual(ticksTo(20), [0, 5, 10, 15, 20]);
  assert.deepEqual(ticksTo(10.4), [0, 2, 4, 6, 8, 10]);
  assert.deepEqual(ticksTo(0.33), [0, 0.1, 0.2, 0.3]);
});

test("the pointer selects the nearest dot if it is near", () => {
  const { dots } = layOut(SHAPE, VALUES, 5, SIZE);
  const { x, y } = dots[2];
  assert.equal(nearest(dots, { x: x + 3, y }, 20), dots[2]);
  assert.equal(nearest(dots, { x: x + 90, y: y - 40 }, 20), null);
});

test("arrow keys move by value within a layer, and between layers within a head", () => {
  const { dots } = layOut(SHAPE, VALUES, 5, SIZE);
  const place = (/** @type {number} */ layer, /** @type {number} */ head, /** @type {string} */ key) => {
    const found = neighbour(dots, { layer, head }, key);
    return found && [found.layer, found.head];
  };
  assert.deepEqual(place(0, 0, "ArrowRight"), [0, 1]);
  assert.deepEqual(place(0, 1, "ArrowLeft"), [0, 0]);
  assert.equal(place(0, 1, "ArrowRight"), undefined);
  assert.deepEqual(place(1, 1, "ArrowUp"), [0, 1]);
  assert.equal(place(1, 1, "ArrowDown"), undefined, "no dot there");
  assert.equal(place(0, 0, "Enter"), undefined);
});
