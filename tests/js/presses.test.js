import assert from "node:assert/strict";
import test from "node:test";
import { isPressed, mayAsk, pageIsShown } from "../../assets/shared/streamlit_workarounds.js";

/** As much of a browser as watching presses needs. */
const state = { script: "notRunning", observed: () => {} };
const window = new EventTarget();
const document = Object.assign(new EventTarget(), {
  documentElement: {},
  querySelector: () => ({ getAttribute: () => state.script }),
});
class Observer {
  /** @param {() => void} observed */
  constructor(observed) {
    state.observed = observed;
  }
  observe() {}
}
const addEventListener = window.addEventListener.bind(window);
Object.assign(globalThis, { document, MutationObserver: Observer, ShadowRoot: class {}, Element: class {}, addEventListener });

/** @param {string} script */
function turns(script) {
  state.script = script;
  state.observed();
}

test("who goes back is not followed by what asks for the page that was left", (t) => {
  let now = 1000;
  t.mock.method(performance, "now", () => now);
  assert.ok(!isPressed() && mayAsk());
  window.dispatchEvent(new Event("popstate"));
  now += 100;
  assert.ok(isPressed() && !mayAsk());
  turns("running");
  assert.ok(!isPressed() && !mayAsk(), "what the reader sets may be told while a script runs");
  now += 100;
  turns("notRunning");
  assert.ok(mayAsk());
});

test("until the page that one went back to is shown, a script that runs is still that of the other", (t) => {
  let now = 5000;
  t.mock.method(performance, "now", () => now);
  Object.assign(globalThis, { location: { pathname: "/your_image" } });
  pageIsShown("self_attention");
  window.dispatchEvent(new Event("popstate"));
  now += 100;
  turns("running");
  now += 900;
  turns("notRunning");
  now += 6000;
  assert.ok(isPressed() && !mayAsk());
  pageIsShown("your_image");
  assert.ok(!isPressed() && mayAsk());
  pageIsShown("self_attention");
  now += 60_000;
  assert.ok(!isPressed(), "a page that never comes holds nothing back for ever");
  pageIsShown("your_image");
});

test("a press that starts no script is forgotten", (t) => {
  let now = 100_000;
  t.mock.method(performance, "now", () => now);
  window.dispatchEvent(new Event("popstate"));
  assert.ok(isPressed());
  now += 4000;
  assert.ok(!isPressed());
});
