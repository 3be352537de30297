import assert from "node:assert/strict";
import test from "node:test";
import { placesOf } from "../../assets/head_effects/names.js";

const ROOM = { left: 0, right: 400, top: 0, bottom: 200 };
const dot = (/** @type {number} */ x, /** @type {number} */ y, name = "11.1") => ({ x, y, name });

test("a name is on the side with more room", () => {
  const dots = [dot(100, 50), dot(300, 50)];
  assert.deepEqual(placesOf(dots, dots, ROOM).map((place) => place?.anchor), ["start", "end"]); // prettier-ignore
});

test("a name changes sides so that it does not touch another dot, and disappears if both sides are taken", () => {
  const one = dot(100, 50);
  assert.equal(placesOf([one], [one, dot(125, 52)], ROOM)[0]?.anchor, "end");
  const close = [dot(125, 50), dot(75, 50)];
  assert.deepEqual(placesOf([one], [one, ...close], ROOM), [null]);
});

test("names do not overlap, and the less important one is removed", () => {
  const dots = [dot(100, 50), dot(160, 50), dot(130, 50), dot(70, 50)];
  const places = placesOf(dots.slice(0, 1), dots, ROOM);
  assert.deepEqual(places, [null]);
  const alike = [dot(100, 50), dot(100, 50)];
  const [first, second] = placesOf(alike, alike, ROOM);
  assert.ok(first && second && first.anchor !== second.anchor);
});

test("a name stays inside the chart", () => {
  const narrow = { ...ROOM, right: 130 };
  const at = dot(110, 50);
  assert.equal(placesOf([at], [at, dot(85, 50)], narrow)[0], null);
});
