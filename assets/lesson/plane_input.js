// Input of a plane: drag a tip, or move it with Alt and the arrow keys. A click or Enter chooses a vector.
import { around } from "../figures/elements.js";
import { nearest, pointOf, vectorAt } from "./plane_layout.js";

/** @import { Plane } from "./plane.js" */
/** @import { Point } from "./plane_layout.js" */

const DRAG = 3; // px that the pointer moves before a press becomes a drag
const [STEP, LARGE_STEP] = [0.1, 1];

/** @type {Record<string, [column: number, sign: number]>} */
const DIRECTIONS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowDown: [1, -1], ArrowUp: [1, 1] };

export class PlaneInput {
  /** start: position of the pointer at the press. grip: vector from there to the tip. @type {{ row: number, start: Point, grip: Point } | null} */
  press = null;
  /** Vector of the dragged tip. It stays until the next press, so that the click after a drag is ignored. @type {number[] | null} */
  moved = null;

  /** @param {Plane} plane */
  constructor(plane) {
    this.plane = plane;
    const { root, svg } = plane;
    svg.addEventListener("pointerdown", (event) => this.down(event));
    svg.addEventListener("pointermove", (event) => this.move(event));
    for (const end of ["pointerup", "pointercancel"]) svg.addEventListener(end, () => this.up());
    svg.addEventListener("pointerleave", () => plane.point(null));
    root.addEventListener("focusin", (event) => plane.point(this.rowAt(event))); // a listener on the svg would make the svg a tab stop
    root.addEventListener("focusout", () => plane.point(null));
    svg.addEventListener("keydown", (event) => this.key(event));
    svg.addEventListener("click", (event) => {
      const row = this.rowAt(event);
      if (row !== null && !this.moved) plane.choose(row);
    });
  }

  get dragging() {
    return this.press !== null && this.moved !== null;
  }

  /** @param {PointerEvent} event */
  down(event) {
    this.press = this.moved = null;
    const row = this.rowAt(event);
    if (row === null || !around(event, ".editable .tip") || event.button !== 0 || !event.isPrimary) return;
    const start = this.placeOf(event);
    const tip = this.tips()[row];
    this.press = { row, start, grip: { x: tip.x - start.x, y: tip.y - start.y } };
  }

  /** @param {PointerEvent} event */
  move(event) {
    const { plane, press } = this;
    if (!press || !plane.frame) return plane.point(this.rowAt(event));
    const { x, y } = this.placeOf(event);
    if (!this.moved) {
      if (Math.hypot(x - press.start.x, y - press.start.y) <= DRAG) return;
      plane.hold();
      plane.svg.setPointerCapture(event.pointerId);
    }
    this.moved = vectorAt(plane.frame, { x: x + press.grip.x, y: y + press.grip.y });
    this.edit(press.row, this.moved, false);
  }

  up() {
    const { press, moved } = this;
    this.press = null; // first: the scale may change only after the drag
    if (press && moved) this.edit(press.row, moved, true);
  }

  /** Change both numbers as one edit: only the second call is settled. @param {number} row @param {number[]} vector @param {boolean} settled */
  edit(row, vector, settled) {
    this.plane.doing.edit(row, 0, vector[0], false);
    this.plane.doing.edit(row, 1, vector[1], settled);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const { plane } = this;
    const row = this.rowAt(event);
    if (row === null || event.ctrlKey || event.metaKey) return;
    const direction = DIRECTIONS[event.key];
    if (direction && event.altKey) this.nudge(row, direction, event.shiftKey ? LARGE_STEP : STEP);
    else if (direction && direction[0] === 0) plane.walk(direction[1]);
    else if (["Enter", " "].includes(event.key)) plane.choose(row);
    else return;
    event.preventDefault();
  }

  /** @param {number} row @param {[column: number, sign: number]} direction @param {number} step */
  nudge(row, [column, sign], step) {
    const { data, doing } = this.plane;
    if (!data.editable) return;
    doing.edit(row, column, Number((data.vectors[row][column] + sign * step).toFixed(6)), true);
  }

  /** Return the row of the vector at the event. If several tips are under the pointer, it is the nearest one. @param {Event} event */
  rowAt(event) {
    const row = around(event, ".vector")?.dataset.row;
    if (row === undefined) return null;
    return event instanceof MouseEvent && around(event, ".tip") ? nearest(this.tips(), this.placeOf(event)) : Number(row);
  }

  tips() {
    const { frame, data } = this.plane;
    return frame ? data.vectors.map((vector) => pointOf(frame, vector)) : [];
  }

  /** Return the position of the pointer in px of the drawing. @param {MouseEvent} event @returns {Point} */
  placeOf(event) {
    const { left, top } = this.plane.svg.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }
}
