// When the reader last used Streamlit's controls, and when its scripts run. From the moment in which Streamlit takes up a press until
// it has run its callback, it drops the press for any other message that comes: whoever has something to ask that has time waits.

import { OPENER, partOfStreamlit } from "./parts.js";

const SCRIPT_STATE = "data-test-script-state";
const PRESSES = /** @type {const} */ (["pointerup", "click", "keydown", "change", "drop", "paste"]);
const CONTROL =
  "button, a, input, textarea, label, li, [role=option], [role=radio], [role=checkbox], [role=tab], [role=slider]";
/** Keys that press nothing. */
const IDLE_KEYS = ["Escape", "Tab", "Shift", "Control", "Alt", "Meta"];
/** After which a press has started no script. */
const PRESS_MS = 4000;
/** After the beginning or end of a script, in which one begins that was asked for meanwhile. */
const NEXT_MS = 500;
/** After which a page that was left for another must have begun. */
const LEAVING_MS = 60_000;

/**
 * Whether Python can be asked for something that has time: no script runs, and none is awaited for what the reader did. Until the
 * page that one went back to begins, every message asks for the one that was left.
 */
export function mayAsk() {
  return !scriptIsDue() && !isLeaving() && performance.now() - watched().seen >= NEXT_MS;
}

/** Whether the page's script runs, or is about to run for what the reader or a component did. */
export function scriptIsDue() {
  const { pressed, seen } = watched();
  return scriptRuns() || (pressed > seen && performance.now() - pressed < PRESS_MS);
}

/** Whether the address is that of another page than the one that is shown, as it is for a while after a step back. */
export function isLeaving() {
  const { shown, left } = watched();
  return performance.now() - left < LEAVING_MS && shown !== null && shown !== location.pathname.split("/").pop();
}

/** When the reader last went back, by performance.now(). */
export function lastLeft() {
  return watched().left;
}

/** @param {string} page by the last part of its address */
export function pageIsShown(page) {
  watched().shown = page;
}

/** A component has sent something, which starts a script as a press does. */
export function noteSent() {
  watched().pressed = performance.now();
}

/** Whether the page's script runs just now. False where there is no Streamlit. */
function scriptRuns() {
  const state = document.querySelector(partOfStreamlit("stApp"))?.getAttribute(SCRIPT_STATE);
  return state !== undefined && state !== null && state !== "notRunning";
}

/**
 * Times by performance.now(). pressed: when the reader last used a control of Streamlit's or went back, or a component sent
 * something. seen: when a script was last seen to begin or to end. left: when the reader last went back. shown: the page that is
 * shown.
 *
 * @typedef {{ pressed: number, seen: number, left: number, shown: string | null }} Watched
 */

/** One a page, for all components on it. @returns {Watched} */
function watched() {
  const page = /** @type {{ regardWatched?: Watched }} */ (globalThis);
  return (page.regardWatched ??= watch());
}

/** Whether something happens to a control of Streamlit's: ours are in shadow roots. @param {Event} event */
function presses(event) {
  const path = event.composedPath();
  const within = path.filter((part) => part instanceof Element);
  const idle = event instanceof KeyboardEvent && IDLE_KEYS.includes(event.key);
  if (idle || path.some((part) => part instanceof ShadowRoot) || within.some((part) => part.matches(OPENER))) return false;
  return event.type === "drop" || event.type === "paste" || within.some((part) => part.matches(CONTROL));
}

/** @returns {Watched} */
function watch() {
  /** @type {Watched} */
  const seen = { pressed: -Infinity, seen: -Infinity, left: -Infinity, shown: null };
  const happened = (/** @type {Event} */ event) => {
    if (presses(event)) seen.pressed = performance.now();
  };
  for (const name of PRESSES) document.addEventListener(name, happened, { capture: true });
  globalThis.addEventListener("popstate", () => {
    seen.left = performance.now();
    seen.pressed = seen.left;
  });
  const observer = new MutationObserver(() => (seen.seen = performance.now()));
  observer.observe(document.documentElement, { subtree: true, attributeFilter: [SCRIPT_STATE] });
  return seen;
}
