import assert from "node:assert/strict";
import test, { afterEach, beforeEach, mock } from "node:test";
import { Fetching } from "../../assets/data/fetching.js";
import { keep, stored } from "../../assets/data/stored.js";

/** @import { Missed } from "../../assets/data/fetching.js" */
/** @import { Outcome } from "../../assets/data/source.js" */

const HEARTBEAT_MS = 45_000;
const page = new EventTarget();
Object.assign(globalThis, {
  addEventListener: page.addEventListener.bind(page),
  removeEventListener: page.removeEventListener.bind(page),
  dispatchEvent: page.dispatchEvent.bind(page),
  document: Object.assign(new EventTarget(), { querySelector: () => null, documentElement: {} }),
  MutationObserver: class {
    observe() {}
  },
});

let now = 0;
/** @type {Fetching | undefined} */ let begun;
/** Missing data, the most urgent first. @type {Missed[]} */ let missed = [];
let gone = 0;

/** A server whose answers the test provides. */
class Line {
  /** @type {{ id: string, body: Record<string, unknown>, signal?: AbortSignal, answer: (outcome: Outcome) => void }[]} */ asked =
    [];
  renewed = 0;
  left = 0;

  /** @param {any} wanted @param {AbortSignal} [signal] @returns {Promise<Outcome>} */
  fetch({ id = "", body }, signal) {
    return new Promise((answer) => this.asked.push({ id, body, signal, answer }));
  }

  renew() {
    this.renewed += 1;
  }

  leave() {
    this.left += 1;
  }

  get ids() {
    return this.asked.map(({ id }) => id);
  }

  /** Answer the last request, or the one at this index. @param {Outcome} outcome */
  async answer(outcome, at = this.asked.length - 1) {
    this.asked[at].answer(outcome);
    await settled();
  }
}

/** @type {Line} */ let line;

/** Wait until all promises that can be settled are settled. */
async function settled() {
  for (let turn = 0; turn < 10; turn++) await null;
}

/** @param {number} ms */
async function pass(ms) {
  for (let passed = 0; passed < ms; passed += 10) {
    now += 10;
    mock.timers.tick(10);
    await settled();
  }
}

/** @type {Outcome} */ const HERE = { state: "here", entry: { dim: 1 }, arrays: {} };
/** @param {number} share @returns {Outcome} */
const working = (share) => ({ state: "working", says: `Step ${10 * share} of 10.`, share });

/** @param {string} id @param {Partial<Missed>} [more] @returns {Missed} */
const want = (id, more) => ({ id, kind: "features", body: { id }, entry: { kind: "features" }, from: line, ...more });

/** Begin with these missing data, and let the first be requested. @param {...Missed} first */
async function begin(...first) {
  missed = first;
  begun = new Fetching(() => missed, { sources: () => missed.map(({ from }) => from), onGone: () => (gone += 1) });
  begun.soon();
  await pass(20);
  return begun;
}

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  mock.method(performance, "now", () => now);
  Object.assign(globalThis, { regardStored: new Map(), regardWatched: undefined });
  [now, gone, line] = [0, 0, new Line()];
});

afterEach(() => {
  begun?.close();
  begun = undefined;
  mock.reset();
  mock.timers.reset();
});

test("the most urgent piece comes first, and one piece at a time", async () => {
  await begin(want("a"), want("b"), want("c"));
  await pass(5000);
  assert.deepEqual(line.ids, ["a"]);
  await line.answer(HERE);
  missed = [want("c"), want("b"), want("a")]; // the reader has gone to another layer
  await pass(20);
  assert.deepEqual(line.ids, ["a", "c"]);
  await line.answer(HERE);
  await pass(20);
  await line.answer(HERE);
  await pass(5000);
  assert.deepEqual(line.ids, ["a", "c", "b"]);
  assert.equal(stored("features", "c")?.dim, 1);
});

test("data that are present are not requested", async () => {
  keep(
    /** @type {any} */ ({ id: "a", kind: "features", recording: "r", values: new Float32Array(), dim: 1, rows: 1, cols: 1 }),
  );
  await begin(want("a", { urgent: true }), want("b"));
  assert.deepEqual(line.ids, ["b"]);
});

test("an urgent request runs beside one that is not urgent, and nothing runs beside these two", async () => {
  const fetching = await begin(want("later"), want("much later"));
  missed = [want("now", { urgent: true }), ...missed];
  fetching.draw();
  await pass(20);
  assert.deepEqual(line.ids, ["later", "now"]);
  missed = [want("sooner", { urgent: true }), ...missed];
  fetching.draw();
  await pass(500);
  assert.deepEqual(line.ids, ["later", "now"]);
  await line.answer(HERE, 0);
  await pass(20);
  assert.deepEqual(line.ids, ["later", "now", "sooner"]);
});

test("many draws cause one request", async () => {
  const fetching = await begin();
  missed = [want("a")];
  for (let draw = 0; draw < 50; draw++) fetching.draw();
  await pass(100);
  assert.deepEqual(line.ids, ["a"]);
});

test("unfinished work is requested again, and the reader sees its progress", async () => {
  const fetching = await begin(want("a"), want("b"));
  /** @type {any[]} */ const told = [];
  fetching.onNews = () => told.push(fetching.news);
  for (const share of [0.1, 0.2, 0.3]) {
    await line.answer(working(share));
    assert.deepEqual(fetching.news, { kind: "working", says: `Step ${10 * share} of 10.`, share, id: "a" });
    await pass(90);
    const before = line.asked.length;
    await pass(20);
    assert.equal(line.asked.length, before + 1);
  }
  assert.deepEqual(new Set(line.ids), new Set(["a"]));
  await line.answer(HERE);
  assert.equal(fetching.news, null);
  assert.equal(told.length, 4);
  await pass(20);
  assert.equal(line.ids.at(-1), "b");
});

test("failed data are requested again if the reader wants them, and other data come meanwhile", async () => {
  const fetching = await begin(want("a"), want("b"));
  await line.answer({ state: "failed", says: "The map failed (fault 1234)." });
  assert.deepEqual(fetching.news, { kind: "failed", says: "The map failed (fault 1234).", id: "a" });
  await pass(20);
  assert.deepEqual(line.ids, ["a", "b"]);
  await line.answer(HERE);
  await pass(120_000);
  assert.deepEqual(line.ids, ["a", "b"]);
  assert.equal(fetching.news?.kind, "failed", "the sentence stays");
  fetching.again();
  assert.equal(fetching.news, null);
  await pass(20);
  assert.deepEqual(line.ids, ["a", "b", "a"]);
});

test("no news is shown about data that nobody needs any more, and they can be requested later", async () => {
  const fetching = await begin(want("a"));
  await line.answer({ state: "failed", says: "No." });
  await pass(100);
  missed = [];
  fetching.draw();
  await pass(100);
  assert.equal(fetching.news, null);
  missed = [want("a")];
  fetching.draw();
  await pass(100);
  assert.deepEqual(line.ids, ["a", "a"]);
});

test("a broken line is retried with growing pauses, and the reader sees this from the second time on", async () => {
  const fetching = await begin(want("a"));
  for (const [at, pause] of [500, 1000, 2000, 5000, 5000].entries()) {
    await line.answer({ state: "lost" });
    assert.equal(fetching.news?.kind, at ? "lost" : undefined);
    await pass(pause - 20);
    assert.equal(line.asked.length, at + 1, `pause ${at}`);
    await pass(40);
    assert.equal(line.asked.length, at + 2, `pause ${at}`);
  }
  await line.answer(working(0.5));
  assert.equal(fetching.news?.kind, "working");
  await pass(120);
  await line.answer({ state: "lost" });
  await pass(480);
  const before = line.asked.length;
  await pass(40);
  assert.equal(line.asked.length, before + 1, "the pauses begin anew");
});

test("a busy server is asked again after a while, and meanwhile for everything else", async () => {
  const fetching = await begin(want("refined", { urgent: true }), want("layer"));
  await line.answer({ state: "busy" });
  await pass(100);
  assert.deepEqual(line.ids, ["refined", "layer"]);
  assert.equal(fetching.news, null, "nobody waits for what only refines");
  await line.answer(HERE);
  missed = missed.filter(({ id }) => id !== "layer");
  await pass(4800);
  assert.equal(line.asked.length, 2);
  await pass(300);
  assert.deepEqual(line.ids, ["refined", "layer", "refined"]);
});

test("a new lease is requested once the script for the reader's press has run", async () => {
  const watched = { pressed: now, seen: -1, left: -Infinity, shown: null };
  Object.assign(globalThis, { regardWatched: watched });
  await begin(want("a"));
  await line.answer({ state: "gone" });
  await pass(3000);
  assert.equal(gone, 0);
  watched.seen = now;
  await pass(400);
  assert.equal(gone, 0, "another may begin");
  await pass(300);
  assert.equal(gone, 1);
});

test("a new lease is requested, and the ended one is tried again every three seconds until it arrives", async () => {
  const fetching = await begin(want("a"), want("b"));
  await line.answer({ state: "gone" });
  assert.equal(gone, 1);
  for (let draw = 0; draw < 29; draw++) {
    fetching.draw();
    await pass(100);
  }
  assert.equal(gone, 1);
  await pass(3000);
  assert.deepEqual(line.ids, ["a", "a"]);
  await line.answer({ state: "gone" });
  assert.equal(gone, 2);
  const old = line;
  line = new Line();
  missed = [want("a"), want("b")];
  fetching.draw();
  await pass(20);
  assert.deepEqual(line.ids, ["a"]);
  await line.answer(HERE);
  await pass(10_000);
  assert.deepEqual([line.ids, old.ids, gone], [["a", "b"], ["a", "a"], 2]);
});

test("if the reader wants nothing of an ended lease, no other lease is requested", async () => {
  const fetching = await begin(want("a"));
  await line.answer({ state: "gone" });
  missed = [];
  fetching.draw();
  await pass(10_000);
  assert.equal(gone, 1);
});

test("cancelled work is left, and comes if the reader starts it again", async () => {
  const fetching = await begin(want("a"), want("b"));
  await line.answer(working(0.1));
  await pass(120);
  const under = line.asked[1];
  fetching.cancel();
  assert.equal(under.signal?.aborted, true);
  assert.deepEqual(line.asked[2].body, { id: "a", cancel: true });
  assert.deepEqual(fetching.news, { kind: "cancelled", says: "Cancelled.", id: "a" });
  await line.answer(HERE, 1); // which is too late
  assert.equal(stored("features", "a"), undefined);
  await pass(20);
  assert.deepEqual(line.ids.at(-1), "b");
  await line.answer(HERE);
  await pass(10_000);
  assert.equal(fetching.news?.kind, "cancelled");
  fetching.again();
  await pass(20);
  assert.deepEqual([line.ids.at(-1), line.asked.at(-1)?.body], ["a", { id: "a" }]);
});

test("work that is cancelled between two requests is not requested again", async () => {
  const fetching = await begin(want("a"));
  await line.answer(working(0.1));
  fetching.cancel();
  await pass(10_000);
  assert.deepEqual(line.asked.map(({ body }) => body.cancel), [undefined, true]); // prettier-ignore
});

test("a replaced request is aborted and delays nothing", async () => {
  const fetching = await begin(want("a", { urgent: true }), want("b", { urgent: true }));
  missed = [want("c", { urgent: true })];
  fetching.drop("a");
  fetching.drop("of nobody");
  fetching.soon();
  await pass(20);
  assert.deepEqual([line.ids, line.asked[0].signal?.aborted], [["a", "c"], true]);
  await line.answer(HERE, 0);
  assert.equal(stored("features", "a"), undefined);
});

test("after the page is closed nothing is requested", async () => {
  const fetching = await begin(want("a"));
  fetching.close();
  assert.equal(line.asked[0].signal?.aborted, true);
  await line.answer(HERE);
  page.dispatchEvent(new Event("pagehide"));
  await pass(2 * HEARTBEAT_MS);
  assert.deepEqual([line.ids, line.renewed, line.left], [["a"], 0, 0]);
  assert.equal(stored("features", "a"), undefined);
});

test("leases are renewed while the page is open, and released when it closes", async () => {
  await begin(want("a"), want("b"));
  await pass(2 * HEARTBEAT_MS + 100);
  assert.equal(line.renewed, 2, "once for all that comes from there");
  assert.equal(line.left, 0);
  page.dispatchEvent(new Event("pagehide"));
  assert.equal(line.left, 1);
});

test("rows that nobody waits for are requested four at a time, beside one large piece", async () => {
  const rows = [..."abcdef"].map((id) => want(id, { kind: "rows" }));
  await begin(...rows, want("layer", { kind: "layer" }), want("next", { kind: "layer" }));
  assert.deepEqual(line.ids, ["a", "b", "c", "d", "layer"]);
  missed = [want("e", { kind: "rows", urgent: true }), ...missed];
  await line.answer(HERE, 0);
  await pass(20);
  assert.deepEqual(line.ids.slice(5), ["e"]);
  await line.answer(HERE);
  missed = [want("chosen", { kind: "layer", urgent: true }), ...missed];
  await pass(20);
  assert.deepEqual(line.ids.slice(6), ["chosen"], "rows on their way hold up nothing that is waited for");
});
