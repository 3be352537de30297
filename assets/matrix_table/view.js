// What the editable matrix shows and how it is handled.
import { element, find } from "../shared/elements.js";
import { largestOf } from "../shared/numbers.js";
import { buildTable } from "./cells.js";
import { moveOf, overlaid, pastedBlock, stepped, writeInput, writeMatrixName } from "./text.js";

/** @import { Cell } from "./cells.js" */
/** @import { Edit, MatrixData } from "./matrix_table.js" */
/** @import { Place } from "./text.js" */
/** @typedef {Cell & { input: HTMLInputElement }} Editable */

const PAUSE_MS = 120;

export class MatrixTable {
  /** @type {MatrixData} */ data;
  /** @type {(edit: Edit) => void} */ send;
  /** @type {Cell[]} */ cells = [];
  /** @type {HTMLTableRowElement[]} */ lines = [];
  /** @type {Cell | null} */ focused = null;
  /** The cell whose focus comes from a click that is not over yet. @type {Cell | null} */ fresh = null;
  /** The serial of the last edit; Python names the last one it has answered. */ sent = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ timer;
  layout = "";
  shown = "";

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.frame = element("div", "frame");
    this.table = element("table");
    this.caption = element("caption");
    this.letter = element("b");
    this.title = element("span");
    this.caption.append(this.letter, this.title);
    this.note = Object.assign(element("p", "message"), { role: "alert" });
    this.frame.append(this.table);
    root.append(this.frame, this.note);
    this.listen();
    this.observer = new ResizeObserver(() => this.markScrolling());
    this.observer.observe(this.frame);
    this.observer.observe(this.table);
  }

  listen() {
    /**
     * @template {keyof HTMLElementEventMap} Name
     * @param {Name} name
     * @param {(cell: Editable, event: HTMLElementEventMap[Name]) => void} act
     */
    const listen = (name, act) =>
      this.root.addEventListener(name, (event) => {
        const cell = this.cells.find(({ input }) => input !== null && input === event.target);
        if (cell) act.call(this, /** @type {Editable} */ (cell), event);
      });
    listen("focusin", this.enter);
    listen("focusout", this.leave);
    listen("click", this.selectFresh);
    listen("keydown", this.press);
    listen("paste", this.paste);
  }

  close() {
    clearTimeout(this.timer);
    this.observer.disconnect();
  }

  /** @param {MatrixData} data */
  show(data) {
    this.data = data;
    this.sent = Math.max(this.sent, data.answered); // mounted anew
    const layout = [data.rows.length, data.columns.length, data.editable].join();
    const place = this.layout === layout ? null : this.focused;
    if (this.layout !== layout) this.build();
    this.layout = layout;
    this.root.style.setProperty("--role", `var(--regard-${data.role})`);
    this.root.style.setProperty("--role-text", `var(--regard-${data.role}-text)`);
    this.showNames();
    const values = data.values.map(Number);
    const largest = largestOf([values]);
    this.cells.forEach((cell, i) => cell.paint(values[i], largest, data.answered, cell === this.focused));
    this.showMessage();
    if (place) this.focusNear(place);
  }

  build() {
    const { rows, columns, editable } = this.data;
    clearTimeout(this.timer);
    this.focused = null;
    const { thead, tbody, lines, cells } = buildTable(rows.length, columns.length, editable);
    Object.assign(this, { lines, cells });
    this.table.replaceChildren(this.caption, thead, tbody);
  }

  showNames() {
    const { label, rows, columns, marked } = this.data;
    const [letter] = label.match(/^[\p{L}\p{N}_]+/u) ?? [""];
    writeMatrixName(this.letter, letter);
    this.title.textContent = `${label.slice(letter.length)} · ${rows.length} × ${columns.length}`;
    /** @type {NodeListOf<HTMLElement>} */
    const heads = this.table.querySelectorAll("thead th");
    heads.forEach((th, i) => writeMatrixName(th, columns[i]));
    this.lines.forEach((line, i) => {
      writeMatrixName(find(line, "th"), rows[i]);
      line.ariaCurrent = i === marked ? "true" : null;
    });
    for (const { input, row, column } of this.cells) if (input) input.ariaLabel = `${rows[row]}, column ${columns[column]}`;
  }

  showMessage() {
    const { message, edits, answered } = this.data;
    const shown = `${answered}/${edits}/${message}`;
    if (this.shown !== shown) this.note.textContent = message;
    this.shown = shown;
  }

  /** A table of inputs scrolls to the focused one; a read-only one must take the focus itself to be scrolled by keys. */
  markScrolling() {
    const scrolls = this.frame.scrollWidth > this.frame.clientWidth && !this.data?.editable;
    if (scrolls) Object.assign(this.frame, { tabIndex: 0, role: "region", ariaLabel: this.caption.textContent });
    else for (const name of ["tabindex", "role", "aria-label"]) this.frame.removeAttribute(name);
  }

  /** @param {Place} place */
  cellAt({ row, column }) {
    const { rows, columns } = this.data;
    const inside = row >= 0 && row < rows.length && column >= 0 && column < columns.length;
    return inside ? this.cells[row * columns.length + column] : undefined;
  }

  /** @param {Place} place */
  focusNear({ row, column }) {
    const { rows, columns } = this.data;
    this.cellAt({ row: Math.min(row, rows.length - 1), column: Math.min(column, columns.length - 1) })?.element.focus();
  }

  /** @param {Editable} cell */
  enter(cell) {
    this.focused = this.fresh = cell;
    cell.input.value = cell.text;
    cell.input.select();
  }

  /** @param {Editable} cell */
  leave(cell) {
    if (cell !== this.focused) return; // its table was replaced
    this.commit(cell);
    this.focused = null;
    if (!cell.serial) cell.input.value = cell.short;
  }

  /**
   * The click that focused a cell has put the caret somewhere; the next one may.
   *
   * @param {Editable} cell
   */
  selectFresh(cell) {
    if (this.fresh === cell && cell.input.selectionStart === cell.input.selectionEnd) cell.input.select();
    this.fresh = null;
  }

  /**
   * @param {Editable} cell
   * @param {KeyboardEvent} event
   */
  press(cell, event) {
    this.fresh = null;
    const { key, altKey, shiftKey } = event;
    if (event.ctrlKey || event.metaKey || event.isComposing) return;
    if (altKey && (key === "ArrowUp" || key === "ArrowDown")) {
      event.preventDefault();
      this.step(cell, (key === "ArrowUp" ? 1 : -1) * (shiftKey ? 1 : 0.1));
    } else if (key === "Escape") {
      clearTimeout(this.timer);
      writeInput(cell.input, cell.text);
      cell.input.select();
    } else {
      const move = altKey ? null : moveOf(event, cell.input);
      if (!move) return;
      event.preventDefault();
      const next = this.cellAt({ row: cell.row + move[0], column: cell.column + move[1] });
      if (next)
        next.element.focus(); // leaving commits
      else if (move[0]) {
        this.commit(cell);
        cell.input.select();
      }
    }
  }

  /** @param {Editable} cell @param {number} by */
  step(cell, by) {
    const text = stepped(cell.input.value, by);
    if (text === null) return;
    cell.input.value = text;
    cell.input.select();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.commit(cell), PAUSE_MS);
  }

  /**
   * @param {Editable} cell
   * @param {ClipboardEvent} event
   */
  paste(cell, event) {
    const block = pastedBlock(event.clipboardData?.getData("text/plain") ?? "");
    if (block.length === 1 && block[0].length === 1) return; // into the text, at the caret
    event.preventDefault();
    const { rows, columns, resizable } = this.data;
    const replaces = resizable && cell.row === 0 && cell.column === 0;
    const grid = replaces ? block : overlaid(this.texts(), block, cell);
    if (grid.length === rows.length && grid.every((row) => row.length === columns.length)) {
      for (const changed of this.cells.filter(({ row, column, text }) => grid[row][column] !== text)) {
        this.take(changed, grid[changed.row][changed.column]);
        if (changed.input) writeInput(changed.input, changed.text);
      }
    }
    this.sendEdit(cell, grid);
  }

  /** @param {Editable} cell */
  commit(cell) {
    clearTimeout(this.timer);
    const text = cell.input.value.trim();
    if (text === cell.text) return;
    this.take(cell, text);
    this.sendEdit(cell, this.texts());
  }

  /** @param {Cell} cell @param {string} text */
  take(cell, text) {
    cell.text = text;
    cell.serial = this.sent + 1;
  }

  /** @param {Place} place @param {string[][]} cells */
  sendEdit({ row, column }, cells) {
    this.sent += 1;
    this.send({ cells, row, column, serial: this.sent });
  }

  texts() {
    return this.lines.map((_, row) => this.cells.filter((cell) => cell.row === row).map((cell) => cell.text));
  }
}
