import assert from "node:assert/strict";
import test from "node:test";
import { isPressed, mayAsk } from "../../assets/shared/streamlit_workarounds.js";

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

test("a press that starts no script is forgotten", (t) => {
  let now = 10_000;
  t.mock.method(performance, "now", () => now);
  window.dispatchEvent(new Event("popstate"));
  assert.ok(isPressed());
  now += 4000;
  assert.ok(!isPressed());
});
