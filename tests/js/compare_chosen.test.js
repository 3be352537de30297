import assert from "node:assert/strict";
import test from "node:test";
import { ChosenComparison } from "../../assets/compare/chosen.js";
import { DEFAULTS as OPENING } from "./comparison_settings.js";

/** @import { CompareData } from "../../assets/compare/comparison.js" */
/** @import { Settings } from "../../assets/compare/settings.js" */

globalThis.requestAnimationFrame ??= () => 0;
globalThis.cancelAnimationFrame ??= () => {};

/** @type {Settings} */
const DEFAULTS = { ...OPENING, layers: [2, 2] };
const COARSE = { rows: 8, cols: 12 };
const FINE = { rows: 16, cols: 24 };

/** @param {string} picture @param {object} [more] */
const side = (picture, more) => ({ picture, recording: picture, grid: COARSE, layers: [{}, {}, {}, {}], ...more });

/** @param {object} [more] @returns {CompareData} */
const dataOf = (more) =>
  /** @type {any} */ ({
    sides: [side("a"), side("b")],
    defaults: DEFAULTS,
    kinds: ["features", "q"],
    oneSpace: true,
    ...more,
  });

/** @param {...Record<string, unknown>} given */
const orders = (...given) => ({ session: "s", given: given.map((order, at) => ({ number: at + 1, ...order })) });

/** @param {ChosenComparison} view @param {object} [more] */
function give(view, more) {
  const isLed = view.follow(dataOf(more));
  view.fit();
  return isLed;
}

/** @param {object} [more] */
function chosen(more) {
  const view = new ChosenComparison();
  give(view, more);
  return view;
}

const PIN = { side: 1, row: 3, col: 4 };
const BOX = { side: 0, row: 1, col: 1, rows: 2, cols: 3 };

test("a view opens with the defaults and with the settings of the link", () => {
  assert.deepEqual(chosen().settings, DEFAULTS);
  const linked = chosen({ orders: orders({ link: { layers: "1,0", pin: "right,3,4", scale: "evil" } }) });
  assert.deepEqual([linked.settings.layers, linked.settings.pin, linked.unread], [[1, 0], PIN, ["scale"]]);
  linked.set({ lines: 20 });
  assert.deepEqual(linked.unread, [], "said until the reader goes on");
});

test("orders are followed once, and do not undo later actions of the reader", () => {
  const link = { orders: orders({ link: { layers: "1,0" } }) };
  const view = chosen(link);
  view.set({ layers: [3, 3] });
  assert.equal(give(view, link), false);
  assert.deepEqual(view.settings.layers, [3, 3]);
  const led = { orders: orders({ link: { layers: "1,0" } }, { settings: { heads: [1], show: "attention" } }) };
  assert.equal(give(view, led), true, "heads were chosen elsewhere");
  assert.deepEqual([view.settings.heads, view.settings.show], [[1], "attention"]);
  give(view, { orders: { session: "s", given: [{ number: 3, reset: true }] } });
  assert.deepEqual(view.wanted, DEFAULTS);
  give(view, { orders: { session: "another", given: [{ number: 1, settings: { lines: 7 } }] } });
  assert.equal(view.settings.lines, 7);
});

test("pin and box keep their positions on their pictures on another grid", () => {
  const view = chosen();
  view.set({ pin: PIN, box: BOX });
  give(view, { sides: [side("a", { grid: FINE }), side("b")] });
  assert.deepEqual(view.wanted.pin, PIN, "the right one is cut as before");
  assert.deepEqual(view.wanted.box, { side: 0, row: 3, col: 3, rows: 3, cols: 5 });
  give(view, { sides: [side("a", { grid: FINE }), side("b", { grid: FINE })] });
  assert.deepEqual(view.wanted.pin, { side: 1, row: 7, col: 9 });
  view.set({ pin: { side: 1, row: 99, col: 1 } });
  give(view);
  assert.equal(view.wanted.pin, null, "what lay outside goes");
});

test("a link's pin refers to the requested grid, although another one is shown first", () => {
  const link = { orders: orders({ link: { pin: "left,5,3" } }) };
  const view = chosen({ ...link, sides: [side("a", { askedGrid: FINE }), side("b")] });
  assert.deepEqual(view.wanted.pin, { side: 0, row: 2, col: 1 });
  give(view, { ...link, sides: [side("a", { grid: FINE, askedGrid: FINE }), side("b")] });
  assert.deepEqual(view.wanted.pin, { side: 0, row: 5, col: 3 });
});

test("another picture releases the settings of the previous one", () => {
  const view = chosen();
  view.set({ pin: PIN, box: BOX, heads: [1], within: "box", lines: 20, layers: [1, 1] });
  give(view, { sides: [side("c"), side("b")] });
  const { pin, box, heads, within, lines, layers } = view.wanted;
  assert.deepEqual([pin, box, heads, within, lines, layers], [null, null, null, "all", 20, [1, 1]]);
});

test("the changed side is not another picture, even if patches of it are blurred", () => {
  const view = chosen({ changed: true });
  view.set({ pin: PIN });
  give(view, { changed: true, sides: [side("a"), side("a|blur:1,1,2,2")] });
  assert.deepEqual(view.wanted.pin, PIN);
  give(view, { changed: true, sides: [side("c"), side("c")] });
  assert.equal(view.wanted.pin, null);
});

test("left and right exchange all their settings", () => {
  const view = chosen();
  view.set({ pin: PIN, box: BOX, heads: [1], layers: [1, 3] });
  give(view, { orders: orders({ mirror: true }), sides: [side("b"), side("a")] });
  const { pin, box, heads, layers } = view.wanted;
  assert.deepEqual([pin?.side, box?.side, heads, layers], [0, 1, [1], [3, 1]], "no picture is another one");
  give(view, { orders: orders({ mirror: true }, { mirror: true }, { mirror: true }), sides: [side("b"), side("a")] });
  assert.deepEqual([view.wanted.pin, view.wanted.layers], [{ ...PIN, side: 0 }, [3, 1]], "pressed twice");
});

test("while other pictures replace the link's, its positions wait unless the reader selects others", () => {
  const link = { orders: orders({ link: { pin: "right,3,4", heads: "1", within: "foreground", layers: "1,1" } }) };
  const view = chosen({ ...link, standsIn: true, sides: [side("x", { grid: FINE }), side("y")] });
  const { pin, heads, within, layers } = view.settings;
  assert.deepEqual([pin, heads, within, layers], [null, null, "all", [1, 1]]);
  assert.deepEqual(view.wanted.pin, PIN, "the link keeps them");
  view.set({ heads: [2] });
  assert.deepEqual(view.settings.heads, [2]);
  give(view, link);
  assert.deepEqual([view.settings.pin, view.settings.heads], [PIN, null], "what was chosen on it goes with it");
  assert.equal(view.settings.within, "foreground");
});

test("a position from another page applies to the next pictures, and the other settings stay", () => {
  const view = chosen();
  view.set({ pin: PIN, box: BOX, opacity: 0.3 });
  give(view, { orders: orders({ place: { pin: "left,2,2", layers: "1,1" } }), sides: [side("c"), side("d")] });
  const { pin, box, opacity, layers } = view.wanted;
  assert.deepEqual([pin, box, opacity, layers], [{ side: 0, row: 2, col: 2 }, null, 0.3, [1, 1]]);
});
