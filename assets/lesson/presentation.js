// Presentation mode for lectures: only the figure, its steps and the narration, on the whole screen and in large type.
import { find } from "../figures/elements.js";

/** @import { StepBar } from "./step_bar.js" */

const MOVES = /** @type {Record<string, 1 | -1>} */ ({ ArrowLeft: -1, PageUp: -1, ArrowRight: 1, PageDown: 1 });

export class Presentation {
  /**
   * @param {HTMLElement} root of the lesson
   * @param {StepBar} steps
   * @param {() => void} fit draws the figure into its room
   */
  constructor(root, steps, fit) {
    this.root = root;
    this.steps = steps;
    this.fit = fit;
    this.button = find(root, ".present");
    this.button.addEventListener("click", () => (this.on ? this.end() : this.begin()));
    this.ended = () => !document.fullscreenElement && this.on && this.turn(false);
    this.press = (/** @type {KeyboardEvent} */ event) => this.key(event);
    document.addEventListener("fullscreenchange", this.ended);
  }

  get on() {
    return this.root.classList.contains("presenting");
  }

  close() {
    document.removeEventListener("fullscreenchange", this.ended);
    document.removeEventListener("keydown", this.press);
  }

  /** Use the full screen. If it is not allowed, as on some phones and in some frames, use the whole window. */
  async begin() {
    this.turn(true);
    if (document.fullscreenEnabled) await this.root.requestFullscreen().catch(() => {});
  }

  async end() {
    this.turn(false);
    if (document.fullscreenElement) await document.exitFullscreen();
  }

  /** @param {boolean} on */
  turn(on) {
    this.root.classList.toggle("presenting", on);
    this.button.textContent = on ? "Leave" : "Present";
    if (on) document.addEventListener("keydown", this.press);
    else document.removeEventListener("keydown", this.press);
    this.fit();
  }

  /** Go to the next or previous step by an arrow key, unless the focused element uses arrow keys. @param {KeyboardEvent} event */
  key(event) {
    if (event.key === "Escape") this.end();
    const way = MOVES[event.key];
    if (!way || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const [target] = event.composedPath();
    if (target instanceof Element && target.closest("svg, input")) return;
    event.preventDefault();
    this.steps.go(way);
  }
}
