import assert from "node:assert/strict";
import test from "node:test";
import { opened, servedLayer } from "../../assets/store/served_layers.js";

/** As safetensors writes it: the length of its header, the header filled up with spaces, the numbers. */
function file() {
  const header = {
    __metadata__: { entry: JSON.stringify({ id: "record:r/3", numHeads: 2 }) },
    qStep: { dtype: "F32", shape: [2], data_offsets: [0, 8] },
    q: { dtype: "I16", shape: [3], data_offsets: [8, 14] },
    hidden: { dtype: "U8", shape: [2], data_offsets: [14, 16] },
  };
  const json = JSON.stringify(header);
  const head = new TextEncoder().encode(json.padEnd(Math.ceil(json.length / 8) * 8));
  const bytes = new Uint8Array(8 + head.length + 16);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(head.length), true);
  bytes.set(head, 8);
  const numbers = new DataView(bytes.buffer, 8 + head.length);
  [0.5, -2].forEach((value, at) => numbers.setFloat32(4 * at, value, true));
  [1, -32767, 300].forEach((value, at) => numbers.setInt16(8 + 2 * at, value, true));
  [0, 1].forEach((value, at) => numbers.setUint8(14 + at, value));
  return bytes.buffer;
}

test("the arrays of a file, by name and type", () => {
  const { meta, arrays } = opened(file());
  assert.deepEqual(meta, { id: "record:r/3", numHeads: 2 });
  assert.deepEqual(arrays.qStep, Float32Array.of(0.5, -2));
  assert.deepEqual(arrays.q, Int16Array.of(1, -32767, 300));
  assert.deepEqual(arrays.hidden, Uint8Array.of(0, 1));
});

test("a layer is asked for by its address and, in a header, its recording", async () => {
  /** @type {[string, any][]} */
  const asked = [];
  const type = { "content-type": "application/octet-stream" };
  globalThis.fetch = async (address, options) => {
    asked.push([String(address), options?.headers]);
    return new Response(file(), { headers: type });
  };
  assert.equal((await servedLayer("/base/layers", "é/3", 7))?.meta.id, "record:r/3");
  assert.deepEqual(asked, [["/base/layers/7", { "regard-recording": "%C3%A9%2F3" }]]);
});

for (const [why, answer] of /** @type {[string, () => Promise<Response>][]} */ ([
  ["it is gone", async () => new Response("", { status: 404 })],
  ["a page stands for all addresses", async () => new Response("<html>", { headers: { "content-type": "text/html" } })],
  [
    "the line is cut in the midst",
    async () =>
      new Response(new ReadableStream({ start: (body) => body.error(new TypeError("network error")) }), {
        headers: { "content-type": "application/octet-stream" },
      }),
  ],
  ["the line is cut", () => Promise.reject(new TypeError("failed to fetch"))],
]))
  test(`nothing where ${why}`, async () => {
    globalThis.fetch = answer;
    assert.equal(await servedLayer("/layers", "r", 1), null);
  });
