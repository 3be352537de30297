import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";
import * as kinds from "../../assets/data/wanted.js";
import { missedBy, missedLayers, missedNow } from "../../assets/view/missed.js";

const source = { fetch: () => Promise.resolve({ state: /** @type {const} */ ("lost") }) };
const LAYER = { name: "", numHeads: 2, prefix: ["CLS"], rows: 2, cols: 3 };

/** The page's data. @type {Map<string, object>} */ let shelf = new Map();

beforeEach(() => {
  shelf = new Map();
  Object.assign(globalThis, { regardStored: shelf });
});

/** Return an exploration of five layers. The third one is shown. @param {any} [more] @returns {any} */
function exploration({ data, settings, ...more } = {}) {
  return {
    data: {
      recording: "r",
      picture: "picture:p",
      inBrowser: true,
      allLayers: true,
      measured: true,
      layers: Array(5).fill(LAYER),
      ...data,
    },
    settings: {
      depth: "layer",
      pin: null,
      query: "patch",
      direction: "outgoing",
      fusion: "mean",
      discard: 0.5,
      measure: "entropy",
      ...settings,
    },
    measures: { asked: null, looked: false, besidePicture: false, like: null },
    layer: 2,
    drawn: true,
    follows: false,
    needs: new Map(),
    ask: () => ({ token: 4, direction: "outgoing", temperature: 1 }),
    source,
    ...more,
  };
}

/** @param {{ id: string, urgent?: boolean }[]} missed */
const said = (missed) => [...new Set(missed.map(({ id, urgent }) => `${id}${urgent ? "!" : ""}`))];

/** @param {string[]} ids */
const have = (...ids) => ids.forEach((id) => shelf.set(id, { id }));

/** @param {number} layer */
const rowId = (layer) => `rows:r/${layer}/4/outgoing/1`;

test("the order is: data for the screen, rows of the other layers, then all of these layers, the nearest first", () => {
  const rows = [1, 3, 0, 4].map(rowId);
  const others = ["record:r/2", "record:r/1", "record:r/3", "record:r/0", "record:r/4"];
  const now = ["picture:p!", `${rowId(2)}!`, "record:r/2!"];
  assert.deepEqual(said(missedBy(exploration())), [...now, rowId(2), ...rows, ...others]);
  have("picture:p", "record:r/2", "record:r/3", rowId(1));
  assert.deepEqual(said(missedBy(exploration())), [rowId(0), rowId(4), "record:r/1", "record:r/0", "record:r/4"]);
  assert.ok(missedBy(exploration()).every(({ from }) => from === source));
});

test("rows of other layers are not requested for a hovered patch, for columns, or without a server", () => {
  have("picture:p", "record:r/2");
  const others = ["record:r/1", "record:r/3", "record:r/0", "record:r/4"];
  const column = () => ({ token: 4, direction: "incoming", temperature: 1 });
  for (const more of [{ follows: true }, { settings: { direction: "incoming" }, ask: column }, { data: { served: false } }])
    assert.deepEqual(said(missedBy(exploration(more))), others);
});

test("other layers wait until there is a map, and if not all may be loaded nobody requests them", () => {
  assert.deepEqual(said(missedBy(exploration({ drawn: false }))), ["picture:p!", `${rowId(2)}!`, "record:r/2!"]);
  assert.deepEqual(said(missedLayers(exploration({ data: { allLayers: false } }))), []);
  assert.deepEqual(said(missedLayers(exploration({ data: { inBrowser: false } }))), []);
});

test("a selected token gets its exact row before the data of other figures", () => {
  const needs = new Map([
    [{}, kinds.matrixWanted({ recording: "r" }, 2, 1)],
    [{}, null],
  ]);
  const pinned = exploration({ settings: { pin: [0, 1] }, needs });
  assert.deepEqual(said(missedNow(pinned)), ["picture:p!", `${rowId(2)}!`, "record:r/2!", "matrix:r/2/1!"]);
  have("record:r/2");
  const prefix = exploration({ settings: { query: "prefix" } });
  assert.deepEqual(said(missedNow(prefix)), ["picture:p!", `${rowId(2)}!`]);
});

test("for a model that the browser cannot compute, only rows are requested", () => {
  have("picture:p");
  assert.deepEqual(said(missedBy(exploration({ data: { inBrowser: false } }))), ["rows:r/2/4/outgoing/1!"]);
});

test("a rollout replaces the layer", () => {
  have("picture:p");
  const rolled = exploration({ settings: { depth: "rollout" } });
  assert.deepEqual(said(missedNow(rolled)), ["rollout:r/4/mean/0.5!"]);
  assert.deepEqual(missedNow(rolled)[0].body, { token: 4, fusion: "mean", discard: 0.5, withoutOutliers: false });
});

test("measures of all heads come last, beginning with the one that ranks them", () => {
  const asked = { asked: "picture", looked: true, like: { layer: 1, head: 0 } };
  const about = { data: { contributes: "stream" }, measures: asked };
  assert.ok(
    said(missedBy(exploration(about))).every((id) => !id.startsWith("statistics")),
    "not before the layers",
  );
  have("picture:p", ...Array.from({ length: 5 }, (_, layer) => `record:r/${layer}`));
  assert.deepEqual(said(missedBy(exploration(about))), ["statistics:r", "likeness:r/1.0", "contributions:r"]);
  const alike = exploration({ ...about, settings: { measure: "likeness" } });
  assert.deepEqual(said(missedBy(alike)), ["likeness:r/1.0", "statistics:r", "contributions:r"]);
  assert.deepEqual(said(missedBy(exploration({ data: { contributes: "" }, measures: asked }))), [
    "statistics:r",
    "likeness:r/1.0",
  ]);
  assert.deepEqual(said(missedBy(exploration())), [], "nobody looks");
  const unseen = exploration({ ...about, settings: { measure: "contribution" }, measures: { ...asked, looked: false } });
  assert.deepEqual(said(missedBy(unseen)), [], "nobody looks, although the link says how heads are ranked");
  const ranked = exploration({ ...about, measures: { ...asked, looked: false, besidePicture: true } });
  assert.deepEqual(said(missedBy(ranked)), ["statistics:r", "likeness:r/1.0"]);
  assert.deepEqual(said(missedBy(exploration({ data: { measured: false }, measures: asked }))), []);
});

test("without a server nothing is missing", () => {
  assert.deepEqual(missedBy(exploration({ source: null })), []);
  assert.deepEqual(missedNow(exploration({ source: null })), []);
});

test("layers that belong to another recording are stored once", () => {
  const data = { recording: "edited", layers: [..."rrr"].map((recording) => ({ recording })) };
  assert.deepEqual([2, 3].map((layer) => kinds.recordId(data, layer)), ["record:r/2", "record:edited/3"]); // prettier-ignore
  assert.deepEqual(
    [2, 3].map((layer) => [kinds.layerWanted(data, layer).entry.recording, kinds.featuresWanted(data, layer, "q").id]),
    [
      ["r", "features:r/2/q"],
      ["edited", "features:edited/3/q"],
    ],
  );
});

test("a request with other settings is stored under another id", () => {
  const of = { recording: "r" };
  const row = { token: 4, direction: "outgoing", temperature: 1 };
  const how = { depth: "rollout", fusion: "mean", discard: 0.5 };
  const wanted = [
    kinds.pictureWanted("picture:p"),
    kinds.pictureWanted("picture:q"),
    kinds.movesWanted(of),
    kinds.movesWanted({ recording: "s" }),
    kinds.numbersWanted(of, "statistics"),
    kinds.numbersWanted(of, "contributions"),
    ...[1, 2].map((layer) => kinds.layerWanted(of, layer)),
    kinds.rowsWanted(of, 1, row),
    kinds.rowsWanted(of, 2, row),
    ...[{ token: 5 }, { direction: "incoming" }, { temperature: 2 }].map((other) =>
      kinds.rowsWanted(of, 1, { ...row, ...other }),
    ),
    kinds.throughWanted(of, how, 4),
    kinds.throughWanted(of, how, 4, true),
    kinds.throughWanted(of, how, 5),
    kinds.throughWanted(of, { ...how, fusion: "max" }, 4),
    kinds.throughWanted(of, { ...how, discard: 0 }, 4),
    ...[0.5, 1].flatMap((temperature) => [1, 2].map((layer) => kinds.matrixWanted(of, layer, temperature))),
    ...[-1, 0].flatMap((query) => [0, 1].map((head) => kinds.headWanted(of, { layer: 1, head, query }))),
    ...[0, 1].flatMap((layer) => [0, 1].map((head) => kinds.likenessWanted(of, { layer, head }))),
    ...["q", "k"].flatMap((kind) => [1, 2].map((layer) => kinds.featuresWanted(of, layer, kind))),
  ];
  assert.equal(new Set(wanted.map(({ id }) => id)).size, wanted.length);
});
