// Mouse, touch and keys on the canvas, turned into a hovered patch, a pin, another layer.

/** @import { Grid } from "../maths/patches.js" */

/**
 * What a canvas's pointer and keys act on: an exploration, or one side of a comparison.
 *
 * @typedef {object} Pointed
 * @property {unknown} data nothing acts before there is some
 * @property {Grid} grid
 * @property {number | null} pinned
 * @property {number | null} asking
 * @property {(patch: number | null) => void} hover
 * @property {(patch: number | null) => void} pin
 * @property {(patch: number) => void} [walk] where an arrow key does not pin
 * @property {(by: number) => void} step to another layer
 */

const SLOP = 10; // CSS px that a finger may slip in a tap
/** Rows and columns that a key goes on. @type {Record<string, [number, number]>} */
export const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
/** @type {Record<string, number>} */
const LAYERS = { PageUp: -1, PageDown: 1 };

export class CanvasInput {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {Pointed} exploration
   */
  constructor(canvas, exploration) {
    this.canvas = canvas;
    this.exploration = exploration;
    /** The patch on which the pointer went down. @type {number | null} */
    this.pressed = null;
    /** And the one on which it was lifted: a click's own place is in whole pixels, and may lie beside it. @type {number | null} */
    this.lifted = null;
    /** The finger that went down last. @type {{ x: number, y: number, drags: boolean, releases: boolean } | null} */
    this.touch = null;
    canvas.addEventListener("pointermove", (event) => this.point(event));
    canvas.addEventListener(
      "pointerleave",
      (event) => event.pointerType !== "touch" && exploration.data && exploration.hover(null),
    );
    canvas.addEventListener("pointerdown", (event) => this.press(event));
    canvas.addEventListener("pointerup", (event) => this.lift(event));
    canvas.addEventListener("click", () => this.click());
    canvas.addEventListener("keydown", (event) => this.key(event));
  }

  /**
   * The patch under the pointer; a drag that leaves the picture stays on its edge.
   *
   * @param {MouseEvent} event
   */
  patchAt(event) {
    const bounds = this.canvas.getBoundingClientRect();
    const { rows, cols } = this.exploration.grid;
    const row = clamp(Math.floor(((event.clientY - bounds.top) / bounds.height) * rows), rows);
    const col = clamp(Math.floor(((event.clientX - bounds.left) / bounds.width) * cols), cols);
    return row * cols + col;
  }

  /** @param {PointerEvent} event */
  press(event) {
    if (!this.exploration.data) return;
    this.pressed = this.patchAt(event);
    this.lifted = null;
    this.touch = null;
    if (event.pointerType !== "touch") return;
    this.canvas.setPointerCapture(event.pointerId);
    this.touch = { x: event.clientX, y: event.clientY, drags: false, releases: this.exploration.pinned === this.pressed };
    if (this.exploration.pinned !== null) this.exploration.pin(null); // a finger that goes down looks around anew
    this.exploration.hover(this.pressed);
  }

  /** @param {PointerEvent} event */
  point(event) {
    const { touch, exploration } = this;
    if (!exploration.data) return;
    if (touch && Math.hypot(event.clientX - touch.x, event.clientY - touch.y) > SLOP) touch.drags = true;
    exploration.hover(this.patchAt(event));
  }

  /**
   * A finger that did not drag pins, however long it stayed: browsers make no click of a long touch.
   *
   * @param {PointerEvent} event
   */
  lift(event) {
    const { touch, exploration } = this;
    if (!exploration.data) return;
    this.lifted = this.patchAt(event);
    if (touch && !touch.drags && !touch.releases) exploration.pin(this.lifted);
  }

  /**
   * A click of the mouse pins; on the pinned patch it releases. A drag is no click, and the click after a touch comes late.
   */
  click() {
    const { exploration, pressed, lifted } = this;
    if (!exploration.data || this.touch || lifted === null || lifted !== pressed) return;
    exploration.pin(lifted === exploration.pinned ? null : lifted);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const { exploration } = this;
    if (!exploration.data || event.ctrlKey || event.metaKey || event.altKey) return;
    const current = exploration.pinned ?? exploration.asking; // the pin may be ahead of its row
    if (event.key === "Escape") exploration.pin(null);
    else if (event.key in LAYERS) exploration.step(LAYERS[event.key]);
    else if (current === null) return;
    else if (event.key === "Enter" || event.key === " ") exploration.pin(exploration.pinned === null ? current : null);
    else if (event.key in STEPS) this.move(current, STEPS[event.key]);
    else return;
    event.preventDefault();
  }

  /**
   * @param {number} current
   * @param {[number, number]} by
   */
  move(current, [down, right]) {
    const { rows, cols } = this.exploration.grid;
    const row = clamp(Math.floor(current / cols) + down, rows);
    const col = clamp((current % cols) + right, cols);
    const patch = row * cols + col;
    if (this.exploration.walk) this.exploration.walk(patch);
    else this.exploration.pin(patch);
  }
}

/**
 * @param {number} index
 * @param {number} count
 */
function clamp(index, count) {
  return Math.min(count - 1, Math.max(0, index));
}
