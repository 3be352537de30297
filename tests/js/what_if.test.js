import assert from "node:assert/strict";
import test from "node:test";
import { fitted } from "../../assets/compare/settings.js";
import { apart, unitRows } from "../../assets/compare/similarity.js";
import { recordId } from "../../assets/data/wanted.js";
import { attentionRow } from "../../assets/maths/attention_math.js";
import { actName, kindOf, parsedActs, withHead, withHeadsOff, withLayer, writtenActs } from "../../assets/edits/acts_text.js";
import { Acts } from "../../assets/edits/acts.js";
import { linkOf, settingsOfLink } from "../../assets/edits/link.js";
import { blockAround } from "../../assets/heads_to_edit/picture_changes.js";
import { firstChanged, keepAttention } from "../../assets/what_if/unchanged.js";
import { howManyCanGo, worthOf } from "../../assets/head_effects/worth.js";

/** @import { Act } from "../../assets/edits/acts_text.js" */

globalThis.requestAnimationFrame ??= () => 0;
globalThis.cancelAnimationFrame ??= () => {};

/** @param {string} text @returns {Act[]} */
const listOf = (text) => parsedActs(text) ?? [];
const TEXT = "6.3:off;7.*:even;10.0+2:t0.5;8.1:in3,4,5,6;blur:1,2,3,4;swap:1,2,3,4>5,6";

test("reading changes inverts writing them", () => {
  assert.equal(writtenActs(listOf(TEXT)), TEXT);
  assert.deepEqual(listOf("none"), []);
  assert.equal(writtenActs([]), "none");
  assert.deepEqual(listOf("swap:1,2,3,4>5,6"), [{ how: "swap", box: [1, 2, 3, 4], to: [5, 6] }]);
  assert.deepEqual(listOf(TEXT).slice(0, 4).map(actName), [
    "Layer 6, head 3: off",
    "Layer 7, all heads: even",
    "Layer 10, heads 0, 2: sharper, temperature 0.5",
    "Layer 8, head 1: inside (3, 4)–(7, 9) only",
  ]);
  const long = listOf("2.0+1+2+5+6+8:off;swap:2,4,3,3>7,3");
  assert.deepEqual(long.map(actName), ["Layer 2, heads 0–2, 5, 6, 8: off", "(2, 4)–(4, 6) swapped with (7, 3)–(9, 5)"]); // prettier-ignore
});

test("a click on a head changes it, changes it in another way, or restores it", () => {
  const once = withHead([], 6, 3, "off", 4);
  assert.equal(writtenActs(once), "6.3:off");
  assert.equal(writtenActs(withHead(once, 6, 1, "off", 4)), "6.1+3:off");
  assert.equal(writtenActs(withHead(listOf("6.0+1+2:off"), 6, 3, "off", 4)), "6.*:off");
  assert.equal(writtenActs(withHead(once, 6, 3, "even", 4)), "6.3:even");
  assert.equal(writtenActs(withHead(once, 6, 3, "off", 4)), "none");
  assert.equal(writtenActs(withHead(listOf("6.*:off;7.*:off"), 6, 3, "off", 4)), "6.0+1+2:off;7.*:off");
  assert.equal(kindOf(listOf(TEXT), 7, 2), "even");
  assert.equal(kindOf(listOf(TEXT), 6, 2), "");
});

test("a layer before all changes is known by its name, and the first changed layer is offered", () => {
  const layers = (/** @type {string[]} */ ...recordings) =>
    /** @type {any} */ ({ recording: "own", layers: recordings.map((recording) => ({ recording })) });
  const own = layers("own", "own", "own", "own");
  const changed = layers("own", "own", "changed", "changed");
  assert.equal(firstChanged(own, changed, false), 2);
  assert.equal(firstChanged(own, changed, true), 3);
  assert.equal(firstChanged(own, layers("own", "own", "own", "changed"), true), null, "no attention follows the last output");
  assert.equal(firstChanged(own, own, false), null);
  assert.ok(keepAttention(listOf("6.3:off;7.1:even")) && keepAttention(listOf("6.3:mean")));
  assert.ok(!keepAttention(listOf("6.3:off;6.1:even")) && !keepAttention(listOf("6.3:off;blur:1,2,3,4")));
});

test("a click on a layer changes all its heads, whatever their present changes", () => {
  assert.equal(writtenActs(withLayer(listOf("6.3:even;5.0:off"), 6, "off", 4)), "5.0:off;6.*:off");
  assert.equal(writtenActs(withLayer(listOf("6.0+1+2+3:off"), 6, "off", 4)), "none");
});

test("the example of a change stays with the photographs that it was made for", () => {
  const acts = new Acts();
  acts.drawNow = () => {};
  const data = (/** @type {string} */ edits) =>
    /** @type {any} */ ({ defaults: { edits, target: null, limit: null }, orders: { session: "s", given: [] }, model: "m" });
  acts.adopt(data("8.3:off"));
  assert.equal(acts.wanted.edits, "8.3:off");
  acts.adopt(data("none"));
  assert.equal(acts.wanted.edits, "none", "the reader's own picture");
  acts.setList(listOf("6.3:off"));
  acts.adopt(data("8.3:off"));
  assert.equal(acts.wanted.edits, "6.3:off", "the reader's own change stays");
});

test("undo and redo walk through the lists, and a new change forgets what was undone", () => {
  const acts = new Acts();
  acts.redraw = () => {};
  acts.setList(listOf("6.3:off"));
  acts.setList(listOf("6.3:off;7.*:off"));
  acts.undo();
  assert.equal(acts.wanted.edits, "6.3:off");
  acts.redo();
  assert.equal(acts.wanted.edits, "6.3:off;7.*:off");
  acts.undo();
  acts.undo();
  acts.undo();
  assert.equal(acts.wanted.edits, "none");
  acts.setList(listOf("1.1:off"));
  acts.redo();
  assert.equal(acts.wanted.edits, "1.1:off");
});

const DEFAULTS = { edits: "8.3:off", target: null, limit: null };

/** @param {...Record<string, unknown>} given */
const orders = (...given) => ({ session: "s", given: given.map((order, at) => ({ number: at + 1, ...order })) });

/** @param {...Record<string, unknown>} given */
function dataOf(...given) {
  return { defaults: DEFAULTS, orders: orders(...given), model: "small" };
}

/** @param {...Record<string, unknown>} given */
function opened(...given) {
  const acts = new Acts();
  acts.adopt(dataOf(...given));
  return acts;
}

test("the list opens with the page's example or with the link's changes", () => {
  assert.deepEqual(opened().wanted, DEFAULTS);
  const linked = opened({ link: { edits: "6.03:off;9.1:t0.50", target: "7", limit: "0.125" } });
  assert.deepEqual(linked.wanted, { edits: "6.3:off;9.1:t0.5", target: 7, limit: 0.125 });
  assert.equal(linked.past.length, 0, "what the page opens with is not undone");
  assert.deepEqual(opened({ link: { target: "7" } }).wanted, { ...DEFAULTS, target: 7 });
});

test("unreadable parts of a link are named, and the list stays", () => {
  const acts = opened({ link: { edits: "8.3:explode", target: "-1", limit: "nan" } });
  assert.deepEqual([acts.wanted, acts.unread], [DEFAULTS, ["edits", "target", "limit"]]);
  acts.setList([]);
  assert.deepEqual(acts.unread, [], "said until the reader goes on");
});

test("orders are followed once, can be undone, and do not undo later actions of the reader", () => {
  const acts = opened();
  acts.setList([]);
  acts.adopt(dataOf({ settings: { edits: "5.*:off" } }));
  assert.equal(acts.wanted.edits, "5.*:off");
  acts.setList(listOf("6.1:off"));
  acts.adopt(dataOf({ settings: { edits: "5.*:off" } }));
  assert.equal(acts.wanted.edits, "6.1:off");
  acts.undo();
  acts.undo();
  assert.equal(acts.wanted.edits, "none");
});

test("a link from another page sets only the list of changes, whatever was here before", () => {
  const acts = opened();
  acts.set({ limit: 0.2 });
  acts.adopt(dataOf({ place: { edits: "6.3:off" } }));
  assert.deepEqual(acts.wanted, { edits: "6.3:off", target: null, limit: 0.2 });
  acts.adopt({ ...dataOf({ link: { edits: "7.1:off" } }), orders: { session: "later", given: [{ number: 1, link: { edits: "7.1:off" } }] } }); // prettier-ignore
  assert.deepEqual(acts.wanted, { edits: "7.1:off", target: null, limit: null });
});

test("a link contains what differs from the opening page, and can be read again", () => {
  const settings = { edits: "none", target: 3, limit: 0.5 };
  const link = linkOf(settings, DEFAULTS);
  assert.deepEqual(settingsOfLink(/** @type {Record<string, string>} */ (link)), { settings, unread: [] });
  assert.deepEqual(linkOf(DEFAULTS, DEFAULTS), { edits: null, target: null, limit: null });
});

test("heads switched off on another page join the changes of the same model, and never the page's example", () => {
  assert.deepEqual(new Acts().ownOf("small"), []);
  const acts = opened();
  assert.deepEqual(acts.ownOf("small"), []);
  acts.setList(listOf("6.3:off"));
  assert.equal(writtenActs(withHeadsOff(acts.ownOf("small"), 6, [3, 1], 4)), "6.1+3:off");
  assert.deepEqual(acts.ownOf("large"), []);
});

test("the swapped box is around the clicked patch, within the picture", () => {
  const size = { rows: 3, cols: 2 };
  const grid = { rows: 8, cols: 9 };
  assert.deepEqual(blockAround([5, 4], size, grid), { row: 4, col: 3, ...size });
  assert.deepEqual(blockAround([7, 0], size, grid), { row: 5, col: 0, ...size });
});

test("heads are ranked by the size of their effect regardless of its sign, and heads without an effect are left out", () => {
  const measure = { name: "target", title: "", values: [[0.1, -0.4], [null, 0.2]] }; // prettier-ignore
  assert.deepEqual(
    worthOf(measure, [[1, 2], []]).map(({ layer, head, contribution }) => [layer, head, contribution]), // prettier-ignore
    [[0, 1, 2], [1, 1, null], [0, 0, 1]], // prettier-ignore
  );
});

test("the number of heads that can go is counted until the limit is first exceeded", () => {
  assert.equal(howManyCanGo([0.01, 0.02, 0.2, 0.01], 0.1), 2);
  assert.equal(howManyCanGo([0.01, 0.02], 0.1), 2);
  assert.equal(howManyCanGo([NaN, 0.02], 0.1), 0);
});

test("the movement of a patch is exactly 0 if it did not change, otherwise 1 minus the cosine", () => {
  const [a, b] = [Float32Array.of(3, 4, 1, 0), Float32Array.of(3, 4, 0, 2)].map((each) => unitRows(each, 2));
  const moved = apart(a, b, 2, new Float32Array(2));
  assert.equal(moved[0], 0);
  assert.ok(Math.abs(moved[1] - 1) < 1e-6);
});

test("hidden keys get no weight, and the others get all of it", () => {
  const q = Float32Array.of(1, 2, 3, 1, 2, 3);
  const record = { q, k: q, numTokens: 3, headDim: 1, scale: 1, hidden: Uint8Array.of(0, 0, 0, 0, 1, 0) };
  const seen = attentionRow(record, 0, 1, 1, new Float32Array(3));
  const masked = attentionRow(record, 1, 1, 1, new Float32Array(3));
  assert.ok(seen[1] > 0);
  assert.equal(masked[1], 0);
  assert.ok(Math.abs(masked[0] - Math.exp(2) / (Math.exp(2) + Math.exp(6))) < 1e-6);
});

test("layers that are equal in two recordings are stored once", () => {
  const data = { recording: "changed", layers: Array.from({ length: 8 }, () => ({ recording: "left" })) };
  assert.deepEqual([7, 8].map((layer) => recordId(data, layer)), ["record:left/7", "record:changed/8"]); // prettier-ignore
});

test("only pictures whose patches coincide have moved patches", () => {
  const layer = { numHeads: 1, rows: 2, cols: 2 };
  const sides = /** @type {any} */ ([0, 1].map(() => ({ layers: [layer], grid: { rows: 2, cols: 2 } })));
  const settings = /** @type {any} */ ({ show: "moved", layers: [0, 0], asks: "match", kind: "features", within: "all" });
  const model = { kinds: ["features"], oneSpace: true };
  assert.equal(fitted(settings, sides, model).show, "similarity");
  const found = fitted(settings, sides, { ...model, matches: false, shows: ["attention", "moved"] });
  assert.deepEqual([found.show, found.asks], ["moved", "place"]);
});
