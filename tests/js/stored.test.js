import assert from "node:assert/strict";
import test from "node:test";
import { isStored, keep, onStored, stored } from "../../assets/data/stored.js";

Object.assign(globalThis, { addEventListener, removeEventListener, dispatchEvent });

/** @type {Set<() => void>} */
const listeners = new Set();
/** @param {string} _ @param {() => void} listener */
function addEventListener(_, listener) {
  listeners.add(listener);
}
/** @param {string} _ @param {() => void} listener */
function removeEventListener(_, listener) {
  listeners.delete(listener);
}
function dispatchEvent() {
  for (const listener of listeners) listener();
}

/** @param {string} id */
const matrix = (id) =>
  keep({ id, kind: "matrix", recording: "r", means: new Float32Array(), factor: 1, blocks: { rows: 0, cols: 0 } });

test("the last three of a kind are kept", () => {
  keep({ id: "picture", kind: "picture", type: "image/png", bytes: new Uint8Array() });
  for (const id of ["1", "2", "3", "1", "4"]) matrix(id);
  assert.deepEqual(
    ["1", "2", "3", "4"].map((id) => stored("matrix", id)?.id),
    ["1", undefined, "3", "4"],
  );
  assert.equal(stored("picture", "picture")?.type, "image/png");
  assert.equal(stored("picture", "4"), undefined);
  assert.equal(stored("picture", null), undefined);
});

test("among records the oldest recording is removed, and never the newest", () => {
  const many = new Float32Array((80 * 2 ** 20) / 4); // two of them beside a third are too much
  const record = { kind: /** @type {const} */ ("record"), q: many, k: many, numHeads: 1, numTokens: 1, headDim: 1, scale: 1 };
  for (const id of ["a/0", "a/1", "b/0", "c/0", "c/1", "c/2"]) keep({ ...record, id, recording: id[0] });
  const kept = ["a/0", "a/1", "b/0", "c/0", "c/1", "c/2"].filter((id) => stored("record", id));
  assert.deepEqual(kept, ["c/0", "c/1", "c/2"]);
  assert.equal(stored("picture", "picture")?.id, "picture");
});

test("features of both sides are kept beside each other and beside records", () => {
  const values = new Float32Array((100 * 2 ** 20) / 4);
  const features = { kind: /** @type {const} */ ("features"), values, dim: 1, rows: 1, cols: 1 };
  for (const id of ["l/0", "r/0", "r/1", "r/2"]) keep({ ...features, id, recording: id[0] });
  assert.deepEqual(
    ["l/0", "r/0", "r/1", "r/2"].filter((id) => isStored(id)),
    ["r/0", "r/1", "r/2"],
  );
  assert.ok(isStored("c/2"));
});

test("a listener is called for everything that is kept, until it stops", () => {
  let heard = 0;
  const stop = onStored(() => (heard += 1));
  matrix("a");
  stop();
  matrix("b");
  assert.equal(heard, 1);
});
