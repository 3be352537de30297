// Everything in which Regard reaches into Streamlit's own page, because Streamlit 1.67 has no other way: nothing else of assets/
// knows what that page is made of. tests/browser/test_streamlit_workarounds.py notices when one is no longer needed or no
// longer works.

import { AwaitedScripts } from "./awaited_scripts.js";

/** @param {string} testId */
const partOfStreamlit = (testId) => `[data-testid="${testId}"]`;

const NARROW = "(max-width: 767px)";
const SCRIPT_STATE = "data-test-script-state";
/** Of every part of the page: "true" from when a script begins until that script has sent the part. */
const STALE = "data-stale";
const PRESSES = /** @type {const} */ (["pointerup", "click", "keydown", "change", "drop", "paste"]);
const CONTROL =
  "button, a, input, textarea, label, li, [role=option], [role=radio], [role=checkbox], [role=tab], [role=slider]";
const PAGE_LINKS = ["stLogoLink", "stTopNavLink", "stTopNavDropdownLink", "stSidebarNavLink", "stPageLink-NavLink"];
/** What starts a script for certain. */
const BUTTON = [`${partOfStreamlit("stButton")} button`, ...PAGE_LINKS.map(partOfStreamlit)].join();
/** What opens a menu, and keys that press nothing. */
const OPENER = partOfStreamlit("stPopoverButton");
const STOP = ":is(button, input, textarea, [tabindex='0']):not([disabled], [tabindex='-1'])";
/** Within which a menu opens. */
const OPENING_MS = 1000;
const IDLE_KEYS = ["Escape", "Tab", "Shift", "Control", "Alt", "Meta"];
/** After which a page that was left for another must have begun. */
const LEAVING_MS = 60_000;
/** After which what a script has sent is in its place. */
const ARRIVAL_MS = 1000;
const UPLOADER = '.st-key-unseen-uploader [data-testid="stFileUploader"]';

/**
 * In a narrow window the menu lies over the page: it closes when a page was chosen. Streamlit does so for browsers that say that
 * they run on a phone, and for no others.
 */
export function closeMenuOnceChosen() {
  document.addEventListener("click", ({ target }) => {
    const chosen = target instanceof Element && target.closest(partOfStreamlit("stSidebarNavLink"));
    if (!chosen || !matchMedia(NARROW).matches) return;
    /** @type {HTMLElement | null} */
    const button = document.querySelector(`${partOfStreamlit("stSidebarCollapseButton")} button`);
    button?.click();
  });
}

/**
 * Whoever opens a menu with the keyboard goes on in it, and with Escape back: Streamlit leaves the focus on the button, and what
 * the menu has at the end of the page, a hundred stops of the Tab key away.
 */
export function menusTakeFocus() {
  document.addEventListener("click", ({ target, detail }) => {
    const opener = target instanceof Element ? target.closest(OPENER) : null;
    if (opener && detail === 0) requestAnimationFrame(() => enterMenu(opener, performance.now()));
  });
}

/** @param {Element} opener @param {number} since */
function enterMenu(opener, since) {
  const isOpen = opener.getAttribute("aria-expanded") === "true";
  const menu = isOpen ? document.querySelector(partOfStreamlit("stPopoverBody")) : null;
  const first = menu && firstStop(menu);
  if (!menu || !first) {
    if (performance.now() - since < OPENING_MS) requestAnimationFrame(() => enterMenu(opener, since));
    return;
  }
  first.focus();
  menu.addEventListener("keydown", (event) => {
    if (event instanceof KeyboardEvent && event.key === "Escape" && opener instanceof HTMLElement) opener.focus();
  });
}

/** The first that the Tab key leads to, in shadow roots too. @param {ParentNode} root @returns {HTMLElement | null} */
function firstStop(root) {
  for (const each of root.querySelectorAll("*")) {
    if (each instanceof HTMLElement && each.matches(STOP) && each.checkVisibility()) return each;
    const within = each.shadowRoot && firstStop(each.shadowRoot);
    if (within) return within;
  }
  return null;
}

/**
 * Streamlit puts some settings into the history and others not, so that Back would stop at states that never were; and on the
 * way to another page it empties the link of the one that is left, and may write the next one's into it. Here an entry is a page
 * with its link as it was at the click that left it; undo and reset are on the page. In browsers without the Navigation API
 * (before 2026 all but Chromium) Back stops at Streamlit's states.
 */
export function backLeavesPage() {
  let clickedAt = new URL(location.href);
  let clicked = -Infinity;
  let ours = false;
  const note = () => {
    clickedAt = new URL(location.href);
    clicked = performance.now();
  };
  document.addEventListener("click", note, { capture: true });
  globalThis.navigation?.addEventListener("navigate", (event) => {
    if (ours || event.navigationType !== "push" || !event.destination.sameDocument || !event.cancelable) return;
    const next = new URL(event.destination.url);
    if (isLeaving() && next.pathname !== location.pathname && clicked < watched().left) {
      event.preventDefault(); // of a run of the page that was left, which had been asked for before
    } else if (next.pathname === location.pathname) {
      event.preventDefault();
      history.replaceState({}, "", next);
    } else if (clickedAt.pathname === location.pathname && clickedAt.href !== location.href) {
      event.preventDefault(); // to be pushed again, after the entry that is left has its link back
      ours = true;
      history.replaceState(history.state, "", clickedAt);
      history.pushState({}, "", next);
      ours = false;
    }
  });
}

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
function isLeaving() {
  const { shown, left } = watched();
  return performance.now() - left < LEAVING_MS && shown !== null && shown !== location.pathname.split("/").pop();
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

/** Whether a script has ended since, and all that it sent has come. @param {number} at by performance.now() */
export function hasRunSince(at) {
  const { ended } = watched().scripts;
  return !scriptRuns() && ended > at && performance.now() - ended > ARRIVAL_MS;
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
  // Nobody watched until now: if the reader did something, and be it nothing, a script may be still to begin.
  if (navigator.userActivation?.isActive) scripts.press(performance.now());
  globalThis.addEventListener("popstate", () => {
    seen.left = performance.now();
    scripts.press(seen.left);
  });
  watchScripts(scripts);
  return seen;
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

/** Of the page's own uploader, which is unseen. @returns {HTMLInputElement | null} */
function uploader() {
  return document.querySelector(`${UPLOADER} input[type="file"]`);
}

/** Let the reader choose a file, as the uploader's own button does. */
export function openFileChooser() {
  const input = uploader();
  if (!input) return;
  input.value = ""; // or the browser would tell nobody of the file that was chosen before
  input.click();
}

/**
 * The files that the reader chose by hand. The uploader tells nobody but the server.
 *
 * @param {Event} event
 * @returns {File[]}
 */
export function filesChosen(event) {
  return event.target === uploader() ? [...(uploader()?.files ?? [])] : [];
}

/** What the uploader shows of the files that it has sent or begun to send. */
export function shownFiles() {
  return new Set(document.querySelectorAll(`${UPLOADER} ${partOfStreamlit("stFileChipName")}`));
}

/**
 * Whether the uploader has begun to send this file. Streamlit forgets what the server answers as a script begins, and the uploader
 * waits for that answer for ever.
 *
 * @param {File} file
 * @param {Set<Element>} before what it showed when the file was chosen: another may have the same name
 */
export function isUnderWay(file, before) {
  return [...shownFiles()].some((name) => !before.has(name) && name.getAttribute("title") === file.name);
}

/**
 * Whether something happens in an uploader that takes its files itself.
 *
 * @param {Event} event
 */
export function inAnotherUploader({ target }) {
  return target instanceof Element && target.closest('[data-testid="stFileUploader"]') !== null;
}

/**
 * As if the files had been chosen by hand: no component can send a file to Python, and the uploader takes none that was pasted
 * elsewhere on the page or that the browser kept. True if there is an uploader; one that takes a single file gets the first.
 *
 * @param {File[]} files
 */
export function giveToUploader(files) {
  const input = uploader();
  if (!input) return false;
  const transfer = new DataTransfer();
  for (const file of input.multiple ? files : files.slice(0, 1)) transfer.items.add(file);
  input.files = transfer.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
  return true;
}
