import assert from "node:assert/strict";
import test from "node:test";
import { keep } from "../../assets/data/stored.js";
import { Acts } from "../../assets/edits/acts.js";
import { parsedActs } from "../../assets/edits/acts_text.js";
import { Changing } from "../../assets/what_if/changing.js";
import { Measuring } from "../../assets/what_if/measuring.js";

const page = new EventTarget();
Object.assign(globalThis, {
  addEventListener: page.addEventListener.bind(page),
  removeEventListener: page.removeEventListener.bind(page),
  dispatchEvent: page.dispatchEvent.bind(page),
});
globalThis.CustomEvent ??= /** @type {any} */ (Event);
globalThis.requestAnimationFrame ??= () => 0;
globalThis.cancelAnimationFrame ??= () => {};

/** @param {string} edits */
function opened(edits = "8.3:off") {
  const acts = new Acts();
  acts.adopt({ defaults: { edits, target: null, limit: null }, orders: { session: "s", given: [] }, model: "small" });
  return acts;
}

/** Return a comparison with the parts that the tests use. */
function comparisonOf() {
  /** @type {(Record<string, unknown> | null)[]} */
  const adopted = [];
  const data = { recording: "left", lease: "first", grid: { rows: 4, cols: 4 } };
  const comparison = {
    adopted,
    sides: [{ data, exploration: { source: { fetch: () => {} }, data } }],
    stale: new Set(),
    wanted: { pin: /** @type {object | null} */ (null) },
    redraw: () => {},
    adoptSide: (/** @type {number} */ _, /** @type {Record<string, unknown> | null} */ side) => adopted.push(side),
  };
  return /** @type {any} */ (comparison);
}

/** @param {string} id @param {string} edits @param {Record<string, unknown>} more */
function answer(id, edits, more = {}) {
  const said = { title: "Changed", said: [], before: [], after: [], notes: [], side: { recording: `left|${edits}` }, lease: "right" }; // prettier-ignore
  keep(/** @type {any} */ ({ id, kind: "changed", edits, recording: "left", ...said, ...more }));
}

test("a list is requested once, and counts as pending until its own answer is here", () => {
  const [acts, comparison] = [opened(), comparisonOf()];
  const changing = new Changing(acts, comparison);
  const [first] = changing.missed();
  assert.deepEqual(first.body, { edits: "8.3:off", target: null });
  changing.mark();
  assert.ok(comparison.stale.has(1));
  /** @type {string[]} */
  const dropped = [];
  changing.onDropped = (id) => dropped.push(id);
  acts.setList(parsedActs("6.1:off") ?? []);
  const [second] = changing.missed();
  assert.deepEqual(dropped, [first.id]);
  answer(first.id, "8.3:off");
  assert.equal(acts.answer, null, "too late");
  answer(second.id, "6.1:off");
  changing.mark();
  assert.deepEqual(comparison.adopted, [{ recording: "left|6.1:off", lease: "right", title: "Changed" }]);
  assert.ok(!comparison.stale.has(1) && !changing.turn(), "nothing more is asked");
  acts.undo();
  assert.notEqual(changing.missed()[0].id, first.id, "its lease may have ended");
  changing.close();
});

test("a new lease of the left side requests the right side again, and without changes the right side is the left", () => {
  const [acts, comparison] = [opened("none"), comparisonOf()];
  const changing = new Changing(acts, comparison);
  answer(changing.missed()[0].id, "none", { side: null, lease: undefined });
  assert.deepEqual(comparison.adopted, [null]);
  assert.equal(changing.turn(), false);
  comparison.sides[0].data.lease = "second";
  assert.equal(changing.turn(), true);
  changing.close();
});

test("effects of heads are looked up, measured when the reader starts it, and kept while others are pinned", () => {
  const comparison = comparisonOf();
  const measuring = new Measuring(comparison);
  const fetching = /** @type {any} */ ({ onNews: () => {}, news: null });
  measuring.begin(fetching, () => {});
  assert.deepEqual(measuring.missed(), [], "nobody looks");
  measuring.looked = true;
  const [looked] = measuring.missed();
  assert.deepEqual(looked.body, { patch: null, start: false });
  const price = { large: false, heads: 72, expected: "1 min" };
  keep(/** @type {any} */ ({ id: looked.id, kind: "effects", recording: "left", found: null, price }));
  assert.deepEqual([measuring.found, measuring.price], [null, price]);
  comparison.wanted.pin = { side: 1, row: 2, col: 3 };
  measuring.start();
  measuring.looked = false;
  const [begun] = measuring.missed();
  assert.deepEqual(begun.body, { patch: [2, 3], start: true });
  fetching.news = { kind: "cancelled" };
  fetching.onNews();
  assert.deepEqual(measuring.missed(), []);
  measuring.start();
  comparison.wanted.pin = null;
  assert.deepEqual(measuring.missed()[0].body, { patch: [2, 3], start: true }, "it is for the patch of before");
  const found = { measures: [], contribution: null, order: [], together: [], of: "CLS", patch: [2, 3] };
  keep(/** @type {any} */ ({ id: measuring.id, kind: "effects", recording: "left", found }));
  assert.deepEqual([measuring.found, measuring.goesOn, measuring.missed()], [found, false, []]);
  comparison.sides[0].data.recording = "another";
  assert.equal(measuring.found, null);
  measuring.close();
});
