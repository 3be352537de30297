// Mouse, touch and keys on the canvas, turned into view.hover(patch) and view.setPin(patch).

/** @import { AttentionView } from "./view.js" */

const SLOP = 10; // CSS px that a finger may slip in a tap
/** @type {Record<string, [number, number]>} */
const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

export class CanvasInput {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {AttentionView} view
   */
  constructor(canvas, view) {
    this.canvas = canvas;
    this.view = view;
    /** The patch on which the pointer went down. @type {number | null} */
    this.pressed = null;
    /** The finger that went down last. @type {{ x: number, y: number, drags: boolean, releases: boolean } | null} */
    this.touch = null;
    canvas.addEventListener("pointermove", (event) => this.point(event));
    canvas.addEventListener("pointerleave", (event) => event.pointerType !== "touch" && view.data && view.hover(null));
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
    const { rows, cols } = this.view.data.grid;
    const row = clamp(Math.floor(((event.clientY - bounds.top) / bounds.height) * rows), rows);
    const col = clamp(Math.floor(((event.clientX - bounds.left) / bounds.width) * cols), cols);
    return row * cols + col;
  }

  /** @param {PointerEvent} event */
  press(event) {
    if (!this.view.data) return;
    this.pressed = this.patchAt(event);
    this.touch = null;
    if (event.pointerType !== "touch") return;
    this.canvas.setPointerCapture(event.pointerId);
    this.touch = { x: event.clientX, y: event.clientY, drags: false, releases: this.view.pin === this.pressed };
    if (this.view.pin !== null) this.view.setPin(null); // a finger that goes down looks around anew
    this.view.hover(this.pressed);
  }

  /** @param {PointerEvent} event */
  point(event) {
    const { touch, view } = this;
    if (!view.data) return;
    if (touch && Math.hypot(event.clientX - touch.x, event.clientY - touch.y) > SLOP) touch.drags = true;
    view.hover(this.patchAt(event));
  }

  /**
   * A finger that did not drag pins, however long it stayed: browsers make no click of a long touch.
   *
   * @param {PointerEvent} event
   */
  lift(event) {
    const { touch, view } = this;
    if (view.data && touch && !touch.drags && !touch.releases) view.setPin(this.patchAt(event));
  }

  /**
   * A click of the mouse pins; on the pinned patch it releases. A drag is no click, and the click after a touch comes late.
   *
   * @param {MouseEvent} event
   */
  click(event) {
    if (!this.view.data || this.touch) return;
    const patch = this.patchAt(event);
    if (patch === this.pressed) this.view.setPin(patch === this.view.pin ? null : patch);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const { view } = this;
    if (!view.data || event.ctrlKey || event.metaKey || event.altKey) return;
    const current = view.data.query === "prefix" ? null : (view.pin ?? view.queryPatch()); // the pin may be ahead of its row
    if (event.key === "Escape") view.setPin(null);
    else if (current === null) return;
    else if (event.key === "Enter" || event.key === " ") view.setPin(view.pin === null ? current : null);
    else if (event.key in STEPS) this.move(current, STEPS[event.key]);
    else return;
    event.preventDefault();
  }

  /**
   * @param {number} current
   * @param {[number, number]} by
   */
  move(current, [down, right]) {
    const { rows, cols } = this.view.data.grid;
    const row = clamp(Math.floor(current / cols) + down, rows);
    const col = clamp((current % cols) + right, cols);
    this.view.setPin(row * cols + col);
  }
}

/**
 * @param {number} index
 * @param {number} count
 */
function clamp(index, count) {
  return Math.min(count - 1, Math.max(0, index));
}
