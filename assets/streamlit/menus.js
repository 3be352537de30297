// Streamlit's menus: that they close once something was chosen, and take and give back the focus.

import { OPENER, partOfStreamlit } from "./parts.js";

const NARROW = "(max-width: 767px)";
const STOP = ":is(button, input, textarea, [tabindex='0']):not([disabled], [tabindex='-1'])";
/** Within which a menu opens. */
const OPENING_MS = 1000;

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
