// Frames with wide, scrolling content.
import { setAttributes } from "../figures/svg.js";

/**
 * Make every scrolling .frame reachable by the keyboard, and no other. Its label is in data-label.
 *
 * @param {HTMLElement} root
 */
export function reachFrames(root) {
  /** @type {NodeListOf<HTMLElement>} */
  const frames = root.querySelectorAll(".frame");
  for (const frame of frames) {
    const wide = frame.scrollWidth > frame.clientWidth + 1;
    const region = { tabindex: 0, role: "region", "aria-label": frame.dataset.label };
    setAttributes(frame, wide ? region : { tabindex: null, role: null, "aria-label": null });
    frame.onscroll = () => fade(frame);
    fade(frame);
  }
}

/** Fade out each side that hides more content. @param {HTMLElement} frame */
function fade(frame) {
  const left = frame.scrollLeft > 1;
  const right = frame.scrollLeft + frame.clientWidth < frame.scrollWidth - 1;
  const [from, to] = [left, right].map((more) => (more ? "transparent" : "#000"));
  frame.style.maskImage = left || right ? `linear-gradient(to right, ${from}, #000 2rem calc(100% - 2rem), ${to})` : "";
}

/**
 * Call `reachFrames` after each change of size. Return the observer; the caller must disconnect it.
 *
 * @param {HTMLElement} root
 */
export function watchFrames(root) {
  const observer = new ResizeObserver(() => reachFrames(root));
  observer.observe(root);
  return observer;
}
