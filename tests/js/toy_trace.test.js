import assert from "node:assert/strict";
import test from "node:test";
import { subscript } from "../../assets/lesson_figure/written.js";
import { STEPS, keyNames, pairOf, weightAt } from "../../assets/toy_figure/trace.js";

/** @import { ToyData } from "../../assets/toy_figure/data.js" */

test("a chip shows its key's number at every step", () => {
  const data = /** @type {ToyData} */ ({ scores: [[8]], scaled: [[4]], blocked: [[true]], weights: [[0.5]], normalise: true });
  const { dot, scale, mask, softmax, sum } = STEPS;
  const at = (/** @type {number} */ step, given = data) => weightAt({ data: given, step, row: 0 }, 0);
  assert.deepEqual(
    [dot, scale, mask, softmax, sum].map((step) => at(step)),
    [8, 4, -Infinity, 0.5, 0.5],
  );
  assert.equal(at(mask, { ...data, blocked: [[false]] }), 4);
  assert.equal(at(mask, { ...data, normalise: false }), 0); // without softmax a masked weight is 0 at once
});

test("keys are named after the vectors that they come from", () => {
  const names = { x: ["x_1"], z: ["z_1"], y: ["y_1"] };
  assert.deepEqual(keyNames({ cross: true, names }), names.z);
  assert.deepEqual(keyNames({ cross: false, names }), names.x);
  assert.equal(subscript("x_12"), "12");
});

test("a comma separates two numbers that could be misread", () => {
  assert.deepEqual([pairOf("3", "2"), pairOf("1", "12"), pairOf("11", "2")], ["32", "1,12", "11,2"]);
});
