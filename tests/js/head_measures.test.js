import assert from "node:assert/strict";
import test from "node:test";
import { HeadMeasures } from "../../assets/view/head_measures.js";
import { missedBy } from "../../assets/view/missed.js";
import { DEFAULTS } from "../../assets/view/settings.js";
import { keep } from "../../assets/data/stored.js";

globalThis.dispatchEvent ??= () => true;
globalThis.CustomEvent ??= /** @type {any} */ (Event);

/** Return two layers of two heads over CLS and 1 × 3 patches. CLS is the query and attends evenly. */
function explored(recording = "a") {
  const layers = [0, 1].map(() => ({ numHeads: 2, prefix: ["CLS"], rows: 1, cols: 3 }));
  const heads = [0, 1].map(() => new Float32Array(4).fill(0.25));
  const exploration = /** @type {any} */ ({
    data: { recording, layers, inBrowser: true, allLayers: true, contributes: "stream", grid: { rows: 1, cols: 3 } },
    settings: { ...DEFAULTS, direction: "outgoing", temperature: 1 },
    box: null,
    ask: () => ({ token: 0 }),
    rowsOf: () => ({ heads }),
    has: () => true,
    redraw() {},
  });
  exploration.measures = new HeadMeasures(exploration);
  return exploration;
}

const STATISTICS = Float32Array.of(0.1, 0.2, 0.3, 0.4);

test("this query's numbers stay until all queries are measured", () => {
  const exploration = explored("measured later");
  const { measures } = exploration;
  exploration.settings.over = "picture";
  assert.deepEqual([measures.waits, measures.over], [true, "query"]);
  assert.deepEqual(
    measures.valuesOf("prefix_share").map((/** @type {number[]} */ heads) => [...heads]),
    [
      [0.25, 0.25],
      [0.25, 0.25],
    ],
  );
  const measured = { prefix_share: STATISTICS, entropy: STATISTICS, mean_distance: STATISTICS };
  keep({ id: "statistics:measured later", kind: "statistics", ...measured });
  measures.forget(true);
  assert.deepEqual([measures.waits, measures.over], [false, "picture"]);
  assert.deepEqual(measures.valuesOf("prefix_share")[1], Float32Array.of(0.3, 0.4).map(Math.fround));
});

test("the query's numbers cover the layers that have arrived, and those of all queries cover all layers", () => {
  const exploration = explored("half of it");
  const rows = exploration.rowsOf();
  exploration.rowsOf = (/** @type {number} */ layer) => (layer === 1 ? rows : null);
  assert.equal(exploration.measures.layersHere, 1);
  const measured = { prefix_share: STATISTICS, entropy: STATISTICS, mean_distance: STATISTICS };
  keep({ id: "statistics:half of it", kind: "statistics", ...measured });
  exploration.settings.over = "picture";
  assert.equal(exploration.measures.layersHere, 2);
});

test("the server is asked for the measures on screen, and first for the one that ranks", () => {
  const exploration = explored("asked of");
  const more = { source: {}, drawn: true, layer: 0, needs: new Map() };
  Object.assign(exploration.data, { picture: "p", measured: true });
  const record = { q: STATISTICS, k: STATISTICS, numHeads: 2, numTokens: 4, headDim: 1, scale: 1 };
  for (const layer of [0, 1]) keep({ id: `record:asked of/${layer}`, kind: "record", recording: "asked of", ...record });
  Object.assign(exploration, more);
  const asked = () => missedBy(exploration).map(({ id }) => id).filter((id) => /^(likeness|statistics|contributions):/.test(id)); // prettier-ignore
  assert.deepEqual(asked(), [], "nothing, before somebody looks");
  exploration.measures.look();
  assert.deepEqual(asked(), ["contributions:asked of"]);
  Object.assign(exploration.settings, { over: "picture", measure: "likeness", like: [1, 0] });
  assert.deepEqual(asked(), ["likeness:asked of/1.0", "statistics:asked of", "contributions:asked of"]);
  keep({ id: "likeness:asked of/1.0", kind: "likeness", values: STATISTICS });
  assert.deepEqual(asked(), ["statistics:asked of", "contributions:asked of"]);
  exploration.data.recording = "of which no layer has come";
  assert.deepEqual(asked(), [], "layers come first");
});

test("the norm of what heads write appears once it is measured", () => {
  const exploration = explored("written");
  assert.equal(exploration.measures.unwritten, true);
  keep({ id: "contributions:written", kind: "contributions", values: new Float32Array(16), means: STATISTICS });
  assert.equal(exploration.measures.unwritten, false);
  const unknown = explored("of a model whose blocks are not known");
  unknown.data.contributes = "";
  assert.equal(unknown.measures.unwritten, false, "nor can it be");
});
