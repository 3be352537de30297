// The way to another page, by a link or by the browser's Back, outlasts a line that is cut: Streamlit drops what comes while it has
// none, and what is on its way is lost with the line.

import { CONNECTION, PAGE_LINK, isConnected } from "./parts.js";
import { isLeaving } from "./presses.js";

/** For which a click waits for a line, and after which its page has come. */
const PATIENCE_MS = 60_000;

/** A link by its address, null for the name at the top; the page that was shown; and when. @typedef {{ href: string | null, from: string, at: number }} Chosen */

/** Once there is a line again, what led to another page is done anew unless that has come meanwhile. */
export function waysOutlastLine() {
  /** @type {Chosen | null} */
  let chosen = null;
  const choose = (/** @type {MouseEvent} */ event) => {
    const link = event.composedPath().find((part) => part instanceof Element && part.matches(PAGE_LINK));
    if (!(link instanceof Element) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    chosen = { href: link.getAttribute("href"), from: location.pathname, at: performance.now() };
    if (isConnected()) return;
    event.preventDefault();
    event.stopPropagation(); // a menu stays open with its link
  };
  document.addEventListener("click", choose, { capture: true });
  globalThis.addEventListener("popstate", () => (chosen = null));
  const observer = new MutationObserver(() => {
    if (!isConnected()) return;
    if (isLeaving()) globalThis.dispatchEvent(new PopStateEvent("popstate", { state: history.state }));
    if (!chosen) return;
    const { href, from, at } = chosen;
    chosen = null;
    if (location.pathname === from && performance.now() - at < PATIENCE_MS) linkTo(href)?.click();
  });
  observer.observe(document.documentElement, { subtree: true, attributeFilter: [CONNECTION] });
}

/** @param {string | null} href */
function linkTo(href) {
  const links = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(PAGE_LINK));
  return [...links].find((link) => link.getAttribute("href") === href);
}
