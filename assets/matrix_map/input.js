// Turns mouse, touch and keys on the matrix into a pointed and a chosen cell.

/** @import { Cell } from "./board.js" */

/** @type {Record<string, [number, number]>} */
const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
const FAR = 10; // cells at once, with shift
const SLOP = 10; // CSS px that the pointer may move during a click: a finger moves, and cells may be smaller

/**
 * An object with cells that can be pointed at.
 *
 * @typedef {object} Cellular
 * @property {(event: MouseEvent) => Cell | null} at
 * @property {() => Cell | null} current the cell of the keyboard
 * @property {number} count of cells along a side
 * @property {(cell: Cell | null, byKey?: boolean) => void} point
 * @property {(cell: Cell) => void} choose
 */

export class BoardInput {
  /** Cell and position of the last press. @type {{ cell: Cell | null, x: number, y: number }} */ pressed = {
    cell: null,
    x: 0,
    y: 0,
  };

  /**
   * @param {HTMLElement} canvas
   * @param {Cellular} matrix
   */
  constructor(canvas, matrix) {
    this.matrix = matrix;
    canvas.addEventListener("pointermove", (event) => matrix.point(matrix.at(event)));
    canvas.addEventListener("pointerdown", (event) => this.press(event));
    canvas.addEventListener("pointerleave", ({ pointerType }) => pointerType !== "touch" && matrix.point(null));
    canvas.addEventListener("click", (event) => this.click(event));
    canvas.addEventListener("blur", () => matrix.point(null));
    canvas.addEventListener("keydown", (event) => this.key(event));
  }

  /** @param {PointerEvent} event */
  press(event) {
    this.pressed = { cell: this.matrix.at(event), x: event.clientX, y: event.clientY };
    this.matrix.point(this.pressed.cell);
  }

  /** Choose the pressed cell, unless the pointer was dragged. @param {MouseEvent} event */
  click({ clientX, clientY }) {
    const { cell, x, y } = this.pressed;
    if (cell && Math.hypot(clientX - x, clientY - y) < SLOP) this.matrix.choose(cell);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const cell = this.matrix.current();
    if (event.key === "Escape") this.matrix.point(null);
    else if (!cell) return;
    else if (event.key === "Enter" || event.key === " ") this.matrix.choose(cell);
    else if (event.key in STEPS) this.move(cell, STEPS[event.key], event.shiftKey ? FAR : 1);
    else return;
    event.preventDefault();
  }

  /**
   * @param {Cell} cell
   * @param {[number, number]} step
   * @param {number} by
   */
  move(cell, [down, right], by) {
    const within = (/** @type {number} */ at) => Math.max(0, Math.min(this.matrix.count - 1, at));
    this.matrix.point({ row: within(cell.row + by * down), col: within(cell.col + by * right) }, true);
  }
}
