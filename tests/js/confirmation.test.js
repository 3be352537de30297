// When a lesson asks Python to confirm its numbers, and which answers it accepts.
import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { Confirmation } from "../../assets/lesson/confirmation.js";

/** @typedef {{ body: any, answer: (answer: { status: number, entry?: object, says?: string } | null) => Promise<void> }} Asked */

/** Start a lesson that shows one number, and collect its requests. */
function begun() {
  mock.timers.enable({ apis: ["setTimeout"] });
  /** @type {Asked[]} */
  const asked = [];
  /** @type {Record<string, string>} */
  const said = {};
  Object.assign(globalThis, {
    document: { baseURI: "http://regard.example/" },
    fetch: (/** @type {URL} */ address, /** @type {{ body: string }} */ { body }) =>
      new Promise((resolve, reject) =>
        asked.push({
          body: { kind: address.pathname, ...JSON.parse(body) },
          async answer(given) {
            if (given) resolve({ status: given.status, arrayBuffer: async () => packed(given.entry), json: async () => given });
            else reject(new TypeError("the line is cut"));
            await settled();
          },
        }),
      ),
  });
  const view = {
    lesson: { name: "self_attention" },
    shown: { report: { x: 1 } },
    root: { dataset: /** @type {Record<string, string>} */ ({}) },
    say: (/** @type {string} */ key, /** @type {string} */ text) => (said[key] = text),
  };
  const confirmation = new Confirmation(/** @type {any} */ (view));
  return { asked, said, view, confirmation };
}

/** Return a file of safetensors without arrays. @param {object | undefined} entry */
function packed(entry) {
  const header = new TextEncoder().encode(JSON.stringify({ __metadata__: { entry: JSON.stringify(entry) } }));
  const file = new Uint8Array(8 + header.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(header, 8);
  return file.buffer;
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test.afterEach(() => mock.timers.reset());

test("numbers are checked once, after the reader has paused", async () => {
  const { asked, said, view, confirmation } = begun();
  confirmation.soon();
  mock.timers.tick(200);
  confirmation.soon();
  mock.timers.tick(200);
  assert.equal(asked.length, 0);
  mock.timers.tick(100);
  assert.deepEqual(asked[0].body, { kind: "/data/confirm", lesson: "self_attention", x: 1 });
  assert.equal(view.root.dataset.confirmed, "asked");
  await asked[0].answer({ status: 200, entry: { difference: 1e-12 } });
  assert.equal(view.root.dataset.confirmed, "true");
  assert.equal(said.confirmed, "");
  confirmation.soon();
  mock.timers.tick(300);
  assert.equal(asked.length, 1);
});

test("an answer about numbers that are no longer shown is ignored", async () => {
  const { asked, view, confirmation } = begun();
  confirmation.soon();
  mock.timers.tick(300);
  view.shown = { report: { x: 2 } };
  confirmation.soon();
  mock.timers.tick(300);
  await asked[0].answer({ status: 200, entry: { difference: 1 } });
  assert.equal(view.root.dataset.confirmed, "asked");
  await asked[1].answer({ status: 200, entry: { difference: 0 } });
  assert.equal(view.root.dataset.confirmed, "true");
});

test("a lost request is repeated, even if the same numbers are shown", async () => {
  const { asked, view, confirmation } = begun();
  confirmation.soon();
  mock.timers.tick(300);
  await asked[0].answer(null);
  mock.timers.tick(3000);
  await asked[1].answer({ status: 200, entry: { difference: 0.5 } });
  assert.equal(view.root.dataset.confirmed, "false");
});

test("different numbers, a different shape and a fault each give a sentence", async () => {
  for (const [answer, says] of /** @type {const} */ ([
    [{ status: 200, entry: { difference: 0.25 } }, /differ by up to 0\.25\./],
    [{ status: 200, entry: { difference: null } }, /have different shapes\./],
    [{ status: 500, says: "The confirm failed (fault 12345678)." }, /^The confirm failed/],
  ])) {
    const { asked, said, confirmation } = begun();
    confirmation.soon();
    mock.timers.tick(300);
    await asked[0].answer(answer);
    assert.match(said.confirmed, says);
    mock.timers.reset();
  }
});
