import assert from "node:assert/strict";
import { test } from "node:test";
import { AwaitedScripts } from "../../assets/streamlit/awaited_scripts.js";

/**
 * What was asked for and what was seen, each at its time in ms.
 *
 * @param {...[("press" | "click" | "send" | "begin" | "end"), number]} events
 */
function after(...events) {
  const scripts = new AwaitedScripts();
  for (const [what, at] of events) scripts[what](at);
  return scripts;
}

test("what is pressed waits for its script to begin", () => {
  assert.equal(after().waits(0), false);
  const scripts = after(["press", 1000], ["press", 1004]); // the click after the pointer went up
  assert.equal(scripts.waits(1100), true);
  scripts.begin(1150);
  assert.equal(scripts.waits(1151), false);
});

for (const press of /** @type {const} */ (["press", "click"])) {
  test(`the script of a message that was on its way is not that of a ${press}`, () => {
    const scripts = after(["send", 1000], [press, 1010], ["begin", 1030]);
    assert.equal(scripts.waits(1075), true);
    scripts.end(1100);
    assert.equal(scripts.waits(1101), true);
    scripts.begin(1102); // the press's
    assert.equal(scripts.waits(1103), false);
  });

  test(`a ${press} that comes after the message's script has begun waits for the next`, () => {
    const scripts = after(["send", 1000], ["begin", 1030], [press, 1040]);
    assert.equal(scripts.waits(1050), true);
    scripts.end(1060);
    scripts.begin(1061);
    assert.equal(scripts.waits(1062), false);
  });

  test(`of two times ${press} the script of the first is not that of the second`, () => {
    const scripts = after([press, 1000], [press, 1600], ["begin", 1650]);
    assert.equal(scripts.waits(1700), true);
    scripts.end(1800);
    scripts.begin(1801);
    assert.equal(scripts.waits(1802), false);
  });
}

test("the events of one press are one, also behind a message", () => {
  const scripts = after(["send", 1000], ["press", 1010], ["press", 1014], ["begin", 1030]);
  assert.equal(scripts.waits(1075), true);
  scripts.end(1100);
  assert.equal(scripts.waits(1101), true);
  scripts.begin(1102);
  assert.equal(scripts.waits(1103), false);
});

test("where both were one script nothing waits for long", () => {
  const scripts = after(["send", 1000], ["press", 1010], ["begin", 1030], ["end", 1100]);
  assert.equal(scripts.waits(1590), true);
  assert.equal(scripts.waits(1601), false);
});

test("a press that started no script holds nothing up for ever", () => {
  assert.equal(after(["press", 1000]).waits(4900), true);
  assert.equal(after(["press", 1000]).waits(5001), false);
});

test("a button's script is awaited although the server is busy after that of the message before", () => {
  const scripts = after(["send", 1000], ["begin", 1030], ["click", 1040], ["end", 1060]);
  assert.equal(scripts.waits(4000), true);
  scripts.begin(4001);
  assert.equal(scripts.waits(4002), false);
});

test("a button's script is awaited on a line that stands still", () => {
  const scripts = after(["send", 1000], ["click", 1010]);
  assert.equal(scripts.waits(15_000), true);
  scripts.begin(15_001);
  assert.equal(scripts.waits(15_002), true, "the message's");
  scripts.begin(15_003); // in its place
  assert.equal(scripts.waits(15_004), false);
  assert.equal(after(["click", 1000]).waits(20_999), true);
  assert.equal(after(["click", 1000]).waits(21_000), false, "cut off");
});

test("where a button's message and one of ours were one script, they are not awaited for ever", () => {
  const scripts = after(["send", 1000], ["click", 1010], ["begin", 1030], ["end", 1100]);
  assert.equal(scripts.waits(5099), true);
  assert.equal(scripts.waits(5100), false);
  scripts.click(6000);
  scripts.begin(6001);
  assert.equal(scripts.waits(6002), false, "and leave nothing behind");
});

test("a press that may have started nothing holds up for a moment alone what follows a button's script", () => {
  const scripts = after(["press", 1000], ["click", 2000], ["begin", 2010], ["end", 2100]);
  assert.equal(scripts.waits(2101), true);
  assert.equal(scripts.waits(2600), false);
});
