import assert from "node:assert/strict";
import test from "node:test";
import { divergingTable, segmentPixels, SEGMENT_COLOURS } from "../../assets/compare/colours.js";
import { onGrid } from "../../assets/maths/patches.js";
import { lineOf } from "../../assets/compare/match_lines.js";
import { isInBox, matchesOf, passing } from "../../assets/compare/matches.js";
import { fitted, layersAfter, linkOf } from "../../assets/compare/settings.js";
import { noMatchSays } from "../../assets/compare/words.js";
import { DEFAULTS } from "./comparison_settings.js";

/** @import { Settings } from "../../assets/compare/settings.js" */

/** @param {Partial<Settings>} changes */
const said = (changes) =>
  Object.fromEntries(Object.entries(linkOf({ ...DEFAULTS, ...changes }, DEFAULTS)).filter(([, value]) => value !== null));

test("the link contains the scale and the settings that differ, and omits the rest", () => {
  assert.deepEqual(said({}), { scale: "balanced", scales: "one" });
  assert.deepEqual(said({ show: "both", layers: [10, 3], locked: false, pin: { side: 0, row: 3, col: 4 } }), {
    show: "both",
    layers: "10,3",
    locked: "false",
    pin: "left,3,4",
    scale: "balanced",
    scales: "one",
  });
  assert.deepEqual(said({ box: { side: 1, row: 3, col: 4, rows: 5, cols: 6 }, within: "box", lines: 40, heads: [0, 2] }), {
    box: "right,3,4,5,6",
    within: "box",
    lines: "40",
    heads: "0,2",
    scale: "balanced",
    scales: "one",
  });
});

const side = (/** @type {number} */ layers, rows = 4, cols = 6) =>
  /** @type {any} */ ({ grid: { rows, cols }, layers: Array.from({ length: layers }, () => ({})) });

test("settings are limited to existing layers and patches", () => {
  const model = { kinds: ["features", "q"], oneSpace: false };
  const wanted = { ...DEFAULTS, kind: "v", lines: 20, pin: { side: 1, row: 5, col: 0 }, within: "box" };
  const found = fitted(wanted, [side(12), side(4)], model);
  assert.deepEqual(found.layers, [11, 3]);
  assert.deepEqual([found.kind, found.asks, found.lines, found.pin, found.within], ["features", "place", 0, null, "all"]);
  const same = fitted({ ...wanted, pin: { side: 1, row: 3, col: 5 } }, [side(12), side(4)], { ...model, oneSpace: true });
  assert.deepEqual([same.asks, same.lines, same.pin], ["match", 20, { side: 1, row: 3, col: 5 }]);
});

test("if the layers are locked, the other one moves equally far and stays within its model", () => {
  assert.deepEqual(layersAfter([5, 8], 0, 7, true, [12, 12]), [7, 10]);
  assert.deepEqual(layersAfter([5, 8], 1, 2, true, [12, 12]), [0, 2]);
  assert.deepEqual(layersAfter([5, 8], 0, 11, true, [12, 12]), [11, 11]);
  assert.deepEqual(layersAfter([5, 8], 0, 7, false, [12, 12]), [7, 8]);
});

const MATCHES = {
  forward: Int32Array.of(1, 1, 0),
  similarity: Float32Array.of(0.9, 0.95, 0.2),
  second: Float32Array.of(0.5, 0.94, 0.1),
  backward: Int32Array.of(2, 1),
  backwardSimilarity: Float32Array.of(0.2, 0.95),
  backwardSecond: Float32Array.of(0.1, 0.9),
};
const every = () => true;

test("matches of either side are sorted by similarity, and are mutual if each is the other's best", () => {
  const left = passing(matchesOf(MATCHES, 0), { mutual: false, ratio: 1, allows: every });
  assert.deepEqual(
    left.map(({ patches, mutual }) => [...patches, mutual]),
    [
      [1, 1, true],
      [0, 1, false],
      [2, 0, true],
    ],
  );
  const mutual = passing(matchesOf(MATCHES, 0), { mutual: true, ratio: 1, allows: every });
  assert.deepEqual(
    mutual.map(({ patches }) => patches),
    [
      [1, 1],
      [2, 0],
    ],
  );
  assert.deepEqual(
    passing(matchesOf(MATCHES, 1), { mutual: false, ratio: 1, allows: every }).map(({ patches }) => patches),
    [
      [1, 1],
      [2, 0],
    ],
  );
});

test("Lowe's ratio removes matches whose second best is as near, and a selected place removes the rest", () => {
  const tests = { mutual: false, ratio: 0.8, allows: every };
  assert.deepEqual(
    passing(matchesOf(MATCHES, 0), tests).map(({ patches }) => patches[0]),
    [0],
  );
  const allows = (/** @type {{ patches: number[] }} */ { patches }) => patches[1] === 0;
  assert.deepEqual(
    passing(matchesOf(MATCHES, 0), { ...tests, ratio: 1, allows }).map(({ patches }) => patches[0]),
    [2],
  );
});

test("a box refers to the picture's grid and contains patches of any grid", () => {
  const box = { side: 0, row: 2, col: 0, rows: 2, cols: 3 };
  const fine = { rows: 8, cols: 6 };
  const held = Array.from({ length: 48 }, (_, patch) => patch).filter((patch) => isInBox(box, patch, fine, fine));
  assert.deepEqual(held, [12, 13, 14, 18, 19, 20]);
  const coarse = { rows: 4, cols: 3 };
  assert.deepEqual(
    Array.from({ length: 12 }, (_, patch) => patch).filter((patch) => isInBox(box, patch, coarse, fine)),
    [3],
  );
  assert.deepEqual(onGrid(box, fine, coarse), { row: 1, col: 0, rows: 1, cols: 2 });
});

test("a line connects the middles of two patches", () => {
  const rects = [
    { x: 0, y: 0, width: 60, height: 40 },
    { x: 80, y: 10, width: 30, height: 30 },
  ];
  const grids = [
    { rows: 4, cols: 6 },
    { rows: 3, cols: 3 },
  ];
  const { colour, ...ends } = lineOf({ patches: [7, 8], similarity: 1, second: 0, mutual: true }, 0, rects, grids);
  assert.deepEqual(ends, { x1: 15, y1: 15, x2: 105, y2: 35 });
  assert.match(colour, /^hsl\(0 /);
});

test("differences are blue below 0, red above, and nearly white in the middle", () => {
  const table = divergingTable();
  const rgb = (/** @type {number} */ pixel) => [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255];
  assert.equal(table.length, 256);
  assert.ok(rgb(table[0])[2] > rgb(table[0])[0] && rgb(table[255])[0] > rgb(table[255])[2]);
  assert.ok(rgb(table[128]).every((channel) => channel > 235));
});

test("twelve segments have twelve colours", () => {
  const pixels = segmentPixels(Uint8Array.from({ length: 12 }, (_, label) => label));
  assert.equal(new Set(pixels).size, 12);
  assert.equal(
    pixels[0].toString(16),
    `ff${SEGMENT_COLOURS[0].slice(5)}${SEGMENT_COLOURS[0].slice(3, 5)}${SEGMENT_COLOURS[0].slice(1, 3)}`,
  );
});

test("if there is no match, the sentence says which matches were searched", () => {
  const says = (/** @type {Partial<Settings>} */ changes) => noMatchSays({ ...DEFAULTS, ...changes });
  assert.equal(says({ within: "segment-0", mutual: false }), "No match has both ends in segment 1");
  assert.equal(says({ within: "foreground" }), "No mutual match has both ends in the foreground");
  assert.equal(says({ within: "box" }), "No mutual match begins in the box");
  assert.equal(says({ ratio: 0.5 }), "No mutual match has Lowe's ratio below 0.50");
});
