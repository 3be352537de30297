// A box of patches, drawn over a picture: with the tool "Box", or with the shift key at any time, by hand or by arrow keys.
import { STEPS } from "./input.js";
import { placeOf } from "../maths/patches.js";

/** @import { Block, Grid } from "../maths/patches.js" */

/**
 * Whose picture it is.
 *
 * @typedef {object} Boxed
 * @property {() => Grid | null} grid on which boxes are counted; null where there is nothing to draw on
 * @property {() => boolean} draws whether the next drag draws one
 * @property {() => Block} current the box, or the patch at which the keys begin one
 * @property {(box: Block | null) => void} drawing told of the one that is being drawn; null where it is no more
 * @property {(box: Block) => void} take
 * @property {() => boolean} escape let go of something; whether there was any
 */

export class BoxInput {
  /** Where it begins. @type {number | null} */ from = null;
  /** A box was drawn, so that the click which ends it pins nothing. */ drew = false;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {Boxed} owner
   */
  constructor(canvas, owner) {
    this.canvas = canvas;
    this.owner = owner;
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
    if (!this.owner.grid() || !(event.shiftKey || this.owner.draws())) return;
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
    this.owner.drawing(this.boxTo(this.patchAt(event)));
  }

  /** @param {PointerEvent} event */
  end(event) {
    event.stopImmediatePropagation();
    const patch = this.patchAt(event);
    const box = this.boxTo(patch);
    const drawn = patch !== this.from || this.owner.draws(); // a click with the shift key alone would leave one patch of a box
    this.stop();
    this.drew = true;
    if (drawn) this.owner.take(box);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (!this.owner.grid()) return;
    if (event.key === "Escape") {
      this.from = null;
      if (!this.owner.escape()) return;
    } else if (!this.stretchBy(event)) return;
    event.stopImmediatePropagation();
    event.preventDefault();
  }

  /** With shift, arrow keys stretch the box, or begin one at the patch that asks; whether they did. @param {KeyboardEvent} event */
  stretchBy(event) {
    const [down, right] = STEPS[event.key] ?? [0, 0];
    if (!event.shiftKey || (!down && !right)) return false;
    const from = this.owner.current();
    const { rows, cols } = this.grid;
    const within = (/** @type {number} */ size, /** @type {number} */ most) => Math.max(1, Math.min(most, size));
    this.stop();
    this.owner.take({
      ...from,
      rows: within(from.rows + down, rows - from.row),
      cols: within(from.cols + right, cols - from.col),
    });
    return true;
  }

  stop() {
    this.from = null;
    this.owner.drawing(null);
  }

  get grid() {
    return this.owner.grid() ?? { rows: 1, cols: 1 };
  }

  /** The patch of the picture's grid under the pointer. @param {PointerEvent} event */
  patchAt({ clientX, clientY }) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    const { rows, cols } = this.grid;
    const within = (/** @type {number} */ share, /** @type {number} */ count) =>
      Math.max(0, Math.min(count - 1, Math.floor(share * count)));
    return within((clientY - top) / height, rows) * cols + within((clientX - left) / width, cols);
  }

  /**
   * @param {number} patch
   * @returns {Block}
   */
  boxTo(patch) {
    const [[r0, c0], [r1, c1]] = [this.from ?? patch, patch].map((each) => placeOf(each, this.grid));
    const [row, col] = [Math.min(r0, r1), Math.min(c0, c1)];
    return { row, col, rows: Math.abs(r1 - r0) + 1, cols: Math.abs(c1 - c0) + 1 };
  }
}
