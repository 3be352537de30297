import assert from "node:assert/strict";
import test from "node:test";
import { DEFAULTS } from "../../assets/view/settings.js";
import { Pair } from "../../assets/why/pair.js";

const PREFIX = ["CLS", "register 1"];

/** Return a layer of 4 × 6 patches, on a picture with the same grid. @param {object} chosen */
function pairWith(chosen) {
  const exploration = {
    settings: { ...DEFAULTS, ...chosen },
    data: { grid: { rows: 4, cols: 6 }, layers: [{ prefix: PREFIX, rows: 4, cols: 6 }] },
    layer: 0,
    patchAt: (/** @type {number[]} */ [row, col]) => row * 6 + col,
    placeAt: (/** @type {number} */ patch) => [Math.floor(patch / 6), patch % 6],
    set: (/** @type {object} */ changes) => Object.assign(exploration.settings, changes),
  };
  return { pair: new Pair(/** @type {any} */ (exploration)), settings: exploration.settings };
}

test("a link's key is pinned: a patch, or a token before the patches", () => {
  assert.equal(pairWith({ key: [2, 5] }).pair.held, 2 + 2 * 6 + 5);
  assert.equal(pairWith({ key: [1] }).pair.held, 1);
  assert.equal(pairWith({ key: null }).pair.held, null);
});

test("a key that this model does not have is dropped", () => {
  for (const key of [[2], [4, 0], [0, 6], [99, 99]]) assert.equal(pairWith({ key }).pair.held, null);
});

test("a click is stored in the settings, and a second click removes it", () => {
  const { pair, settings } = pairWith({});
  pair.hold(0);
  assert.deepEqual(settings.key, [0]);
  pair.hold(2 + 9);
  assert.deepEqual([settings.key, pair.held, pair.other], [[1, 3], 11, 11]);
  pair.hold(null);
  assert.equal(settings.key, null);
});
