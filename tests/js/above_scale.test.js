import assert from "node:assert/strict";
import test from "node:test";
import { aboveSays } from "../../assets/view/words.js";

test("patches above the scale are mentioned if they hold more than a tenth of the row", () => {
  const row = new Float32Array(101).fill(0.001);
  row[0] = 0.04; // CLS, which is not on the map
  row[7] = 0.861;
  assert.equal(aboveSays(row, 1, 0.002), "1 patch above the scale holds 86.1 %");
  assert.equal(aboveSays(row, 1, row[7]), "", "a scale that ends at the largest hides nothing");
  row[7] = 0.431;
  row[8] = 0.431;
  assert.equal(aboveSays(row, 1, 0.002), "2 patches above the scale hold 86.2 %");
  row[7] = row[8] = 0.003;
  assert.equal(aboveSays(row, 1, 0.002), "", "too little to be named");
});
