import assert from "node:assert/strict";
import test from "node:test";
import { Server } from "../../assets/data/source.js";
import { entryOf, opened } from "../../assets/data/tensors.js";

const ENTRY = { numHeads: 2, numTokens: 1, headDim: 2 };

/** Return a file as safetensors writes it: the length of its header, the header padded with spaces, and the numbers. */
function file() {
  const header = {
    __metadata__: { entry: JSON.stringify(ENTRY) },
    qStep: { dtype: "F32", shape: [4], data_offsets: [0, 16] },
    values: { dtype: "U16", shape: [2], data_offsets: [16, 20] },
    q: { dtype: "I16", shape: [4], data_offsets: [20, 28] },
    hidden: { dtype: "U8", shape: [2], data_offsets: [28, 30] },
  };
  const json = JSON.stringify(header);
  const head = new TextEncoder().encode(json.padEnd(Math.ceil(json.length / 8) * 8));
  const bytes = new Uint8Array(8 + head.length + 30);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(head.length), true);
  bytes.set(head, 8);
  const numbers = new DataView(bytes.buffer, 8 + head.length);
  [0.5, -2, 1, 0.25].forEach((value, at) => numbers.setFloat32(4 * at, value, true));
  [0x3c00, 0xc000].forEach((value, at) => numbers.setUint16(16 + 2 * at, value, true));
  [1, -32767, 300, 4].forEach((value, at) => numbers.setInt16(20 + 2 * at, value, true));
  [0, 1].forEach((value, at) => numbers.setUint8(28 + at, value));
  return bytes.buffer;
}

const WANTED = { id: "record:r/3", kind: "layer", body: {}, entry: { kind: "record", recording: "r" } };

test("the arrays of a file, by name and type", () => {
  const { entry, arrays } = opened(file());
  assert.deepEqual(entry, ENTRY);
  assert.deepEqual(arrays.qStep, Float32Array.of(0.5, -2, 1, 0.25));
  assert.deepEqual(arrays.q, Int16Array.of(1, -32767, 300, 4));
  assert.deepEqual(arrays.values, Uint16Array.of(0x3c00, 0xc000));
  assert.deepEqual(arrays.hidden, Uint8Array.of(0, 1));
});

test("the store gets numbers, and keys that equal the queries are stored once", () => {
  const entry = /** @type {any} */ (entryOf(WANTED, opened(file())));
  assert.deepEqual([entry.id, entry.kind, entry.recording, entry.headDim], ["record:r/3", "record", "r", 2]);
  assert.deepEqual(entry.q, Float32Array.of(0.5, 65534, 300, 1));
  assert.equal(entry.k, entry.q);
  assert.deepEqual(entry.values, Float32Array.of(1, -2));
  assert.deepEqual([entry.qStep, entry.kStep], [undefined, undefined]);
});

test("separate keys stay separate", () => {
  const answer = { entry: ENTRY, arrays: { q: Float32Array.of(1, 2), k: Float32Array.of(3, 4) } };
  const entry = /** @type {any} */ (entryOf(WANTED, answer));
  assert.deepEqual([...entry.q, ...entry.k], [1, 2, 3, 4]);
});

test("the server cannot change the id and kind of an entry, only its numbers", () => {
  const entry = /** @type {any} */ (
    entryOf({ ...WANTED, entry: { kind: "rows", token: 4 } }, { entry: { numTokens: 9 }, arrays: {} })
  );
  assert.deepEqual(entry, { id: "record:r/3", kind: "rows", token: 4, numTokens: 9 });
});

/** @type {[string, any][]} */ let asked = [];

/** @param {() => Promise<Response>} answer */
function serve(answer, baseURI = "https://regard.example/attention/your_image?layer=3") {
  asked = [];
  Object.assign(globalThis, {
    document: { baseURI },
    fetch: (/** @type {URL} */ address, /** @type {any} */ options) => {
      asked.push([String(address), options]);
      return answer();
    },
  });
}

test("data are requested beside the page, and the token is in a header and nowhere else", async () => {
  serve(async () => new Response(file()));
  const stop = new AbortController();
  const outcome = await new Server("secret").fetch({ kind: "rows", body: { layer: 3 } }, stop.signal);
  assert.deepEqual([outcome.state, /** @type {any} */ (outcome).entry], ["here", ENTRY]);
  const headers = { "content-type": "application/json", "regard-lease": "secret" };
  const [[address, { signal, ...options }]] = asked;
  assert.equal(address, "https://regard.example/attention/data/rows");
  assert.deepEqual(options, { method: "POST", headers, body: '{"layer":3}' });
  assert.equal(signal.aborted, false);
  stop.abort();
  assert.equal(signal.aborted, true, "who does not want it any more stops asking");
});

test("an answer that never begins is lost, and an answer that has begun may take its time", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const never = () => new Promise((_, fail) => asked[0][1].signal.addEventListener("abort", () => fail(new Error("aborted"))));
  serve(never);
  const lost = new Server("secret").fetch({ kind: "rows", body: {} });
  context.mock.timers.tick(60_000);
  assert.deepEqual(await lost, { state: "lost" });
  /** @type {ReadableStreamDefaultController | undefined} */ let sending;
  serve(async () => new Response(new ReadableStream({ start: (body) => void (sending = body) })));
  const coming = new Server("secret").fetch({ kind: "rows", body: {} });
  await new Promise(setImmediate);
  context.mock.timers.tick(600_000);
  sending?.enqueue(new Uint8Array(file()));
  sending?.close();
  assert.equal((await coming).state, "here");
});

for (const [status, outcome] of /** @type {[number, any][]} */ ([
  [202, { state: "working", says: "Layer 3.", share: 0.25 }],
  [400, { state: "failed", says: "Layer 3." }],
  [403, { state: "failed", says: "Layer 3." }],
  [404, { state: "failed", says: "Layer 3." }],
  [410, { state: "gone" }],
  [500, { state: "failed", says: "Layer 3." }],
  [502, { state: "lost" }],
  [503, { state: "lost" }],
  [504, { state: "lost" }],
]))
  test(`an answer of ${status} is ${outcome.state}`, async () => {
    serve(async () => Response.json({ says: "Layer 3.", share: 0.25, waits: false }, { status }));
    assert.deepEqual(await new Server("secret").fetch({ kind: "rows", body: {} }), outcome);
  });

for (const [why, answer] of /** @type {[string, () => Promise<Response>][]} */ ([
  ["the line is cut", () => Promise.reject(new TypeError("failed to fetch"))],
  [
    "the line is cut in the midst",
    async () => new Response(new ReadableStream({ start: (body) => body.error(new TypeError("network error")) })),
  ],
  ["half of a file comes", async () => new Response(file().slice(0, 300))],
  ["a page stands for all addresses", async () => new Response("<html>", { headers: { "content-type": "text/html" } })],
  ["a proxy fails with a page of its own", async () => new Response("<html>", { status: 500 })],
]))
  test(`the answer is lost where ${why}`, async () => {
    serve(answer);
    assert.deepEqual(await new Server("secret").fetch({ kind: "rows", body: {} }), { state: "lost" });
  });

test("a lease is renewed and released, whatever the answer", async () => {
  serve(() => Promise.reject(new TypeError("failed to fetch")), "http://localhost/");
  const server = new Server("secret");
  server.renew();
  server.leave();
  await null;
  assert.deepEqual(
    asked.map(([address, { method, headers, keepalive }]) => [address, method, headers["regard-lease"], keepalive]),
    [
      ["http://localhost/data/renew", "POST", "secret", undefined],
      ["http://localhost/data/leave", "POST", "secret", true],
    ],
  );
});
