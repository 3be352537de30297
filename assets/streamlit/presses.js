// What the reader does to Streamlit's controls, and when its scripts run: whoever has something to say to Python, or to ask, waits.

import { AwaitedScripts } from "./awaited_scripts.js";
import { OPENER, PAGE_LINK, partOfStreamlit } from "./parts.js";

const SCRIPT_STATE = "data-test-script-state";
/** Of every part of the page: "true" from when a script begins until that script has sent the part. */
const STALE = "data-stale";
const PRESSES = /** @type {const} */ (["pointerup", "click", "keydown", "change", "drop", "paste"]);
const CONTROL =
  "button, a, input, textarea, label, li, [role=option], [role=radio], [role=checkbox], [role=tab], [role=slider]";
/** What starts a script for certain. */
const BUTTON = `${partOfStreamlit("stButton")} button, ${PAGE_LINK}`;
/** Keys that press nothing. */
const IDLE_KEYS = ["Escape", "Tab", "Shift", "Control", "Alt", "Meta"];
/** After which a page that was left for another must have begun. */
const LEAVING_MS = 60_000;

/** Whether the page's script runs just now. False where there is no Streamlit. */
export function scriptRuns() {
  const state = document.querySelector(partOfStreamlit("stApp"))?.getAttribute(SCRIPT_STATE);
  return state !== undefined && state !== null && state !== "notRunning";
}

/**
 * Whether the reader has just used a control or gone back, and no script has been seen to run since. Until the page that one went
 * back to begins, every message asks for the one that was left. Whoever has something to say or to ask waits.
 */
export function isPressed() {
  return isLeaving() || watched().scripts.waits(performance.now());
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

/** Something was sent to Python. */
export function noteSent() {
  watched().scripts.send(performance.now());
}

/** Whether Python can be asked for something that has time: asking ends a script that runs, and has it begun again. */
export function mayAsk() {
  return !scriptRuns() && !isPressed();
}

/**
 * scripts: which are still to begin. left: when the reader last went back. shown: the page that is shown.
 *
 * @typedef {{ scripts: AwaitedScripts, left: number, shown: string | null }} Watched
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
  const scripts = new AwaitedScripts();
  /** @type {Watched} */
  const seen = { scripts, left: -Infinity, shown: null };
  const happened = (/** @type {Event} */ event) => {
    if (!presses(event)) return;
    if (!onButton(event)) scripts.press(performance.now());
    else if (event.type === "click") scripts.click(performance.now());
  };
  for (const name of PRESSES) document.addEventListener(name, happened, { capture: true });
  if (hasJustClicked()) scripts.press(performance.now());
  globalThis.addEventListener("popstate", () => {
    seen.left = performance.now();
    scripts.press(seen.left);
  });
  watchScripts(scripts);
  return seen;
}

/** Whether the reader has clicked on this page a moment ago, when nobody watched yet. On the page before does not count. */
function hasJustClicked() {
  return (performance.eventCounts?.get("click") ?? 0) > 0 && navigator.userActivation?.isActive === true;
}

/**
 * See scripts begin and end. The page says only that one runs, also while one takes the place of another; but each makes all
 * parts stale that the one before had sent, once.
 *
 * @param {AwaitedScripts} scripts
 */
function watchScripts(scripts) {
  let isNew = false; // the script has begun, and sent nothing yet
  let runs = scriptRuns();
  const observer = new MutationObserver((records) => {
    for (const { attributeName, oldValue } of records) {
      if (attributeName !== STALE) continue;
      if (oldValue === "false" && runs && !isNew) scripts.takePlace(performance.now());
      isNew = oldValue === "false";
    }
    if (runs === scriptRuns()) return;
    runs = !runs;
    if (runs) scripts.begin(performance.now());
    else scripts.end(performance.now());
    isNew = runs;
  });
  observer.observe(document.documentElement, {
    subtree: true,
    attributeFilter: [SCRIPT_STATE, STALE],
    attributeOldValue: true,
  });
}

/** Whether something happens to a button of Streamlit's, or to a link to a page. @param {Event} event */
function onButton(event) {
  return event.composedPath().some((part) => part instanceof Element && part.matches(BUTTON));
}
