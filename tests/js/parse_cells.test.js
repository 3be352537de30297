import assert from "node:assert/strict";
import test from "node:test";
import { parseCells } from "../../assets/matrix_table/parse.js";

/** @import { Limits } from "../../assets/matrix_table/parse.js" */

/**
 * @param {string[][]} cells
 * @param {Partial<Limits>} [limits]
 */
const parse = (cells, limits) => parseCells(cells, { name: "X", shape: null, maxRows: 12, maxColumns: 16, ...limits });

/** @param {number} rows @param {number} columns */
const filled = (rows, columns) => Array.from({ length: rows }, () => Array(columns).fill("1"));

test("notations of a number", () => {
  /** @type {[string, number][]} */
  const ways = [
    ["0.5", 0.5],
    ["1,5", 1.5],
    ["−2", -2],
    ["-,5", -0.5],
    [" \u00a01e-3\t", 1e-3],
    ["-2e-3", -0.002],
    ["-0.002", -0.002],
    ["−0,002", -0.002],
    ["−2e−5", -2e-5],
    ["+7.", 7],
    ["1E2", 100],
    ["1000", 1000],
    ["-1000", -1000],
    ["1e-400", 0],
    ["0.1000000000000000055511151231257827021181583404541015625", 0.1],
  ];
  for (const [written, value] of ways) assert.deepEqual(parse([["0", written]]), { values: [[0, value]] }, written);
});

const NOT_A_NUMBER = "which is not a number such as 0.5, -2 or 1e-3.";
const NOT_FINITE = "but only finite numbers such as 0.5 are accepted.";
const TOO_LARGE = "but only numbers from -1000 to 1000 are accepted.";

test("a bad cell is refused with its position and the reason", () => {
  /** @type {[string, string][]} */
  const bad = [
    ["", "is empty. Every cell needs a number such as 0.5."],
    [" \u00a0\n", "is empty. Every cell needs a number such as 0.5."],
    ["abc", `is “abc”, ${NOT_A_NUMBER}`],
    ["1/3", `is “1/3”, ${NOT_A_NUMBER}`],
    ["1_000", `is “1_000”, ${NOT_A_NUMBER}`],
    ["1,234.5", `is “1,234.5”, ${NOT_A_NUMBER}`],
    ["0x10", `is “0x10”, ${NOT_A_NUMBER}`],
    ["٣", `is “٣”, ${NOT_A_NUMBER}`],
    [".", `is “.”, ${NOT_A_NUMBER}`],
    ["1 2", `is “1 2”, ${NOT_A_NUMBER}`],
    ["a\x00\n\u2028b", `is “a   b”, ${NOT_A_NUMBER}`],
    ["<b>bold</b> and much more", `is “<b>bold</b> and muc…”, ${NOT_A_NUMBER}`],
    ["𝒳".repeat(20), `is “${"𝒳".repeat(20)}”, ${NOT_A_NUMBER}`],
    ["𝒳".repeat(21), `is “${"𝒳".repeat(19)}…”, ${NOT_A_NUMBER}`],
    ["1".repeat(65), `is “${"1".repeat(19)}…”, ${NOT_A_NUMBER}`],
    ["1".repeat(64), `is ${"1".repeat(19)}…, ${TOO_LARGE}`],
    ["nan", `is “nan”, ${NOT_FINITE}`],
    ["−Infinity", `is “−Infinity”, ${NOT_FINITE}`],
    ["+∞", `is “+∞”, ${NOT_FINITE}`],
    ["1000.5", `is 1000.5, ${TOO_LARGE}`],
    ["−1e999", `is −1e999, ${TOO_LARGE}`],
  ];
  for (const [cell, reason] of bad)
    assert.deepEqual(parse([["1", "2", "3"], ["4", "5", cell]]), { refusal: `X: row 2, column 3 ${reason} The last valid X stays.` }); // prettier-ignore
});

test("a bad table is refused with its reason before any of its cells is read", () => {
  /** @type {[string[][], string][]} */
  const bad = [
    [[], "expected rows of numbers, but received none."],
    [[[], ["1"]], "expected rows of numbers, but received none."],
    [[["a", "2"], ["3"]], "row 2 has 1 cell, but row 1 has 2. All rows need the same number of cells."],
    [[["1"], Array(99).fill("3")], "row 2 has 99 cells, but row 1 has 1. All rows need the same number of cells."],
    [filled(13, 4), "received 13 rows, but at most 12 are accepted."],
    [filled(2, 17), "received 17 columns, but at most 16 are accepted."],
  ];
  for (const [cells, reason] of bad) assert.deepEqual(parse(cells), { refusal: `X: ${reason} The last valid X stays.` });
  for (const [rows, columns] of [
    [5, 3],
    [4, 5],
    [40, 4],
  ])
    // prettier-ignore
    assert.deepEqual(parse(filled(rows, columns), { name: "W_q", shape: [5, 4] }), {
      refusal: `W_q: expected 5 × 4 numbers (rows × columns), but received ${rows} × ${columns}. The last valid W_q stays.`,
    });
});

test("the largest table and another limit", () => {
  assert.deepEqual(parse(filled(12, 16)), { values: Array(12).fill(Array(16).fill(1)) });
  assert.deepEqual(parse(filled(1, 2), { shape: [1, 2] }), { values: [[1, 1]] });
  assert.deepEqual(parse([["2.5"]], { largest: 2 }), {
    refusal: "X: row 1, column 1 is 2.5, but only numbers from -2 to 2 are accepted. The last valid X stays.",
  });
});

test("a number written in full is read back unchanged", () => {
  const values = Array.from({ length: 12 }, (_, row) =>
    Array.from({ length: 16 }, (__, column) => Math.sin(row + 16 * column) * 10 ** (column / 2 - 5)),
  );
  assert.deepEqual(parse(values.map((row) => row.map(String))), { values });
});
