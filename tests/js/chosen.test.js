import assert from "node:assert/strict";
import test from "node:test";
import { Chosen } from "../../assets/view/chosen.js";

/** @import { ExplorerData } from "../../assets/view/exploration.js" */

globalThis.requestAnimationFrame ??= () => 0;
globalThis.cancelAnimationFrame ??= () => {};

const DEFAULTS = {
  layer: 1,
  heads: null,
  pin: null,
  box: null,
  key: null,
  like: null,
  square: false,
  depth: "layer",
  query: "patch",
};
const COARSE = { rows: 8, cols: 12 };
const FINE = { rows: 16, cols: 24 };

/** @param {Record<string, unknown>} [more] @returns {ExplorerData} */
function dataOf(more = {}) {
  const layers = [0, 1, 2].map(() => ({ numHeads: 3, prefix: ["CLS"], ...COARSE }));
  return /** @type {any} */ ({ recording: "a", grid: COARSE, layers, defaults: DEFAULTS, ...more });
}

/** @param {...Record<string, unknown>} given */
const orders = (...given) => ({ session: "s", given: given.map((order, at) => ({ number: at + 1, ...order })) });

/** @param {Record<string, unknown>} [more] */
function chosen(more) {
  const made = new Chosen();
  made.adopt(dataOf(more));
  return made;
}

test("a view opens with the defaults and with the settings of the link", () => {
  assert.equal(chosen().settings.layer, 1);
  const linked = chosen({ orders: orders({ link: { layer: "2", pin: "3,4", scale: "evil" } }) });
  assert.deepEqual([linked.settings.layer, linked.settings.pin, linked.unread], [2, [3, 4], ["scale"]]);
  linked.set({ layer: 0 });
  assert.deepEqual(linked.unread, [], "said until the reader goes on");
});

test("orders are followed once and in order, and do not undo later actions of the reader", () => {
  const view = chosen({ orders: orders({ link: { layer: "2" } }) });
  view.set({ layer: 0 });
  view.adopt(dataOf({ orders: orders({ link: { layer: "2" } }) }));
  assert.equal(view.settings.layer, 0);
  view.adopt(dataOf({ orders: orders({ link: { layer: "2" } }, { settings: { heads: [1] } }, { settings: { pin: [1, 1] } }) }));
  assert.deepEqual([view.settings.layer, view.settings.heads, view.settings.pin], [0, [1], [1, 1]]);
  view.adopt(dataOf({ orders: { session: "s", given: [{ number: 4, reset: true }] } }));
  assert.deepEqual([view.settings.layer, view.settings.heads, view.settings.pin], [1, null, null]);
});

test("orders of another session are new orders", () => {
  const view = chosen({ orders: orders({ link: { layer: "2" } }, { settings: { heads: [1] } }) });
  view.adopt(dataOf({ orders: { session: "other", given: [{ number: 1, link: { layer: "0" } }] } }));
  assert.deepEqual([view.settings.layer, view.settings.heads], [0, null]);
});

test("a link without settings of the view leaves the view unchanged", () => {
  const view = chosen();
  view.set({ layer: 2 });
  view.adopt(dataOf({ orders: orders({ link: { layer: "x" } }) }));
  assert.deepEqual([view.settings.layer, view.unread], [2, ["layer"]]);
});

test("pin, key and box keep their positions in the picture on another grid", () => {
  const view = chosen();
  view.set({ pin: [2, 1], key: [3, 1], box: [1, 1, 2, 3] });
  view.adopt(dataOf({ grid: FINE }));
  assert.deepEqual(
    [view.wanted.pin, view.wanted.key, view.wanted.box],
    [
      [5, 3],
      [7, 3],
      [3, 3, 3, 5],
    ],
  );
  view.set({ pin: [15, 23], key: [0], box: null });
  view.adopt(dataOf());
  assert.deepEqual([view.wanted.pin, view.wanted.key], [[7, 11], [0]], "a token before the patches stays that");
  view.set({ pin: [99, 1], box: [9, 9, 1, 1] });
  view.adopt(dataOf({ grid: FINE }));
  assert.deepEqual([view.wanted.pin, view.wanted.box], [null, null], "what lay outside goes");
});

test("a link's pin refers to the requested grid, although another one is shown first", () => {
  const link = { orders: orders({ link: { pin: "5,3" } }), askedGrid: FINE };
  const view = chosen(link);
  assert.deepEqual(view.wanted.pin, [2, 1]);
  view.adopt(dataOf({ ...link, grid: FINE }));
  assert.deepEqual(view.wanted.pin, [5, 3]);
});

test("while another picture replaces the link's, its positions wait unless the reader selects others", () => {
  const link = { orders: orders({ link: { pin: "3,4", heads: "1", layer: "2" } }) };
  const view = chosen({ ...link, standsIn: true, grid: FINE });
  assert.deepEqual([view.settings.layer, view.settings.pin, view.settings.heads], [2, null, null]);
  assert.deepEqual(view.wanted.pin, [3, 4], "the link keeps them");
  view.set({ heads: [2] });
  assert.deepEqual(view.settings.heads, [2]);
  view.adopt(dataOf(link));
  assert.deepEqual([view.settings.pin, view.settings.heads], [[3, 4], null], "what was chosen on it goes with it");
});

test("another part of the picture releases settings that refer to its patches", () => {
  const view = chosen();
  view.set({ pin: [2, 1], box: [0, 0, 2, 2], heads: [1] });
  /** @type {unknown[]} */
  const heard = [];
  view.listeners.add((changes) => heard.push(changes));
  view.set({ square: true });
  assert.deepEqual([view.wanted.pin, view.wanted.box, view.wanted.heads], [null, null, [1]]);
  view.set({ pin: [1, 1] });
  view.set({ square: true });
  assert.deepEqual(view.wanted.pin, [1, 1], "it was cut so already");
  assert.deepEqual(heard[0], { square: true });
});
