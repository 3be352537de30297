// What figures show some of, drawn once a frame however much of it changes.

/** @import { Figure } from "./exploration.js" */

export class Redrawn {
  /** @type {Set<Figure>} */ figures = new Set();
  frame = 0;

  redraw() {
    this.forgetFound();
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.drawNow());
  }

  drawNow() {
    this.forgetFound();
    if (!this.isThere()) return;
    for (const figure of this.figures) if (figure.seen?.() ?? true) figure.draw();
  }

  /** What was found for the last frame is of no use for the next. */
  forgetFound() {}

  /** Whether there is anything to draw yet. */
  isThere() {
    return true;
  }
}
