import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { PARAMETERS, linkOf, settingsOfLink } from "../../assets/compare/settings.js";

const LINK = {
  show: "both",
  layers: "10,3",
  locked: "false",
  kind: "q",
  clean: "mean",
  asks: "place",
  pin: "left,3,4",
  box: "right,3,4,5,6",
  lines: "40",
  mutual: "false",
  ratio: "0.9",
  within: "segment-2",
  component: "3",
  foreground: "above",
  k: "7",
  difference: "true",
  heads: "0,2",
  combine: "max",
  opacity: "0.5",
  scale: "linear",
  scales: "own",
  map: "viridis",
};
const SAID = {
  show: "both",
  layers: [10, 3],
  locked: false,
  kind: "q",
  clean: "mean",
  asks: "place",
  pin: { side: 0, row: 3, col: 4 },
  box: { side: 1, row: 3, col: 4, rows: 5, cols: 6 },
  lines: 40,
  mutual: false,
  ratio: 0.9,
  within: "segment-2",
  component: "3",
  foreground: "above",
  k: 7,
  difference: true,
  heads: [0, 2],
  combine: "max",
  opacity: 0.5,
  scale: "linear",
  scales: "own",
  map: "viridis",
};

test("a link contains every setting, and writing inverts reading", () => {
  assert.deepEqual(settingsOfLink(LINK), { settings: SAID, unread: [] });
  assert.deepEqual(Object.keys(LINK).sort(), PARAMETERS.toSorted());
  const defaults = /** @type {any} */ ({ layers: [11, 11] });
  assert.deepEqual(linkOf(/** @type {any} */ (SAID), defaults), LINK);
});

test("an unknown value is named and left out", () => {
  const wrong = {
    show: ["nothing", "PCA"],
    layers: ["3", "1,2,3", "-1,2", "1,1000", "a,b", ","],
    locked: ["1", "constructor"],
    kind: ["z"],
    pin: ["x", "1", "left", "left,1", "up,1,2", "left,1,2,3", "left,-1,2", "leftover,1,2"],
    box: ["left,1,1,0,2", "1,2,3", "right,1,2,3,"],
    lines: ["201", "-1", "3.5", ""],
    ratio: ["1.5", "-0.1", "nan", " "],
    within: ["segment-12", "segment-", "boxes"],
    component: ["9", "0"],
    k: ["1", "13"],
    heads: ["", "x", "-1"],
    map: ["jet"],
  };
  for (const [name, texts] of Object.entries(wrong))
    for (const text of texts)
      assert.deepEqual(settingsOfLink({ [name]: text }), { settings: {}, unread: text ? [name] : [] }, `${name}=${text}`);
});

test("a pin without a side is on the left, as in older links, and heads are sorted without invalid ones", () => {
  assert.deepEqual(settingsOfLink({ pin: "3,4", heads: "2,x,0,2" }).settings, {
    pin: { side: 0, row: 3, col: 4 },
    heads: [0, 2],
  });
});

test("any link can be read, and the settings are written as they were read", () => {
  const words = fc.constantFrom(...Object.values(LINK));
  const links = fc.dictionary(fc.constantFrom(...PARAMETERS), fc.oneof(words, fc.string()));
  fc.assert(
    fc.property(links, (link) => {
      const { settings, unread } = settingsOfLink(link);
      const said = Object.keys(link).filter((name) => link[name]);
      assert.deepEqual([...Object.keys(settings), ...unread].sort(), said.sort());
    }),
  );
});
