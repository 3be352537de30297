// Mouse, touch and keys on the canvas, turned into a hovered patch, a pin, another layer.

/** @import { Exploration } from "./exploration.js" */

const SLOP = 10; // CSS px that a finger may slip in a tap
/** @type {Record<string, [number, number]>} */
const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
/** @type {Record<string, number>} */
const LAYERS = { PageUp: -1, PageDown: 1 };

export class CanvasInput {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {Exploration} exploration
   */
  constructor(canvas, exploration) {
    this.canvas = canvas;
    this.exploration = exploration;
    /** The patch on which the pointer went down. @type {number | null} */
    this.pressed = null;
    /** The finger that went down last. @type {{ x: number, y: number, drags: boolean, releases: boolean } | null} */
    this.touch = null;
    canvas.addEventListener("pointermove", (event) => this.point(event));
    canvas.addEventListener(
      "pointerleave",
      (event) => event.pointerType !== "touch" && exploration.data && exploration.hover(null),
    );
    canvas.addEventListener("pointerdown", (event) => this.press(event));
    canvas.addEventListener("pointerup", (event) => event.pointerType === "touch" && this.lift(event));
    canvas.addEventListener("click", (event) => this.click(event));
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
    if (exploration.data && touch && !touch.drags && !touch.releases) exploration.pin(this.patchAt(event));
  }

  /**
   * A click of the mouse pins; on the pinned patch it releases. A drag is no click, and the click after a touch comes late.
   *
   * @param {MouseEvent} event
   */
  click(event) {
    if (!this.exploration.data || this.touch) return;
    const patch = this.patchAt(event);
    if (patch === this.pressed) this.exploration.pin(patch === this.exploration.pinned ? null : patch);
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
    this.exploration.pin(row * cols + col);
  }
}

/**
 * @param {number} index
 * @param {number} count
 */
function clamp(index, count) {
  return Math.min(count - 1, Math.max(0, index));
}
