import assert from "node:assert/strict";
import test from "node:test";
import { attend } from "../../assets/lesson_maths/attention.js";
import { multiHead } from "../../assets/lesson_maths/multi_head.js";
import { project } from "../../assets/lesson_maths/projections.js";

test("sizes that do not fit together are refused, and the message says what came", () => {
  /** @param {string} message @param {() => unknown} call */
  const refused = (message, call) => assert.throws(call, { name: "RangeError", message });
  refused("q and k must have the same width, received 2 and 1", () => attend([[1, 2]], [[1]], [[1]]));
  refused("every key needs one value, received 2 keys and 1 values", () => attend([[1]], [[1], [2]], [[1]]));
  refused("the mask must be 1 × 1, received 1 × 2", () => attend([[1]], [[1]], [[1]], { allowed: [[true, true]] }));
  refused("temperature must be 0 or more, received -1", () => attend([[1]], [[1]], [[1]], { temperature: -1 }));
  refused("x has a width of 2, so the matrix needs as many rows, received 1", () => project([[1, 2]], [[1]]));
  const none = { Wq: [], Wk: [], Wv: [], bq: null, bk: null, bv: null, W0: null, b0: null, split: true };
  const two = { ...none, Wq: [[[1]], [[1]]] };
  refused("the number of heads must divide the width 3, received 2", () => multiHead(two, [[1, 2, 3]]));
});

test("the inputs are not changed", () => {
  const given = Object.freeze([Object.freeze([1, 2]), Object.freeze([3, 4])]);
  const x = /** @type {number[][]} */ (/** @type {unknown} */ (given));
  attend(x, x, x, {
    allowed: [
      [true, false],
      [false, false],
    ],
  });
  assert.deepEqual(x, [
    [1, 2],
    [3, 4],
  ]);
});
