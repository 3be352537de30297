import assert from "node:assert/strict";
import test from "node:test";
import { moveOf, overlaid, pastedBlock, splitName, stepped } from "../../assets/matrix_table/text.js";

test("a pasted block in the notation of any program", () => {
  /** @type {[string, string[][]][]} */
  const blocks = [
    ["5\t6,5\r\n-7\t8\r\n", [["5", "6,5"], ["-7", "8"]]], // prettier-ignore
    [
      "6; 7,5\n-8; 9",
      [
        ["6", "7,5"],
        ["-8", "9"],
      ],
    ],
    [
      "7, 8.5\n-9, 1",
      [
        ["7", "8.5"],
        ["-9", "1"],
      ],
    ],
    [
      "[[8., 9.5],\n [-1., 2.]]",
      [
        ["8.", "9.5"],
        ["-1.", "2."],
      ],
    ],
    [
      "9 1.5\n-2 3",
      [
        ["9", "1.5"],
        ["-2", "3"],
      ],
    ],
    ["0,5", [["0,5"]]],
    ["1,5e-3", [["1,5e-3"]]],
    ["0.5, 1", [["0.5", "1"]]],
    [
      "\t1\n2\t",
      [
        ["", "1"],
        ["2", ""],
      ],
    ],
  ];
  for (const [text, cells] of blocks) assert.deepEqual(pastedBlock(text), cells, text);
  assert.equal(pastedBlock("1\n".repeat(80_000)).length, 50_000);
});

test("a pasted block is laid over a table, which grows if the block is larger", () => {
  const texts = [
    ["a", "b"],
    ["c", "d"],
  ];
  assert.deepEqual(overlaid(texts, [["1"], ["2"]], { row: 0, column: 1 }), [
    ["a", "1"],
    ["c", "2"],
  ]);
  assert.deepEqual(overlaid(texts, [["1", "2"]], { row: 2, column: 1 }), [
    ["a", "b", ""],
    ["c", "d", ""],
    ["", "1", "2"],
  ]);
});

test("names have subscripts", () => {
  assert.deepEqual(["W_q", "x1", "W_0", "x_12", "Doubled", "doubled, twice"].map(splitName), [
    ["W", "q"],
    ["x", "1"],
    ["W", "0"],
    ["x", "12"],
    ["Doubled", ""],
    ["doubled, twice", ""],
  ]);
});

test("keys move to another cell, sideways only from the end of the text or with all text selected", () => {
  /** @param {string} key @param {number} from @param {number} to */
  const move = (key, from, to, shiftKey = false, ctrlKey = false) =>
    moveOf({ key, shiftKey, ctrlKey }, { selectionStart: from, selectionEnd: to, value: "0.5" });
  assert.deepEqual(move("Enter", 1, 1), [1, 0]);
  assert.deepEqual(move("Enter", 1, 1, true), [-1, 0]);
  assert.deepEqual(move("ArrowUp", 1, 1), [-1, 0]);
  assert.deepEqual(move("ArrowLeft", 0, 3), [0, -1]);
  assert.deepEqual(move("ArrowRight", 0, 3), [0, 1]);
  assert.deepEqual(move("ArrowRight", 3, 3), [0, 1]);
  assert.deepEqual(move("Home", 0, 3), [0, -Infinity]);
  assert.deepEqual(move("End", 0, 3, false, true), [Infinity, Infinity]);
  assert.equal(move("Home", 3, 3), null);
  assert.equal(move("End", 0, 3, true), null);
  assert.equal(move("ArrowLeft", 1, 1), null);
  assert.equal(move("ArrowLeft", 0, 1), null);
  assert.equal(move("ArrowRight", 0, 3, true), null);
  assert.equal(move("a", 0, 3), null);
});

test("a step adds without the rounding of binary fractions", () => {
  assert.equal(stepped("−0,8", 0.1), "-0.7");
  assert.equal(stepped(" 2 ", -1), "1");
  assert.equal(stepped("", 1), null);
  assert.equal(stepped("abc", 1), null);
});
