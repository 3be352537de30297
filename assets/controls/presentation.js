// The whole screen for what the page shows; where the browser refuses, the whole window.
import { findAs } from "../figures/elements.js";

export class Presentation {
  wasFull = false;

  /**
   * @param {HTMLElement} root that has a button for it
   * @param {() => void} redraw
   */
  constructor(root, redraw) {
    this.root = root;
    this.redraw = redraw;
    this.button = findAs(root, ".present", HTMLButtonElement);
    this.button.addEventListener("click", () => this.toggle());
    this.onFullScreen = () => this.show();
    document.addEventListener("fullscreenchange", this.onFullScreen);
    root.addEventListener("keydown", ({ key }) => {
      if (key === "Escape" && root.classList.contains("presents")) this.toggle();
    });
  }

  close() {
    document.removeEventListener("fullscreenchange", this.onFullScreen);
  }

  async toggle() {
    if (this.root.classList.contains("presents")) {
      if (document.fullscreenElement) await document.exitFullscreen();
      this.root.classList.remove("presents");
    } else {
      this.root.classList.add("presents");
      await this.root.requestFullscreen?.().catch(() => {});
    }
    this.show();
  }

  show() {
    const root = this.root.getRootNode();
    const ours = root instanceof ShadowRoot ? root.fullscreenElement : document.fullscreenElement;
    if (!ours && this.wasFull) this.root.classList.remove("presents");
    this.wasFull = Boolean(ours);
    this.button.setAttribute("aria-pressed", String(this.root.classList.contains("presents")));
    this.redraw();
  }
}
