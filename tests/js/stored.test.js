import assert from "node:assert/strict";
import test from "node:test";
import { keep, onStored, stored } from "../../assets/shared/stored.js";

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
const matrix = (id) => keep({ id, kind: "matrix", means: new Float32Array(), side: 0, factor: 1, rows: 0, cols: 0 });

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

test("who listens hears of everything that is kept, until it stops", () => {
  let heard = 0;
  const stop = onStored(() => (heard += 1));
  matrix("a");
  stop();
  matrix("b");
  assert.equal(heard, 1);
});
