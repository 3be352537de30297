import assert from "node:assert/strict";
import test from "node:test";
import { isPressed, mayAsk, pageIsShown } from "../../assets/streamlit/presses.js";

/** As much of a browser as watching presses needs. */
const state = { script: "notRunning", observed: /** @type {(records: object[]) => void} */ (() => {}) };
const window = new EventTarget();
const document = Object.assign(new EventTarget(), {
  documentElement: {},
  querySelector: () => ({ getAttribute: () => state.script }),
});
class Observer {
  /** @param {(records: object[]) => void} observed */
  constructor(observed) {
    state.observed = observed;
  }
  observe() {}
}
/** A button of Streamlit's. */
class Element extends EventTarget {
  /** @param {string} selector */
  matches(selector) {
    return selector.includes("button");
  }
}
const addEventListener = window.addEventListener.bind(window);
const userActivation = { isActive: false };
const eventCounts = new Map();
Object.defineProperty(performance, "eventCounts", { value: eventCounts });
Object.defineProperty(globalThis, "navigator", { value: { userActivation } });
Object.assign(globalThis, {
  document,
  MutationObserver: Observer,
  ShadowRoot: class {},
  KeyboardEvent: class {},
  Element,
  addEventListener,
});

/** @param {string} script */
function turns(script) {
  state.script = script;
  state.observed([{ attributeName: "data-test-script-state" }]);
}

/** A part of the page, as a script begins and as that script has sent the part. @param {"true" | "false"} stale */
function partTurns(stale) {
  state.observed([{ attributeName: "data-stale", oldValue: stale === "true" ? "false" : "true" }]);
}

function click() {
  const event = new Event("click");
  event.composedPath = () => [new Element()];
  document.dispatchEvent(event);
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

test("a script that takes the place of one that runs is seen", (t) => {
  let now = 200_000;
  t.mock.method(performance, "now", () => now);
  turns("running");
  partTurns("true");
  click();
  partTurns("false");
  now += 100;
  partTurns("true");
  assert.ok(!isPressed());
  click();
  partTurns("true");
  assert.ok(isPressed(), "of the same script");
  partTurns("false");
  partTurns("true");
  assert.ok(!isPressed());
  turns("notRunning");
});

test("a click before anything of ours was there may still start a script, one on the page before does not", (t) => {
  let now = 300_000;
  t.mock.method(performance, "now", () => now);
  const page = /** @type {{ regardWatched?: object }} */ (globalThis);
  page.regardWatched = undefined;
  userActivation.isActive = true; // also for a while after a page was loaded by a click
  assert.ok(!isPressed());
  page.regardWatched = undefined;
  eventCounts.set("click", 1);
  assert.ok(isPressed());
  turns("running");
  assert.ok(!isPressed());
  now += 100;
  turns("notRunning");
});
