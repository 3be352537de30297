// A matrix as a table: read-only, selectable or editable. The browser decides which edits it accepts.
import { around, element } from "../figures/elements.js";
import { largestOf } from "../figures/numbers.js";
import { Editing } from "./editing.js";
import { Grid } from "./grid.js";
import { Head } from "./head.js";
import { moveOf } from "./text.js";

/** @import { Cell, Editable } from "./cells.js" */
/** @import { Rows } from "./parse.js" */

/**
 * @typedef {object} TableData
 * @property {string} name of the table, in data-table
 * @property {string} label its first word has the colour of the role
 * @property {string} role
 * @property {readonly string[]} rows their names; "W_q" and "x1" get their subscripts
 * @property {readonly string[]} columns their names
 * @property {Rows} values
 * @property {boolean} editable
 * @property {boolean} resizable a block pasted at the first cell replaces the whole matrix
 * @property {number} maxRows
 * @property {number} maxColumns
 * @property {number | null} marked a row
 * @property {number | null} chosen a column in that row
 * @property {readonly (readonly boolean[])[] | null} blocked which keys each query may not look at
 * @property {string} message reason why a request could not be fulfilled
 * @property {boolean} canUndo
 * @property {boolean} canReset
 */

/**
 * Called for the reader's actions.
 *
 * @typedef {object} TableDoing
 * @property {(values: Rows) => void} [edit]
 * @property {() => void} [undo]
 * @property {() => void} [reset]
 * @property {(row: number, column: number) => void} [choose] of a table that is not edited
 * @property {(row: number, column: number) => void} [toggle] of one with `blocked`: let query `row` look at key `column`, or not
 */

const HINT = "Click a cell’s corner, or press M, to mask it or open it again.";
/** A cell this many font sizes wide has room for eight characters. */
const WIDE = 4.6;

export class MatrixTable {
  /** @type {TableData} */ data;
  layout = "";
  /** The data on the screen: a page of matrices is shown with every edit. */ shown = "";
  /** @type {"cell" | "narrow"} */ form = "cell";

  /**
   * @param {HTMLElement} root
   * @param {TableDoing} doing
   */
  constructor(root, doing) {
    this.root = root;
    this.doing = doing;
    this.grid = new Grid();
    this.head = new Head(doing);
    this.editing = new Editing(this.grid, {
      data: () => this.data,
      take: (values) => this.take(values),
      say: () => this.say(),
    });
    this.frame = element("div", "frame");
    this.frame.append(this.grid.table);
    this.note = Object.assign(element("p", "message"), { role: "alert" });
    this.hint = element("p", "hint", HINT);
    root.classList.add("regard-matrix");
    root.append(this.head.line, this.frame, this.note, this.hint);
    this.listen();
    this.observer = new ResizeObserver(() => this.measure());
    this.observer.observe(this.frame);
    this.observer.observe(this.grid.table);
  }

  listen() {
    /**
     * @template {keyof HTMLElementEventMap} Name
     * @param {Name} name
     * @param {((cell: Editable, event: HTMLElementEventMap[Name]) => void) | null} edit
     * @param {(cell: Cell, event: HTMLElementEventMap[Name]) => void} [read]
     */
    const listen = (name, edit, read) =>
      this.grid.table.addEventListener(name, (event) => {
        const cell = this.grid.of(event);
        if (cell?.input) edit?.call(this.editing, /** @type {Editable} */ (cell), event);
        else if (cell) read?.call(this, cell, event);
      });
    listen("focusin", this.editing.enter, (cell) => this.handling.selectable && this.grid.rest(cell));
    listen("focusout", this.editing.leave);
    listen("click", this.editing.click, this.click);
    listen("keydown", this.editing.press, this.press);
    listen("paste", this.editing.paste);
  }

  close() {
    this.observer.disconnect();
    this.root.replaceChildren();
  }

  get handling() {
    const { editable, blocked } = this.data;
    const masks = !editable && blocked !== null && this.doing.toggle !== undefined;
    return { editable, masks, selectable: masks || (!editable && this.doing.choose !== undefined) };
  }

  /** @param {TableData} data */
  show(data) {
    const asked = `${JSON.stringify(data)} ${data.values}`; // JSON has no ∞
    if (asked === this.shown) return;
    this.shown = asked;
    const before = this.data;
    this.data = data;
    this.build();
    if (before && String(before.values) !== String(data.values)) this.editing.forgive();
    this.root.dataset.table = data.name;
    this.root.style.setProperty("--role", `var(--regard-${data.role})`);
    this.root.style.setProperty("--role-text", `var(--regard-${data.role}-text)`);
    this.head.name(data.label, `${data.rows.length} × ${data.columns.length}`);
    this.grid.table.ariaLabel = this.head.line.querySelector(".title")?.textContent ?? "";
    this.grid.name(data.rows, data.columns);
    this.hint.hidden = !this.handling.masks;
    this.paint();
    this.say();
    this.head.offer(data.editable && data.canUndo, data.editable && data.canReset);
    if (this.head.leftFocus) this.grid.stop?.element.focus();
  }

  /** Build the table again if its size has changed. The focus stays near its place. */
  build() {
    const { rows, columns } = this.data;
    const { handling } = this;
    const layout = [rows.length, columns.length, ...Object.values(handling)].join();
    if (this.layout === layout) return;
    this.layout = layout;
    const { focused, stop } = this.grid;
    this.editing.end();
    this.grid.build(rows.length, columns.length, handling);
    if (!this.grid.stop || !stop) return;
    this.grid.rest(this.grid.near(stop));
    if (!focused) return;
    this.paint();
    this.grid.stop.element.focus();
  }

  paint() {
    const { rows, columns, values, marked, chosen, blocked } = this.data;
    const largest = largestOf(values);
    const { selectable } = this.handling;
    for (const cell of this.grid.cells) {
      const { row, column } = cell;
      const [value, held] = [values[row][column], this.editing.holds(cell)];
      cell.paint({
        value,
        share: largest > 0 && Number.isFinite(value) ? Math.abs(value) / largest : 0,
        form: this.form,
        blocked: blocked?.[row][column] ?? false,
        chosen: row === marked && column === chosen,
        selectable,
        row: rows[row],
        column: columns[column],
      });
      if (!held) cell.write(cell === this.editing.focused);
    }
    this.grid.lines.forEach((line, i) => (line.ariaCurrent = i === marked ? "true" : null));
    if (selectable && marked !== null && !this.grid.focused)
      this.grid.rest(this.grid.near({ row: marked, column: chosen ?? 0 }));
  }

  /** @param {Rows} values */
  take(values) {
    const { rows, columns } = this.data;
    if (values.length === rows.length && values[0].length === columns.length) {
      this.data = { ...this.data, values };
      this.shown = ""; // the owner may refuse them
      this.paint();
    }
    this.doing.edit?.(values);
  }

  /** Show the last refusal, or the message of the data. */
  say() {
    const text = this.editing.refusal?.sentence ?? this.data.message;
    if (this.note.textContent !== text) this.note.textContent = text;
  }

  /**
   * @param {Cell} cell
   * @param {MouseEvent} event
   */
  click({ row, column, box }, event) {
    if (around(event, ".mask")) {
      box.focus({ preventScroll: true });
      this.doing.toggle?.(row, column);
    } else this.doing.choose?.(row, column);
  }

  /**
   * @param {Cell} cell
   * @param {KeyboardEvent} event
   */
  press({ row, column }, event) {
    const { selectable, masks } = this.handling;
    if (!selectable || event.altKey || event.metaKey) return;
    const by = moveOf(event, { selectionStart: 0, selectionEnd: 0, value: "" });
    if (event.key === "Enter" || event.key === " ") this.doing.choose?.(row, column);
    else if (masks && event.key.toLowerCase() === "m" && !event.ctrlKey) this.doing.toggle?.(row, column);
    else if (by) this.grid.near({ row: row + by[0], column: column + by[1] }).element.focus();
    else return;
    event.preventDefault();
    event.stopPropagation(); // the page has keys of its own
  }

  /** Choose the number form that fits the cells. Make a scrolling read-only table focusable, so that keys can scroll it. */
  measure() {
    const [cell] = this.grid.cells;
    if (!cell) return;
    const type = Math.max(...[this.root, cell.element].map((node) => parseFloat(getComputedStyle(node).fontSize)));
    const form = cell.element.offsetWidth < WIDE * type ? "narrow" : "cell";
    if (form !== this.form) {
      this.form = form;
      this.root.classList.toggle("narrow", form === "narrow");
      this.paint();
    }
    const { editable, selectable } = this.handling;
    const scrolls = this.frame.scrollWidth > this.frame.clientWidth && !editable && !selectable;
    if (scrolls) Object.assign(this.frame, { tabIndex: 0, role: "region", ariaLabel: this.grid.table.ariaLabel });
    else for (const name of ["tabindex", "role", "aria-label"]) this.frame.removeAttribute(name);
  }
}
