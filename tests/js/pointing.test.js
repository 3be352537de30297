import assert from "node:assert/strict";
import test from "node:test";
import { CanvasInput } from "../../assets/controls/input.js";
import { shiftInto } from "../../assets/controls/menu.js";

/** A picture of 4 × 6 patches of 10.5 px, with a pointer at fractions of a pixel. */
function pointed() {
  const canvas = Object.assign(new EventTarget(), {
    getBoundingClientRect: () => ({ left: 0, top: 0, width: 63, height: 42 }),
    setPointerCapture() {},
  });
  const exploration = {
    data: {},
    grid: { rows: 4, cols: 6 },
    pinned: /** @type {number | null} */ (null),
    asking: null,
    hover() {},
    pin: (/** @type {number | null} */ patch) => (exploration.pinned = patch),
    step() {},
  };
  new CanvasInput(/** @type {any} */ (canvas), exploration);
  const send = (/** @type {string} */ type, /** @type {number} */ clientX) =>
    canvas.dispatchEvent(Object.assign(new Event(type), { clientX, clientY: 5, pointerType: "mouse" }));
  /** @param {number} from @param {number} to */
  const press = (from, to = from) => {
    send("pointerdown", from);
    send("pointerup", to);
    send("click", Math.floor(to)); // browsers give the position of a click in whole pixels
  };
  return { exploration, press };
}

test("a click beside a border pins the pressed patch", () => {
  const { exploration, press } = pointed();
  press(10.75); // in the second patch: 10 is in the first
  assert.equal(exploration.pinned, 1);
  press(10.75);
  assert.equal(exploration.pinned, null);
});

test("a drag to another patch is not a click", () => {
  const { exploration, press } = pointed();
  press(5, 25);
  assert.equal(exploration.pinned, null);
});

test("a panel scrolls into the window with its left end first", () => {
  assert.equal(shiftInto(20, 300, 390), 0);
  assert.equal(shiftInto(-20, 250, 390), 28);
  assert.equal(shiftInto(200, 400, 390), -18);
  assert.equal(shiftInto(-20, 400, 390), 28);
});
