// Frames in which wide things scroll.
import { setAttributes } from "./svg_scene.js";

/** Every .frame that scrolls can be reached by the keyboard, and no other; data-label says what it is. */
export function reachFrames(root) {
  for (const frame of root.querySelectorAll(".frame")) {
    const wide = frame.scrollWidth > frame.clientWidth + 1;
    const region = { tabindex: 0, role: "region", "aria-label": frame.dataset.label };
    setAttributes(frame, wide ? region : { tabindex: null, role: null, "aria-label": null });
  }
}

/** Again whenever the root has another size. */
export function watchFrames(root) {
  new ResizeObserver(() => reachFrames(root)).observe(root);
}
