import assert from "node:assert/strict";
import test from "node:test";
import { tidied, typedNumber } from "../../assets/controls/typed_number.js";

test("numbers are read in handwritten notations", () => {
  for (const [text, value] of /** @type {const} */ ([
    [" 0.5 ", 0.5],
    ["−2", -2],
    ["0,25", 0.25],
    [".5", 0.5],
    ["1e-3", 0.001],
    ["+7.", 7],
    ["-1000", -1000],
  ]))
    assert.deepEqual(typedNumber(text), { value });
});

test("text that is not a number is refused with a sentence that quotes it", () => {
  for (const text of ["abc", "1,2,3", "0x10", "NaN", "Infinity", "--1", "1 2"]) {
    const typed = typedNumber(text);
    assert.ok("refusal" in typed && typed.refusal.includes(text), text);
  }
  assert.match(JSON.stringify(typedNumber("  ")), /empty/);
  assert.match(JSON.stringify(typedNumber("1000.5")), /from -1000 to 1000/);
  assert.match(JSON.stringify(typedNumber("9".repeat(50))), /9{19}…/);
});

test("steps add neither rounding errors nor minus zero, and stay within the limits", () => {
  assert.equal(tidied(0.1 + 0.2), 0.3);
  assert.equal(tidied(0.123456, 2), 0.12);
  assert.ok(Object.is(tidied(-0.001, 2), 0));
  assert.equal(tidied(1e9), 1000);
  assert.equal(tidied(-1e9), -1000);
});
