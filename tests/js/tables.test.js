import assert from "node:assert/strict";
import test from "node:test";
import { layersIn, tableOf } from "../../assets/compare/tables.js";

const GRID = { rows: 1, cols: 2 };
const SETTINGS = { kind: "features", clean: "as-is", heads: [1, 2], combine: "mean" };

/**
 * Return two sides of a patch or two each, at layers 3 and 5.
 *
 * @param {string} show
 * @param {string[]} quantities
 * @param {object} [joint]
 * @returns {any}
 */
function comparisonOf(show, quantities, joint = {}) {
  const data = { layers: [3, 4, 5].map((number) => ({ number, numHeads: 4 })) };
  const comparison = {
    settings: { ...SETTINGS, show },
    data: { pictures: ["Left", "Right", "Third"].map((title) => ({ title })) },
    joint: { matches: () => null, ...joint },
    shown: () => ({
      drawn: quantities.map((quantity) => (quantity ? { quantity, values: Float32Array.of(0.5, 0.25) } : null)),
    }),
    sides: /** @type {any[]} */ ([]),
  };
  comparison.sides = quantities.map((quantity, index) => {
    const attends = show === "attention" || quantity === "attention";
    return {
      index,
      title: ["Left", "Right"][index],
      grid: GRID,
      data,
      layer: 2 * index,
      settings: SETTINGS,
      attends,
      comparison,
    };
  });
  return comparison;
}

test("every row gives its layer, its heads if it shows attention, and its measure", () => {
  const both = comparisonOf("both", ["attention", "similarity"]);
  assert.equal(
    tableOf(both),
    `side,picture,layer,heads,measure,row,col,value
left,Left,3,"mean of heads 1, 2",attention,0,0,0.5
left,Left,3,"mean of heads 1, 2",attention,0,1,0.25
right,Right,5,,cosine of features,0,0,0.5
right,Right,5,,cosine of features,0,1,0.25
`,
  );
  assert.equal(layersIn(both), "layers-3-5");
  const [names, row] = tableOf(comparisonOf("moved", ["", "moved"])).split("\n");
  assert.deepEqual([names, row], ["side,picture,layer,measure,row,col,value", "right,Right,5,1 − cosine of features,0,0,0.5"]);
  const difference = tableOf(comparisonOf("attention", ["difference", "difference"])).split("\n");
  assert.equal(difference[1], 'left,Left,3,"mean of heads 1, 2","attention, left − right",0,0,0.5');
});

test("matches and segments give theirs too", () => {
  const match = { patches: [1, 0], similarity: 0.5, second: 0.25, mutual: true };
  const matches = comparisonOf("similarity", ["similarity", "similarity"], { matches: () => ({ all: [match] }) });
  assert.match(tableOf(matches).split("\n")[1], /^3,5,cosine of features,0,1,0,0,0\.5,0\.25,/);
  const segments = comparisonOf("segments", ["", ""], {
    segments: { labels: Uint8Array.of(0, 1, 2, 0, 1, 2), grids: Array(3).fill([1, 2]) },
  });
  const rows = tableOf(segments).split("\n");
  assert.deepEqual(
    [rows[0], rows[1], rows[3], rows[5]],
    [
      "picture,layer,measure,row,col,segment",
      "Left,3,segments of features,0,0,1",
      "Right,5,segments of features,0,0,3",
      "Third,3,segments of features,0,0,2",
    ],
  );
});
