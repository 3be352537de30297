import assert from "node:assert/strict";
import test from "node:test";
import { cellName, describe, partners } from "../../assets/toy_figure/words.js";

/** @import { ToyData } from "../../assets/toy_figure/data.js" */
/** @import { Shown } from "../../assets/toy_figure/trace.js" */

const names = { x: ["x_1", "x_2", "x_3"], z: ["z_1"], y: ["y_1", "y_2", "y_3"] };
const DATA = /** @type {ToyData} */ (
  /** @type {Partial<ToyData>} */ ({
    names,
    captions: ["", "", "apple"],
    cross: false,
    projected: true,
    biases: true,
    editable: false,
    blocked: [[], [], [false, true]],
    k: [[1, 2]],
    v: [[3, 1 / 3]],
  })
);

/** @param {string} name @param {Partial<ToyData>} data @param {number} step */
const said = (name, data = {}, step = 6) => describe(name, 0.25, /** @type {Shown} */ ({ data: { ...DATA, ...data }, step }));

test("every number of the figure has words for its meaning", () => {
  const cases = {
    "x/2/1": "x3 (apple), number 2: 0.25.",
    "q/2/0": "The query q3, number 1: x3 · column 1 of Wq + bq = 0.25.",
    "Wq/1/2": "Wq, row 2, column 3: 0.25.",
    "bv/0/1": "bv, number 2: 0.25.",
    "query/2/0": "The query q3, number 1: 0.25.",
    "w/2/0": "The weight w31, how much y3 takes from v1: 0.25.",
    "w/2/1": "The weight w32, how much y3 takes from v2: 0.25. A mask forbids it.",
    "product/2/0/1": "w31 · v1, number 2: 0.25.",
    "y/2/1": "The output y3, number 2: 0.25.",
    "toggle/2/1": "x3 may look at x2: no.",
    "no/such/thing": "",
  };
  for (const [name, sentence] of Object.entries(cases)) assert.equal(said(name), sentence);
});

test("the meaning of a weight depends on the step, and that of a vector on the lesson", () => {
  assert.equal(said("w/2/1", {}, 1), "The dot product of q3 and k2: 0.25.");
  assert.equal(said("w/2/1", { projected: false }, 2), "The dot product of x3 and x2, scaled: 0.25.");
  assert.equal(said("w/2/1", {}, 3), "The dot product of q3 and k2, scaled and masked: 0.25.");
  assert.equal(said("w/2/1", { scale: 1 }, 3), "The dot product of q3 and k2, masked: 0.25.");
  assert.equal(said("w/2/0", { scale: 1 }, 3), "The dot product of q3 and k1: 0.25.");
  assert.equal(said("k/0/1", { cross: true, biases: false }), "The key k1, number 2: z1 · column 2 of Wk = 0.25.");
  assert.equal(said("x/2/1", { cross: true }), "x3, number 2: 0.25.");
  assert.match(said("x/2/1", { editable: true }), /Click to type, drag up or down/);
});

test("cells and the partners of a weight are read out", () => {
  assert.equal(cellName(DATA, "X", 2, 0), "x3, number 1");
  assert.equal(cellName(DATA, "Z", 0, 1), "z1, number 2");
  assert.equal(cellName(DATA, "Wk", 0, 1), "Wk, row 1, column 2");
  assert.equal(partners(DATA, 0), "k1 = (1, 2), v1 = (3, 0.333333).");
  assert.equal(partners({ ...DATA, projected: false }, 0), "x1 = (1, 2).");
});
