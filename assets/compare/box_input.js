// A box of patches, drawn over a picture: with the tool "Box", or with the shift key at any time, by hand or by arrow keys.
import { STEPS } from "../explorer/input.js";
import { placeOf } from "../explorer/settings.js";
import { FIRST_LINES } from "./settings.js";

/** @import { Box } from "./settings.js" */
/** @import { Side } from "./side.js" */

export class BoxInput {
  /** Where it begins. @type {number | null} */ from = null;
  /** A box was drawn, so that the click which ends it pins nothing. */ drew = false;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {Side} side
   */
  constructor(canvas, side) {
    this.canvas = canvas;
    this.side = side;
    canvas.addEventListener("pointerdown", (event) => this.begin(event));
    canvas.addEventListener("pointermove", (event) => this.from !== null && this.stretch(event));
    canvas.addEventListener("pointerup", (event) => this.from !== null && this.end(event));
    canvas.addEventListener("pointercancel", () => this.stop());
    canvas.addEventListener("keydown", (event) => this.key(event));
    canvas.addEventListener("click", (event) => {
      if (this.drew) event.stopImmediatePropagation();
      this.drew = false;
    });
  }

  /** @param {PointerEvent} event */
  begin(event) {
    this.drew = false;
    if (!this.side.data || !(event.shiftKey || this.side.comparison.boxing)) return;
    event.stopImmediatePropagation();
    event.preventDefault();
    this.canvas.setPointerCapture(event.pointerId);
    this.canvas.focus({ preventScroll: true }); // for Escape
    this.from = this.patchAt(event);
    this.stretch(event);
  }

  /** @param {PointerEvent} event */
  stretch(event) {
    event.stopImmediatePropagation();
    this.side.comparison.drawing = this.boxTo(this.patchAt(event));
    this.side.comparison.redraw();
  }

  /** @param {PointerEvent} event */
  end(event) {
    event.stopImmediatePropagation();
    const box = this.boxTo(this.patchAt(event));
    this.stop();
    this.drew = true;
    this.take(box);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (!this.side.data) return;
    if (event.key === "Escape") {
      this.from = null;
      if (!this.side.comparison.escape()) return;
    } else if (!this.stretchBy(event)) return;
    event.stopImmediatePropagation();
    event.preventDefault();
  }

  /** With shift, arrow keys stretch the box, or begin one at the patch that asks; whether they did. @param {KeyboardEvent} event */
  stretchBy(event) {
    const { side } = this;
    const [down, right] = STEPS[event.key] ?? [0, 0];
    if (!event.shiftKey || (!down && !right)) return false;
    const { box } = side.comparison.settings;
    const [row, col] = side.placeOf(side.asking);
    const from = box?.side === side.index ? box : { side: side.index, row, col, rows: 1, cols: 1 };
    const { rows, cols } = side.data.grid;
    const within = (/** @type {number} */ size, /** @type {number} */ most) => Math.max(1, Math.min(most, size));
    this.take({ ...from, rows: within(from.rows + down, rows - from.row), cols: within(from.cols + right, cols - from.col) });
    return true;
  }

  /** @param {Box} box */
  take(box) {
    const { comparison } = this.side;
    comparison.set({ box, within: "box", lines: comparison.settings.lines || FIRST_LINES });
  }

  stop() {
    this.from = null;
    this.side.comparison.drawing = null;
    this.side.comparison.boxing = false;
  }

  /** The patch of the picture's grid under the pointer. @param {PointerEvent} event */
  patchAt({ clientX, clientY }) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    const { rows, cols } = this.side.data.grid;
    const within = (/** @type {number} */ share, /** @type {number} */ count) =>
      Math.max(0, Math.min(count - 1, Math.floor(share * count)));
    return within((clientY - top) / height, rows) * cols + within((clientX - left) / width, cols);
  }

  /**
   * @param {number} patch
   * @returns {Box}
   */
  boxTo(patch) {
    const { grid } = this.side.data;
    const [[r0, c0], [r1, c1]] = [this.from ?? patch, patch].map((each) => placeOf(each, grid));
    const [row, col] = [Math.min(r0, r1), Math.min(c0, c1)];
    return { side: this.side.index, row, col, rows: Math.abs(r1 - r0) + 1, cols: Math.abs(c1 - c0) + 1 };
  }
}
