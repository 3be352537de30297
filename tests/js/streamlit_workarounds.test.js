import assert from "node:assert/strict";
import { test } from "node:test";
import { nothingSeen, press, waits } from "../../assets/shared/streamlit_workarounds.js";

test("what is pressed waits for its script to begin", () => {
  const seen = nothingSeen();
  assert.equal(waits(seen, 0), false);
  press(seen, 1000, false);
  press(seen, 1004, false); // the click after the pointer went up
  assert.equal(waits(seen, 1100), true);
  seen.began = 1150;
  assert.equal(waits(seen, 1151), false);
});

test("the script of a message that was on its way is not that of the press", () => {
  const seen = nothingSeen();
  press(seen, 1000, true); // a component tells Python of something
  press(seen, 1010, false);
  press(seen, 1014, false);
  seen.began = 1030; // the message's
  assert.equal(waits(seen, 1075), true);
  seen.ended = 1100;
  assert.equal(waits(seen, 1101), true);
  seen.began = 1102; // the press's
  assert.equal(waits(seen, 1103), false);
});

test("a press that comes after the message's script has begun waits for the next", () => {
  const seen = nothingSeen();
  press(seen, 1000, true);
  seen.began = 1030;
  press(seen, 1040, false);
  assert.equal(waits(seen, 1050), true);
  seen.ended = 1060;
  seen.began = 1061;
  assert.equal(waits(seen, 1062), false);
});

test("where both were one script nothing waits for long", () => {
  const seen = nothingSeen();
  press(seen, 1000, true);
  press(seen, 1010, false);
  seen.began = 1030;
  seen.ended = 1100;
  assert.equal(waits(seen, 1590), true);
  assert.equal(waits(seen, 1601), false);
});

test("of two presses the script of the first is not that of the second", () => {
  const seen = nothingSeen();
  press(seen, 1000, false);
  press(seen, 1600, false);
  seen.began = 1650;
  assert.equal(waits(seen, 1700), true);
  seen.ended = 1800;
  seen.began = 1801;
  assert.equal(waits(seen, 1802), false);
});

test("a press that started no script holds nothing up for ever", () => {
  const seen = nothingSeen();
  press(seen, 1000, false);
  assert.equal(waits(seen, 4900), true);
  assert.equal(waits(seen, 5001), false);
});
