// Editing the numbers of a figure: the reader types into a cell, drags it up or down, or steps it by the keyboard.
import { around } from "../figures/elements.js";
import { setAttributes } from "../figures/svg.js";
import { tidied } from "../controls/typed_number.js";
import { CellInput } from "./cell_input.js";

/** @import { EditedCell } from "./cell_input.js" */

const STILL_PX = 3; // a click may move this far
const PER_PX = 0.02;
const PER_PX_FAST = 0.2; // with Shift

/** @type {Record<string, [number, number]>} down, right */
const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

/**
 * @typedef {object} Editing
 * @property {(matrix: string, row: number, column: number, value: number, settled: boolean) => void} edit settled is false
 *   during a drag, and for each arrow key in the input
 * @property {(text: string) => void} say
 * @property {(matrix: string, row: number, column: number) => string} nameOf name of the cell for screen readers
 * @property {(matrix: string) => boolean} [upright] true if the figure draws rows as columns; arrow keys follow the drawing
 */

/**
 * @typedef {object} Drag
 * @property {EditedCell} cell
 * @property {number} pointer
 * @property {number} y last position of the pointer
 * @property {number} exact the number before rounding
 * @property {number} value
 * @property {boolean} begun true once the pointer has moved far enough
 */

/**
 * Makes every `[data-cell="X/2/1"]` of a figure editable: matrix, row, column, the last two counted from 0; a matrix may have a
 * slash in its name ("Wq/0/2/1"). The cell's number is its `data-value`, its box is its first `rect`. The figure calls
 * `refresh()` after each drawing and ignores the pointer while `dragging`; meanwhile the svg has the class "dragging".
 * Each matrix is one stop of the Tab key. Keys and clicks that were used here are `defaultPrevented`.
 */
export class CellEditing {
  /** @type {Drag | null} */ drag = null;
  /** The "row/column" of the cell that Tab reaches, by matrix. @type {Map<string, string>} */ stops = new Map();
  dropped = false; // true after a drag: its final click is ignored

  /**
   * @param {SVGSVGElement} svg
   * @param {HTMLElement} host a positioned element around it, for the input
   * @param {Editing} editing
   */
  constructor(svg, host, editing) {
    this.svg = svg;
    this.editing = editing;
    this.input = new CellInput(host, (cell, value, settled) => this.edit(cell, value, settled), editing.say);
    this.ending = new AbortController();
    const { signal } = this.ending;
    svg.addEventListener("pointerdown", (event) => this.down(event), { signal });
    svg.addEventListener("pointermove", (event) => this.move(event), { signal });
    for (const end of /** @type {const} */ (["pointerup", "pointercancel"]))
      svg.addEventListener(end, (event) => this.up(event), { signal });
    svg.addEventListener("click", (event) => this.click(event), { signal, capture: true });
    svg.addEventListener("keydown", (event) => this.key(event), { signal, capture: true });
    svg.addEventListener("focusin", (event) => this.stopAt(this.cellAt(event)), { signal });
  }

  close() {
    this.ending.abort();
    this.input.close();
  }

  get dragging() {
    return Boolean(this.drag?.begun);
  }

  /** After each drawing: labels, the stops of the Tab key, and the input over its cell. */
  refresh() {
    for (const [matrix, cells] of Object.entries(Object.groupBy(this.cells(), (cell) => cell.matrix))) {
      if (!cells) continue;
      const stop = cells.find((cell) => placeOf(cell) === this.stops.get(matrix)) ?? cells[0];
      for (const cell of cells) {
        const label = `${this.nameOf(cell)}: ${cell.value}`;
        const tabindex = cell === stop ? "0" : "-1";
        if (cell.node.ariaLabel !== label || cell.node.getAttribute("role") !== "button")
          setAttributes(cell.node, { role: "button", "aria-label": label });
        if (cell.node.getAttribute("tabindex") !== tabindex) setAttributes(cell.node, { tabindex });
      }
    }
    this.input.follow();
  }

  /** @returns {EditedCell[]} */
  cells() {
    /** @type {NodeListOf<SVGElement>} */
    const nodes = this.svg.querySelectorAll("[data-cell]");
    return Array.from(nodes, cellOf);
  }

  /** @param {Event} event */
  cellAt(event) {
    const node = around(event, "[data-cell]");
    return node instanceof SVGElement && this.svg.contains(node) ? cellOf(node) : null;
  }

  /** @param {EditedCell} cell */
  nameOf({ matrix, row, column }) {
    return this.editing.nameOf(matrix, row, column);
  }

  /**
   * @param {EditedCell} cell
   * @param {number} value
   * @param {boolean} settled
   */
  edit({ matrix, row, column }, value, settled) {
    this.editing.edit(matrix, row, column, value, settled);
  }

  /** @param {EditedCell | null} cell */
  stopAt(cell) {
    if (!cell || this.stops.get(cell.matrix) === placeOf(cell)) return;
    this.stops.set(cell.matrix, placeOf(cell));
    this.refresh();
  }

  /** @param {PointerEvent} event */
  down(event) {
    this.dropped = false;
    const cell = this.cellAt(event);
    if (!cell || this.drag || event.button !== 0) return;
    this.drag = { cell, pointer: event.pointerId, y: event.clientY, exact: cell.value, value: cell.value, begun: false };
  }

  /** @param {PointerEvent} event */
  move(event) {
    const { drag } = this;
    if (!drag || event.pointerId !== drag.pointer) return;
    const up = drag.y - event.clientY;
    if (!drag.begun) {
      if (Math.abs(up) <= STILL_PX) return;
      this.input.take();
      drag.begun = true;
      this.svg.setPointerCapture(drag.pointer);
      this.svg.classList.add("dragging");
    }
    drag.y = event.clientY;
    drag.exact += up * (event.shiftKey ? PER_PX_FAST : PER_PX);
    const value = tidied(drag.exact, 2);
    if (value === drag.value) return;
    drag.value = value;
    this.edit(drag.cell, value, false);
  }

  /** @param {PointerEvent} event */
  up(event) {
    const { drag } = this;
    if (!drag || event.pointerId !== drag.pointer) return;
    this.drag = null;
    if (!drag.begun) return;
    this.dropped = true;
    setTimeout(() => (this.dropped = false)); // after a touch drag no click follows
    this.svg.classList.remove("dragging");
    this.edit(drag.cell, drag.value, true);
  }

  /** @param {Event} event */
  click(event) {
    const cell = this.cellAt(event);
    if (!cell && !this.dropped) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (cell && !this.dropped) this.open(cell);
    this.dropped = false;
  }

  /** @param {EditedCell} cell */
  open(cell) {
    this.stopAt(cell);
    this.input.open(cell, this.nameOf(cell));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const cell = this.cellAt(event);
    if (!cell || event.ctrlKey || event.metaKey) return;
    const move = MOVES[event.key];
    if (event.altKey) {
      if (!move?.[0]) return;
      this.edit(cell, tidied(cell.value - move[0] * (event.shiftKey ? 1 : 0.1)), true);
    } else if (event.key === "Enter") this.open(cell);
    else if (move && !event.shiftKey) this.walk(cell, move);
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  /**
   * Focus the next cell of the same matrix, if there is one.
   *
   * @param {EditedCell} cell
   * @param {[number, number]} move
   */
  walk({ matrix, row, column }, [down, right]) {
    const [rows, columns] = this.editing.upright?.(matrix) ? [right, down] : [down, right];
    const name = CSS.escape(`${matrix}/${row + rows}/${column + columns}`);
    const next = this.svg.querySelector(`[data-cell="${name}"]`);
    if (next instanceof SVGElement) next.focus({ preventScroll: true });
  }
}

/** @param {SVGElement} node @returns {EditedCell} */
function cellOf(node) {
  const parts = node.dataset.cell?.split("/") ?? [];
  const [row, column] = parts.splice(-2).map(Number);
  return { matrix: parts.join("/"), row, column, value: Number(node.dataset.value), node };
}

/** @param {EditedCell} cell */
const placeOf = ({ row, column }) => `${row}/${column}`;
