import assert from "node:assert/strict";
import test from "node:test";
import { parametersOf } from "../../assets/maps/head_actions.js";
import { shortOf, textOf, titleWithUnit } from "../../assets/view/measure_words.js";
import { ranked, slotsOf, standingOut } from "../../assets/view/ranked.js";
import { boxOn } from "../../assets/maths/patches.js";
import { needsRowSums, DEFAULTS } from "../../assets/view/settings.js";

const VALUES = [
  [0.5, NaN, 3],
  [3, 0.1],
];

test("heads are ranked by their numbers, equal ones in their order, and heads without a number are left out", () => {
  const places = (/** @type {boolean} */ rising) => ranked(VALUES, rising).map(({ layer, head }) => `${layer}.${head}`);
  assert.deepEqual(places(false), ["0.2", "1.0", "0.0", "1.1"]);
  assert.deepEqual(places(true), ["1.1", "0.0", "0.2", "1.0"]);
});

test("the heads with the largest and the smallest number of each measure stand out", () => {
  const known = /** @type {Record<string, number[][]>} */ ({
    mean_distance: VALUES,
    prefix_share: [[0.1], [0.2]],
    entropy: [[1]],
  });
  const found = standingOut((measure) => known[measure] ?? null, "CLS");
  assert.deepEqual(
    found.map(({ layer, head, says, value }) => [`${layer}.${head}`, says, value]),
    [
      ["0.2", "looks farthest", 3],
      ["1.1", "looks nearest", 0.1],
      ["1.0", "most on CLS", 0.2],
    ],
    "one head alone does not stand out",
  );
});

test("a grid in order begins with the first head, and there is none for heads without a number", () => {
  assert.deepEqual(slotsOf(ranked(VALUES), 2, 3), [2, -1, 0, 1, 3, -1]);
});

test("a box ends at the grid's edge, and a box that begins beyond it is not a box", () => {
  const grid = { rows: 4, cols: 6 };
  assert.deepEqual(boxOn([1, 2, 2, 3], grid), { row: 1, col: 2, rows: 2, cols: 3 });
  assert.deepEqual(boxOn([3, 2, 5, 9], grid), { row: 3, col: 2, rows: 1, cols: 4 });
  for (const none of [[4, 0, 1, 1], [0, 6, 1, 1], [0, 0, 0, 2], null, undefined]) assert.equal(boxOn(none, grid), null);
});

test("the sums of all rows are needed for incoming attention, and for a box that is measured over all queries", () => {
  const settings = /** @type {any} */ ({ ...DEFAULTS, direction: "outgoing" });
  assert.equal(needsRowSums(settings), false);
  assert.equal(needsRowSums({ ...settings, direction: "incoming" }), true);
  assert.equal(needsRowSums({ ...settings, box: [0, 0, 1, 1] }), true);
  assert.equal(needsRowSums({ ...settings, box: [0, 0, 1, 1], from: "query" }), false);
});

test("the link to switch a head off has the same picture, model and patch", () => {
  const search = "?picture=Coffee&across=14&pin=3,4&heads=2,3&tab=Matrix&measure=Box&box=1,2,3,4&over=Picture";
  assert.deepEqual(parametersOf(search, "2.0+3:off", 2, 12), {
    picture: "Coffee",
    across: "14",
    pin: "3,4",
    layers: "4,4",
    box: "1,2,3,4",
    edits: "2.0+3:off",
  });
  const { layers, show } = parametersOf(search, "11.0:off", 11, 12);
  assert.deepEqual([layers, show], ["11,11", "moved"], "no layer follows");
});

test("shares are written in per cent, and other numbers with their unit", () => {
  const written = { unit: "×", of: "stream norm" };
  assert.equal(textOf(written, 1.6042), "1.6 × stream norm");
  assert.equal(shortOf(written, 0.03518), "0.0352 ×");
  assert.equal(titleWithUnit({ title: "Distance", unit: "patches" }), "Distance, in patches");
  assert.equal(titleWithUnit({ title: "Share of CLS", unit: "%" }), "Share of CLS");
  assert.equal(textOf({ unit: "%" }, 0.2846), "28.5 %");
  assert.equal(textOf({ unit: "patches" }, 20.51), "20.5 patches");
  assert.equal(shortOf({ unit: "bits" }, 9.8123), "9.81");
});
