import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { settingsOfLink } from "../../assets/view/link_reading.js";
import { DEFAULTS, WORDS, linkOf } from "../../assets/view/settings.js";

/** @import { Settings } from "../../assets/view/settings.js" */

const whole = (/** @type {number} */ most, least = 0) => fc.integer({ min: least, max: most });
const steps = (/** @type {number} */ most, /** @type {number} */ of, least = 0) => whole(most, least).map((at) => at / of);
const wordsOf = Object.fromEntries(
  Object.entries(WORDS).map(([name, table]) => [name, fc.constantFrom(...Object.keys(table))]),
);
const SETTINGS = fc.record({
  ...wordsOf,
  layer: whole(40),
  heads: fc.option(fc.uniqueArray(whole(15), { minLength: 1 }).map((heads) => heads.sort((a, b) => a - b))),
  discard: steps(19, 20),
  temperature: steps(40, 10, 1),
  opacity: steps(20, 20),
  ...Object.fromEntries(["grid", "square", "rising", "ordered", "coloured"].map((name) => [name, fc.boolean()])),
  pin: fc.option(fc.tuple(whole(127), whole(127))),
  box: fc.option(fc.tuple(whole(127), whole(127), whole(127, 1), whole(127, 1))),
  like: fc.option(fc.tuple(whole(40), whole(15))),
  key: fc.option(fc.oneof(fc.tuple(whole(4)), fc.tuple(whole(127), whole(127)))),
});

test("reading a link inverts writing it", () => {
  fc.assert(
    fc.property(SETTINGS, (some) => {
      const settings = /** @type {Settings} */ (/** @type {unknown} */ ({ ...some }));
      const said = linkOf(settings, DEFAULTS, "CLS");
      const link = Object.fromEntries(Object.entries(said).filter(([, text]) => text !== null));
      const read = settingsOfLink(/** @type {Record<string, string>} */ (link));
      assert.deepEqual({ ...DEFAULTS, ...read.settings }, settings);
      assert.deepEqual(read.unread, []);
    }),
  );
});

/** @type {[Record<string, string>, Partial<Record<keyof Settings, unknown>>, string[]][]} */
const LINKS = [
  [{}, {}, []],
  [{ layer: "" }, {}, []],
  [{ combine: "One at a time", head: "2", heads: "1,2" }, { heads: [2] }, []],
  [{ combine: "One at a time", heads: "4,5" }, { heads: [4] }, []],
  [{ combine: "One at a time" }, { heads: [0] }, []],
  [{ query: "CLS", direction: "Looked at by" }, { query: "prefix", direction: "incoming" }, []],
  [{ query: "Hovered patch", depth: "One layer" }, { query: "patch", depth: "layer" }, []],
  [{ query: "Pinned patch", grid: "True", square: "false" }, { query: "patch", grid: true, square: false }, []],
  [
    { opacity: "NaN", temperature: "1e999", layer: "-3", pin: "1,2,3", scale: "evil", grid: "maybe" },
    {},
    ["layer", "temperature", "opacity", "scale", "grid", "pin"],
  ],
  [
    { box: "1,2,0,4", like: "9.3", from: "Mars", measure: "Beauty", over: "", rising: "yes" },
    {},
    ["box", "from", "measure", "rising", "like"],
  ],
  [{ box: "1,2,3,4", from: "CLS", like: "9,3" }, { box: [1, 2, 3, 4], from: "prefix", like: [9, 3] }, []],
  [{ key: "9,12", against: "Mean key", moves: "MLP" }, { key: [9, 12], against: "mean", moves: "mlp" }, []],
  [{ key: "0", against: "mean", moves: "<b>" }, { key: [0] }, ["against", "moves"]],
  [{ key: "1,2,3" }, {}, ["key"]],
  [{ key: "-1" }, {}, ["key"]],
  [{ key: "CLS" }, {}, ["key"]],
  [{ heads: "x,2,,2,1" }, { heads: [1, 2] }, []],
  [{ layer: "7777", heads: "x,𝟗", pin: "9999,1", discard: "0.99" }, {}, ["layer", "heads", "discard", "pin"]],
  [{ nobody: "1", discard: " " }, {}, ["discard"]],
];

for (const [link, settings, unread] of LINKS)
  test(`links of before and bad ones: ${JSON.stringify(link)}`, () => {
    assert.deepEqual(settingsOfLink(link), { settings, unread });
  });
