// What the browser's Back and Forward do.

import { isLeaving, lastLeft } from "./presses.js";

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
    if (isLeaving() && next.pathname !== location.pathname && clicked < lastLeft()) {
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
