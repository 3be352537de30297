import assert from "node:assert/strict";
import test from "node:test";
import { awayFrom } from "../../assets/maps/picture.js";

test("the letters of query and key are on the sides that face away from each other", () => {
  const at = (/** @type {number} */ row, /** @type {number} */ col) => ({ row, col, rows: 1, cols: 1 });
  assert.deepEqual(awayFrom(at(2, 3), at(3, 3)), [-1, -1], "the key is below");
  assert.deepEqual(awayFrom(at(4, 3), at(3, 3)), [1, -1], "the key is above");
  assert.deepEqual(awayFrom(at(3, 4), at(3, 3)), [-1, 1], "the key is at the left");
  assert.deepEqual(awayFrom(at(4, 4), at(3, 3)), [1, 1]);
  assert.deepEqual(awayFrom(at(4, 4), null), [-1, -1]);
});
