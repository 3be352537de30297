// Mouse, touch and keys on the canvas, turned into view.hover(patch) and view.setPin(patch).

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

export class CanvasInput {
  constructor(canvas, view) {
    this.canvas = canvas;
    this.view = view;
    canvas.addEventListener("pointermove", (event) => view.data && view.hover(this.patchAt(event)));
    canvas.addEventListener("pointerleave", (event) => event.pointerType !== "touch" && view.data && view.hover(null));
    canvas.addEventListener("pointerdown", (event) => this.press(event));
    canvas.addEventListener("click", (event) => this.click(event));
    canvas.addEventListener("keydown", (event) => this.key(event));
  }

  /** The patch under the pointer; a drag that leaves the picture stays on its edge. */
  patchAt(event) {
    const bounds = this.canvas.getBoundingClientRect();
    const { rows, cols } = this.view.data.grid;
    const clamp = (value, count) => Math.min(count - 1, Math.max(0, Math.floor(value * count)));
    const row = clamp((event.clientY - bounds.top) / bounds.height, rows);
    const col = clamp((event.clientX - bounds.left) / bounds.width, cols);
    return row * cols + col;
  }

  press(event) {
    if (!this.view.data) return;
    this.pressed = this.patchAt(event);
    if (event.pointerType === "touch") {
      this.canvas.setPointerCapture(event.pointerId);
      this.releasing = this.view.pin === this.pressed;
      if (this.view.pin !== null) this.view.setPin(null); // a finger that goes down looks around anew
      this.view.hover(this.pressed);
    }
  }

  /** A click pins; on the pinned patch it releases. A drag is no click. */
  click(event) {
    if (!this.view.data) return;
    const patch = this.patchAt(event);
    if (patch !== this.pressed) return;
    if (this.releasing) {
      this.releasing = false;
      return;
    }
    this.view.setPin(patch === this.view.pin ? null : patch);
  }

  key(event) {
    const { view } = this;
    if (!view.data || event.ctrlKey || event.metaKey || event.altKey) return;
    const current = view.data.query === "prefix" ? null : view.pin ?? view.queryPatch(); // the pin may be ahead of its row
    if (event.key === "Escape") view.setPin(null);
    else if (current === null) return;
    else if (event.key === "Enter" || event.key === " ") view.setPin(view.pin === null ? current : null);
    else if (event.key in STEPS) this.move(current, STEPS[event.key]);
    else return;
    event.preventDefault();
  }

  move(current, [down, right]) {
    const { rows, cols } = this.view.data.grid;
    const row = Math.min(rows - 1, Math.max(0, Math.floor(current / cols) + down));
    const col = Math.min(cols - 1, Math.max(0, (current % cols) + right));
    this.view.setPin(row * cols + col);
  }
}
