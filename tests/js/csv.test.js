import assert from "node:assert/strict";
import test from "node:test";
import { csv, numbersOf } from "../../assets/data/csv.js";
import { toyCsv } from "../../assets/toy_figure/plan.js";

test("each row is one line, and quotes appear only if they are needed", () => {
  const rows = [
    ["CLS", 0.1 + 0.2],
    ['a "b", c', -Infinity],
  ];
  assert.equal(csv(["name", "value"], rows), 'name,value\nCLS,0.30000000000000004\n"a ""b"", c",-Infinity\n');
});

test("a matrix has one line per number, and positions start at 1", () => {
  assert.deepEqual(numbersOf(["q", 2], [[5, 6], [7]]), [
    ["q", 2, 1, 1, 5],
    ["q", 2, 1, 2, 6],
    ["q", 2, 2, 1, 7],
  ]);
  assert.deepEqual(numbersOf(["z"], null), []);
});

test("the lessons' figure omits the matrices that it does not have", () => {
  const row = [[1]];
  const data = { x: row, z: null, q: row, k: row, v: row, scores: row, scaled: row, weights: row, output: [[2.5]] };
  const names = toyCsv(data)
    .split("\n")
    .map((line) => line.split(",")[0]);
  assert.deepEqual(names, ["quantity", "x", "q", "k", "v", "scores", "scaled", "weights", "output", ""]);
});
