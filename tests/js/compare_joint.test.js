import assert from "node:assert/strict";
import test from "node:test";
import { jointKinds, jointWanted } from "../../assets/compare/joint_wanted.js";

const SETTINGS = {
  show: "similarity",
  layers: [4, 2],
  kind: "features",
  clean: "as-is",
  lines: 0,
  within: "all",
  foreground: "off",
  k: 5,
};
const DATA = {
  oneSpace: true,
  sides: [
    { recording: "a", lease: "one" },
    { recording: "b", lease: "two" },
  ],
  pictures: [
    { recording: "a", lease: "old", title: "A" },
    { recording: "b", lease: "old", title: "B" },
    { recording: "c", lease: "three", title: "C" },
  ],
};

/** @param {object} settings @param {object} [data] @returns {any} */
const comparison = (settings, data) => ({ settings: { ...SETTINGS, ...settings }, data: { ...DATA, ...data } });

test("exactly the data that the settings need are requested", () => {
  const kinds = (/** @type {object} */ settings, /** @type {object} */ data = {}) => jointKinds(comparison(settings, data));
  assert.deepEqual(kinds({}), []);
  assert.deepEqual(kinds({ lines: 20 }), ["matches"]);
  assert.deepEqual(kinds({ show: "pca" }), ["components"]);
  assert.deepEqual(kinds({ within: "foreground" }), ["components"]);
  assert.deepEqual(kinds({ show: "segments" }), ["segments"]);
  assert.deepEqual(kinds({ within: "segment-1", lines: 3 }), ["matches", "segments"]);
  assert.deepEqual(kinds({ show: "pca", lines: 3 }, { served: false }), [], "a page without a server has what it has");
  assert.deepEqual(kinds({ lines: 3 }, { matches: false }), [], "one picture and its change");
});

test("a request names the parts of the set and the leases of all pictures but the first", () => {
  const { body, kind } = jointWanted(comparison({ show: "pca" }), "components");
  assert.equal(kind, "components");
  assert.deepEqual(body, {
    parts: [
      { layer: 4, space: 0 },
      { of: "1", layer: 2, space: 0 },
      { of: "2", layer: 4, space: 0 },
    ],
    leases: { 1: "two", 2: "three" },
    view: { kind: "features", clean: "as-is", foreground: "off" },
  });
  assert.deepEqual(jointWanted(comparison({}), "matches").body.leases, { 1: "two" });
  const apart = jointWanted(comparison({}, { oneSpace: false, pictures: DATA.pictures.slice(0, 2) }), "segments");
  assert.deepEqual(apart.body.parts, [
    { layer: 4, space: 0 },
    { of: "1", layer: 2, space: 1 },
  ]);
});

test("a result has another id for each value of the settings that it depends on", () => {
  const id = (/** @type {any} */ kind, /** @type {object} */ settings) => jointWanted(comparison(settings), kind).id;
  assert.equal(id("matches", {}), "matches:a/4|b/2/features/as-is");
  assert.equal(id("matches", { k: 7, foreground: "above" }), id("matches", {}));
  for (const changed of [{ layers: [4, 3] }, { kind: "q" }, { clean: "mean" }])
    for (const kind of ["matches", "components", "segments"]) assert.notEqual(id(kind, changed), id(kind, {}));
  assert.notEqual(id("components", { foreground: "above" }), id("components", {}));
  assert.notEqual(id("segments", { k: 7 }), id("segments", {}));
  assert.equal(id("segments", { foreground: "above" }), id("segments", {}));
});
