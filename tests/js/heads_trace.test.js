import assert from "node:assert/strict";
import test from "node:test";
import { headsCsv, moved } from "../../assets/heads_figure/plan.js";
import { choiceOf, completed, largestIndex, scoresOf, within } from "../../assets/heads_figure/trace.js";
import { cellName, describe } from "../../assets/heads_figure/words.js";

/** @import { HeadsData } from "../../assets/heads_figure/trace.js" */

const SQUARE = [
  [1, 2],
  [3, 4],
];

/** @param {number[][]} weights @param {boolean} on */
const head = (weights, on) => ({
  ...{ q: [[1], [-0.5]], k: [[4], [5]], v: [[0.125], [-2]], scores: SQUARE, scaled: SQUARE, weights, output: [[5], [6]] },
  ...{
    W_q: [[1]],
    W_k: [[1]],
    W_v: [[1]],
    b_q: [7],
    b_k: null,
    b_v: null,
    blocked: [
      [false, true],
      [false, false],
    ],
    on,
  },
});

/** Two tokens, two heads of width 1. @type {HeadsData} */
const DATA = {
  x: SQUARE,
  heads: [
    head(
      [
        [0.25, 0.75],
        [1, 0],
      ],
      true,
    ),
    head(
      [
        [1, 0],
        [0.5, 0.5],
      ],
      false,
    ),
  ],
  concat: [
    [3, -1],
    [2, 8],
  ],
  contributions: [
    [
      [0.5, -3],
      [1, 1],
    ],
    [
      [-2, 1],
      [1, 1],
    ],
  ],
  output: [
    [10, 20],
    [30, 1e-4],
  ],
  W_0: [
    [0.5, 2],
    [3, 4],
  ],
  b_0: null,
  split: true,
  names: { x: ["x_1", "x_2"] },
  captions: [],
  ...{ alt: "", editable: true },
};
const OPEN = { followed: null, part: null, pair: null };

test("an open choice follows the number of the largest size", () => {
  assert.deepEqual(completed(DATA, { row: 0, column: 0, ...OPEN }), { row: 0, column: 0, followed: 1, part: 0, pair: 0, m: 1 });
  assert.deepEqual(completed(DATA, { row: 0, column: 1, ...OPEN }), { row: 0, column: 1, followed: 0, part: 0, pair: 1, m: 0 });
  assert.equal(completed(DATA, { row: 0, column: 0, ...OPEN, followed: 0, pair: 0 }).pair, 0);
});

test("among several parts, the one that adds most is followed, with W_0 and without", () => {
  const one = { ...DATA, heads: DATA.heads.slice(0, 1), contributions: DATA.contributions.slice(0, 1) };
  const at = (/** @type {number} */ column, data = one) => completed(data, { row: 1, column, ...OPEN }).part;
  assert.deepEqual([at(0), at(1)], [1, 1]); // 2·0.5 < 8·3, 2·2 < 8·4
  assert.deepEqual([at(0, { ...one, W_0: null }), at(1, { ...one, W_0: null })], [0, 1]);
});

test("the first of equals is the largest", () => {
  assert.equal(largestIndex([1, -3, 3]), 1);
  assert.equal(largestIndex([0, 0]), 0);
});

test("a choice that the numbers no longer have becomes open", () => {
  const asked = { row: 7, column: 7, followed: 2, part: 1, pair: 2 };
  assert.deepEqual(within(asked, DATA), { row: 1, column: 1, ...OPEN });
  const kept = { row: 0, column: 1, followed: 1, part: 0, pair: 1 };
  assert.deepEqual(within(kept, DATA), kept);
});

test("a masked score is minus infinity", () => {
  assert.deepEqual(scoresOf(DATA.heads[0]), [
    [1, -Infinity],
    [3, 4],
  ]);
});

test("an arrow key starts from what is shown, and stays inside", () => {
  const shown = { data: DATA, at: completed(DATA, { row: 0, column: 1, ...OPEN }) }; // follows head 0, key 1
  const [down, right, left] = /** @type {[number, number][]} */ ([
    [1, 0],
    [0, 1],
    [0, -1],
  ]);
  assert.deepEqual(moved(shown, "y", "y/0/1", down), { row: 1, column: 1 });
  assert.deepEqual(moved(shown, "y", "y/0/1", right), { row: 0, column: 1 });
  assert.deepEqual(moved(shown, "head", "head/0", right), { followed: 1 });
  assert.deepEqual(moved(shown, "weight", "head/0/w/0/1", left), { followed: 0, row: 0, pair: 0 });
  assert.deepEqual(moved(shown, "toggle", "toggle/0/1", down), { followed: 0, row: 1, pair: 1 });
  assert.deepEqual(moved(shown, "toggle", "toggle/0/0", down), { followed: 0, row: 1, pair: 0 }); // from the focus
  assert.deepEqual(moved(shown, "part", "concat/0/0", right), { followed: 0, part: 0 });
});

test("the pointer on a number selects the row, head or key of this number", () => {
  assert.deepEqual(choiceOf("y/2/3", 2), { row: 2, column: 3 });
  assert.deepEqual(choiceOf("concat/1/5", 2), { row: 1, followed: 2, part: 1 });
  assert.deepEqual(choiceOf("w0/4/1", 3), { column: 1, followed: 1, part: 1 });
  assert.deepEqual(choiceOf("head/1/w/2/3", 2), { followed: 1, row: 2, pair: 3 });
  assert.deepEqual(choiceOf("head/1/v/2/3", 2), { followed: 1, pair: 2, part: 3 });
  assert.deepEqual(choiceOf("head/1/out/2/3", 2), { followed: 1, row: 2, part: 3 });
  assert.deepEqual(choiceOf("head/1/s/2/3", 2), { followed: 1, row: 2, pair: 3 });
  assert.deepEqual(choiceOf("head/1/q/2/1", 2), { followed: 1, row: 2 });
  assert.deepEqual(choiceOf("head/1/k/2/1", 2), { followed: 1, pair: 2 });
  assert.deepEqual(choiceOf("row/3", 2), { row: 3 });
  assert.deepEqual(choiceOf("head/3", 2), { followed: 3 });
  assert.equal(choiceOf("x/0/0", 2), null);
});

test("every number has words", () => {
  /** @type {[string, number | undefined, string][]} */
  const words = [
    ["x/1/0", 3, "x2, column 1: 3"],
    ["y/1/1", 1e-4, "y2, column 2: 0.0001"],
    ["concat/0/1", -1, "Concatenation, row x1, column 2: -1"],
    ["w0/0/1", 2, "W₀, row 1, column 2: 2"],
    ["b0/0", 0.5, "b₀, column 1: 0.5"],
    ["head/0", undefined, "Head 0"],
    ["head/1", undefined, "Head 1, switched off"],
    ["head/0/w/0/1", 0.75, "Head 0, what x1 takes from x2: 0.75"],
    ["head/0/v/1/0", -2, "Head 0, value of x2, column 1: -2"],
    ["head/1/out/1/0", 6, "Head 1, output of x2, column 1: 6"],
    ["head/0/s/0/1", -Infinity, "Head 0, scaled score of x1 for x2: −∞"],
    ["head/0/q/1/0", -0.5, "Head 0, query of x2, column 1: -0.5"],
    ["head/0/k/1/0", 5, "Head 0, key of x2, column 1: 5"],
    ["toggle/0/1", undefined, "x1 may look at x2: no"],
    ["row/1", undefined, "Row of x2"],
    ["panel", undefined, ""],
  ];
  for (const [name, value, said] of words) assert.equal(describe(name, value, { data: DATA }), said, name);
});

test("editable cells have names", () => {
  assert.equal(cellName(DATA, "X", 1, 0), "x2, column 1");
  assert.equal(cellName(DATA, "W0", 1, 0), "W₀, row 2, column 1");
  assert.equal(cellName(DATA, "b0", 0, 1), "b₀, column 2");
});

test("the file has every number once, and none that the layer lacks", () => {
  const lines = headsCsv(DATA).trimEnd().split("\n");
  assert.equal(lines[0], "quantity,head,row,column,value");
  assert.ok(lines.includes("b_q,0,1,1,7") && !lines.some((line) => line.startsWith("b_k") || line.startsWith("b_0")));
  assert.ok(lines.includes("contribution,1,1,1,-2") && lines.includes("output,,2,2,0.0001"));
  const places = lines.map((line) => line.slice(0, line.lastIndexOf(",")));
  assert.equal(new Set(places).size, lines.length);
});
