import assert from "node:assert/strict";
import test, { beforeEach, mock } from "node:test";
import { mayAsk, noteSent, pageIsShown } from "../../assets/streamlit/presses.js";

/** The part of a browser that the watch on presses needs. */
const state = { script: "notRunning", observed: () => {} };
let window = new EventTarget();
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
/** A part of Streamlit's page, which may be a control. */
class Element extends EventTarget {
  /** @param {string} kind */
  constructor(kind) {
    super();
    this.kind = kind;
  }
  /** @param {string} selector */
  matches(selector) {
    return selector.split(", ").includes(this.kind);
  }
}
class ShadowRoot {}
class KeyboardEvent extends Event {
  /** @param {string} key */
  constructor(key) {
    super("keydown");
    this.key = key;
  }
}
Object.assign(globalThis, { document, MutationObserver: Observer, ShadowRoot, KeyboardEvent, Element });
Object.assign(globalThis, { addEventListener: (/** @type {[string, any]} */ ...given) => window.addEventListener(...given) });

let now = 0;

beforeEach(() => {
  now += 1e6;
  mock.method(performance, "now", () => now);
  window = new EventTarget();
  state.script = "notRunning";
  Object.assign(globalThis, { regardWatched: undefined, location: { pathname: "/your_image" } });
  mayAsk(); // this starts the watch
  now += 1000;
  assert.ok(mayAsk());
});

/** @param {string} script */
function turns(script) {
  state.script = script;
  state.observed();
}

/** @param {Event} event @param {object[]} path */
function happens(event, path) {
  event.composedPath = () => /** @type {EventTarget[]} */ (path);
  document.dispatchEvent(event);
}

const click = (/** @type {object[]} */ ...path) => happens(new Event("click"), path);

test("after a press nothing is requested until its script has begun and ended and a moment has passed", () => {
  click(new Element("button"));
  now += 3000;
  assert.ok(!mayAsk());
  turns("running");
  now += 9000;
  assert.ok(!mayAsk());
  turns("notRunning");
  now += 400;
  assert.ok(!mayAsk(), "one that was asked for meanwhile begins");
  now += 100;
  assert.ok(mayAsk());
});

test("a press during a script is waited for as well", () => {
  turns("running");
  now += 100;
  click(new Element("[role=radio]"));
  turns("notRunning");
  now += 200;
  assert.ok(!mayAsk());
  turns("running");
  turns("notRunning");
  now += 600;
  assert.ok(mayAsk());
});

test("a press that starts no script is forgotten", () => {
  click(new Element("button"));
  now += 3999;
  assert.ok(!mayAsk());
  now += 1;
  assert.ok(mayAsk());
});

test("a press inside our own components does not count, but a value that they send does", () => {
  click(new Element("button"), new ShadowRoot());
  click(new Element("p"));
  happens(new KeyboardEvent("Tab"), [new Element("button")]);
  assert.ok(mayAsk());
  noteSent();
  assert.ok(!mayAsk());
});

test("until the page behind the browser's back button is shown, nothing is requested for the page that was left", () => {
  pageIsShown("self_attention");
  window.dispatchEvent(new Event("popstate"));
  now += 100;
  turns("running");
  now += 900;
  turns("notRunning");
  now += 6000;
  assert.ok(!mayAsk());
  pageIsShown("your_image");
  assert.ok(mayAsk());
  pageIsShown("self_attention");
  now += 60_000;
  assert.ok(mayAsk(), "a page that never comes holds nothing back for ever");
});
