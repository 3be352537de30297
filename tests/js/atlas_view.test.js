// The view of the page "Atlas": the settings of a link, which of them an atlas supports, and which data are missing.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";

import { AtlasChosen } from "../../assets/atlas/chosen.js";
import { DEFAULTS, fitted, linkOf, PARAMETERS, settingsOfLink, variesMost } from "../../assets/atlas/settings.js";
import { keep } from "../../assets/data/stored.js";

/** @import { AtlasData } from "../../assets/atlas/chosen.js" */
/** @import { Column } from "../../assets/atlas/grid.js" */

globalThis.dispatchEvent ??= () => true;
globalThis.CustomEvent ??= /** @type {any} */ (Event);

const MEASURES = ["entropy", "mean_distance", "prefix_share"].map((name) => ({
  name,
  title: name,
  unit: "",
  lacking: name === "prefix_share" ? "It is not measured." : "",
  uncompared: "",
}));
const SAID = { measure: "Mean distance", show: "Difference", order: "By value", head: "2.1", as: "table" };

/** @param {Partial<AtlasData>} [more] @returns {AtlasData} */
function dataOf(more = {}) {
  const texts = { title: "Mine", caption: "Mine · A model", beside: "", note: "" };
  const orders = { session: "s", given: [] };
  return { shown: "a", lease: "t", heads: [2, 2, 2], measures: MEASURES, orders, ...texts, ...more };
}

/** @param {Partial<AtlasData>} [more] */
function chosen(more) {
  const made = new AtlasChosen();
  made.adopt(dataOf(more));
  return made;
}

/** @param {Record<string, string>} link */
const entered = (link, number = 1) => ({ session: "s", given: [{ number, link }] });

/** @param {(number | null)[][]} values */
const varying = (values) => [/** @type {Column} */ (/** @type {unknown} */ ({ name: "deviation", values }))];

test("every word of a link is read and written again", () => {
  const settings = settingsOfLink(SAID);
  assert.deepEqual(settings, {
    measure: "mean_distance",
    show: "difference",
    order: "value",
    as: "table",
    head: { layer: 2, head: 1 },
  });
  assert.deepEqual(linkOf(settings, dataOf()), SAID);
  const nothing = Object.fromEntries(PARAMETERS.map((name) => [name, null]));
  assert.deepEqual(linkOf(DEFAULTS, dataOf()), nothing);
  assert.deepEqual(linkOf({ ...DEFAULTS, measure: "entropy" }, dataOf()), nothing, "the first measure needs no word");
});

test("a link may contain anything", () => {
  const words = fc.oneof(fc.constantFrom(...Object.values(SAID), "toString", "__proto__", "9999.1", "²", ""), fc.string());
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...PARAMETERS, "__proto__", "toString"), words), (link) => {
      const settings = fitted(settingsOfLink(link), dataOf());
      assert.ok(MEASURES.some(({ name }) => name === settings.measure));
      assert.ok(["mean", "deviation"].includes(settings.show), "nothing stands beside it");
      assert.ok(["layer", "value"].includes(settings.order) && ["grid", "table"].includes(settings.as));
      assert.ok(settings.head === null || (settings.head.layer < 3 && settings.head.head < 2));
    }),
  );
});

test("settings that an atlas does not support wait for an atlas that does", () => {
  const view = chosen({ orders: entered({ show: "Difference", head: "4.1" }) });
  assert.deepEqual([view.settings(dataOf()).show, view.settings(dataOf()).head], ["mean", null]);
  const deep = dataOf({ beside: "Other", heads: [2, 2, 2, 2, 2] });
  assert.deepEqual([view.settings(deep).show, view.settings(deep).head], ["difference", { layer: 4, head: 1 }]);
});

test("a link is followed once and does not undo later actions of the reader", () => {
  const view = chosen({ orders: entered({ order: "By value" }) });
  view.set({ as: "table" });
  view.adopt(dataOf({ orders: entered({ order: "By value" }) }));
  assert.deepEqual([view.wanted.order, view.wanted.as], ["value", "table"]);
  view.adopt(dataOf({ orders: entered({ head: "1.1" }, 2) }));
  assert.deepEqual(view.wanted, { ...DEFAULTS, head: { layer: 1, head: 1 } });
});

test("the head that varies most is shown until the reader selects one", () => {
  assert.deepEqual(variesMost(varying([[0.5, null], [2, 2], [1]])), { layer: 1, head: 0 });
  assert.deepEqual(variesMost(varying([[null, null]])), { layer: 0, head: 0 });
});

test("the grid is requested first, then the head, each under the id of what is shown", () => {
  const view = chosen({ shown: "missed" });
  const data = dataOf({ shown: "missed" });
  assert.deepEqual(
    view.missed().map(({ kind, body }) => ({ kind, body })),
    [{ kind: "atlas", body: { measure: "entropy" } }],
    "which head it is follows from the grid",
  );
  const columns = varying([[0], [0, 3]]);
  keep({ id: view.missed()[0].id, kind: "atlas", columns, pictures: 4 });
  const [cell, ...more] = view.missed();
  assert.deepEqual([cell.kind, cell.body, more], ["atlas-cell", { measure: "entropy", layer: 1, head: 1 }, []]);
  view.set({ head: { layer: 2, head: 0 }, measure: "mean_distance" });
  assert.deepEqual(
    view.missed().map(({ kind }) => kind),
    ["atlas", "atlas-cell"],
  );
  view.adopt({ ...data, shown: "others" });
  view.set({ measure: "entropy" });
  assert.equal(view.grid({ ...data, shown: "others" }), undefined, "other labels are other numbers");
  view.set({ measure: "prefix_share" });
  assert.deepEqual(view.missed(), [], "what the atlas lacks is not asked for");
});
