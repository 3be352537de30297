// What opens below its summary, within the window: it closes by a press outside of it, and by Escape.
import { find } from "../figures/elements.js";

const MARGIN = 8; // CSS px between a panel and the window's edge

export class Menu {
  /** @param {HTMLDetailsElement} details */
  constructor(details) {
    this.outside = (/** @type {Event} */ event) => {
      if (details.open && !event.composedPath().includes(details)) details.open = false;
    };
    document.addEventListener("pointerdown", this.outside);
    const panel = find(details, ".panel");
    details.addEventListener("toggle", () => details.open && keepInWindow(panel));
    details.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !details.open) return;
      event.stopPropagation();
      details.open = false;
      details.querySelector("summary")?.focus();
    });
  }

  close() {
    document.removeEventListener("pointerdown", this.outside);
  }
}

/** @param {HTMLElement} panel */
function keepInWindow(panel) {
  panel.style.translate = "";
  const { left, right } = panel.getBoundingClientRect();
  const by = shiftInto(left, right, document.documentElement.clientWidth);
  if (by) panel.style.translate = `${by}px`;
}

/**
 * How far what lies between `left` and `right` has to move to be in a window so wide; where it is too wide, its left end is.
 *
 * @param {number} left
 * @param {number} right
 * @param {number} width
 */
export function shiftInto(left, right, width) {
  return Math.max(MARGIN - left, Math.min(0, width - MARGIN - right));
}
