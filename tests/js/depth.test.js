import assert from "node:assert/strict";
import test from "node:test";
import { normTicks } from "../../assets/depth/columns.js";
import { movesOf, outliersOf, ranges, spreadOf, stickingOut, valuesOf, withoutTokens } from "../../assets/depth/moves.js";

const FIELDS = ["before", "attention", "afterAttention", "mlp", "after", "cosAttention", "cosMlp"];
const LAYERS = [0, 1, 2].map(() => ({ prefix: ["CLS"], rows: 2, cols: 2 }));

/** Return three layers of CLS and four patches. Nothing is known about the second layer. @returns {any} */
function entry() {
  const arrays = Object.fromEntries(FIELDS.map((name, at) => [name, Float32Array.from({ length: 10 }, (_, i) => at + 1 + i)]));
  return { ...arrays, from: [0, -1, 5], count: [5, 0, 5], thresholds: [7, 0, 13.5] };
}

test("a layer has the numbers of its part, and none if its block is unknown", () => {
  const moves = movesOf(entry(), 2);
  assert.deepEqual(moves?.before, Float32Array.of(6, 7, 8, 9, 10));
  assert.equal(movesOf(entry(), 1), null);
});

test("an addition is given as a share of the stream before it", () => {
  const moves = movesOf(entry(), 0);
  assert.ok(moves);
  assert.deepEqual([...valuesOf(moves, "norm")], [5, 6, 7, 8, 9]);
  assert.deepEqual([...valuesOf(moves, "attention")].slice(0, 2), [2, 1.5]);
  assert.equal(valuesOf(moves, "mlp")[0], Math.fround(4 / 3));
});

test("patches beyond the threshold are outliers, the largest first, and CLS never is", () => {
  assert.deepEqual(outliersOf(entry(), 0, 1), [3, 2]);
  assert.deepEqual(outliersOf(entry(), 1, 1), []);
  assert.deepEqual(stickingOut(entry(), LAYERS, { rows: 2, cols: 2 }), [
    { patch: 3, layers: [0, 2] },
    { patch: 2, layers: [0] },
  ]);
  assert.deepEqual(stickingOut(entry(), LAYERS, { rows: 4, cols: 4 }), [], "on another grid it is another patch");
});

test("the median of many numbers, and tenths", () => {
  const { low, middle, high, most } = spreadOf(Float32Array.from({ length: 11 }, (_, i) => 10 - i));
  assert.deepEqual([low, middle, high, most], [1, 5, 9, 10]);
});

test("the axis of norms has round numbers that do not overlap", () => {
  const between = (/** @type {number} */ low, /** @type {number} */ high) =>
    normTicks({ low: Math.log(low), high: Math.log(high) });
  assert.deepEqual(between(18, 70), [20, 50]);
  assert.deepEqual(between(0.8, 900), [1, 100]);
  assert.deepEqual(between(0.018, 0.07), [0.02, 0.05]);
});

test("runs of layers are written as ranges", () => {
  assert.equal(ranges([4, 5, 6, 9]), "4–6, 9");
  assert.equal(ranges([3]), "3");
});

test("without some tokens the others share all the weight in rows, and keep their weight in columns", () => {
  const heads = [Float32Array.of(0.5, 0.25, 0.25), Float32Array.of(0, 1, 0)];
  assert.deepEqual(withoutTokens(heads, [0], true)[0], Float32Array.of(0, 0.5, 0.5));
  assert.deepEqual(withoutTokens(heads, [1], true)[1], Float32Array.of(0, 0, 0));
  assert.deepEqual(withoutTokens(heads, [0], false)[0], Float32Array.of(0, 0.25, 0.25));
});
