import assert from "node:assert/strict";
import test from "node:test";
import { BoxInput } from "../../assets/controls/box_input.js";
import { boxedOf, removeBox } from "../../assets/view/boxed.js";
import { DEFAULTS } from "../../assets/view/settings.js";

/** A picture of 4 × 6 patches of 10 px, for a model in which boxes can be drawn. */
function boxed() {
  const canvas = Object.assign(new EventTarget(), {
    getBoundingClientRect: () => ({ left: 0, top: 0, width: 60, height: 40 }),
    setPointerCapture() {},
    focus() {},
  });
  const exploration = {
    data: { compact: false, grid: { rows: 4, cols: 6 }, defaults: DEFAULTS },
    settings: /** @type {any} */ ({ ...DEFAULTS, depth: "layer" }),
    measures: { fits: true },
    boxing: false,
    drawing: null,
    rankedBefore: null,
    askingPlace: [1, 2],
    get wanted() {
      return exploration.settings;
    },
    get box() {
      const [row, col, rows, cols] = exploration.settings.box ?? [];
      return exploration.settings.box && { row, col, rows, cols };
    },
    set: (/** @type {object} */ changes) => Object.assign(exploration.settings, changes),
    redraw() {},
  };
  new BoxInput(/** @type {any} */ (canvas), boxedOf(/** @type {any} */ (exploration)));
  let clicks = 0;
  canvas.addEventListener("click", () => clicks++);
  const send = (/** @type {string} */ type, /** @type {object} */ details) =>
    canvas.dispatchEvent(Object.assign(new Event(type), { shiftKey: false, ...details }));
  const press = (/** @type {number} */ from, /** @type {number} */ to, shiftKey = false) => {
    send("pointerdown", { clientX: from, clientY: 5, shiftKey });
    send("pointerup", { clientX: to, clientY: 5, shiftKey });
    send("click", {});
  };
  const stretch = (/** @type {string} */ key) => send("keydown", { key, shiftKey: true });
  return { exploration, press, stretch, clicks: () => clicks };
}

test("a click after a box that was drawn by keys leaves the box", () => {
  const { exploration, press, stretch, clicks } = boxed();
  exploration.boxing = true; // the button "Box"
  stretch("ArrowRight");
  stretch("ArrowDown");
  assert.deepEqual([exploration.settings.box, exploration.boxing], [[1, 2, 2, 2], false]);
  press(5, 5);
  assert.deepEqual([exploration.settings.box, clicks()], [[1, 2, 2, 2], 1], "and is a click");
});

test("a click with the shift key draws nothing, but a drag does", () => {
  const { exploration, press, clicks } = boxed();
  press(5, 35, true);
  assert.deepEqual(exploration.settings.box, [0, 0, 1, 4]);
  press(5, 5, true);
  assert.deepEqual([exploration.settings.box, clicks()], [[0, 0, 1, 4], 0]);
});

test("one patch is a box if the tool is drawing", () => {
  const { exploration, press } = boxed();
  exploration.boxing = true;
  press(15, 15);
  assert.deepEqual([exploration.settings.box, exploration.boxing], [[0, 1, 1, 1], false]);
});

test("without the box, heads are ranked as before it", () => {
  const { exploration, press } = boxed();
  exploration.set({ measure: "entropy", rising: true });
  press(5, 35, true);
  press(5, 45, true);
  assert.deepEqual([exploration.settings.measure, exploration.settings.rising], ["box", false]);
  removeBox(/** @type {any} */ (exploration));
  const { box, measure, rising } = exploration.settings;
  assert.deepEqual([box, measure, rising], [null, "entropy", true]);
});

test("if a link's box is missing, the heads that stand out are shown", () => {
  const { exploration } = boxed();
  exploration.set({ box: [0, 0, 1, 1], measure: "box" });
  removeBox(/** @type {any} */ (exploration));
  assert.equal(exploration.settings.measure, "standing");
});
