// An editable matrix: a real table of text inputs. What was typed goes to Python as it is; Python alone accepts or refuses it.
// data = { label, role, rows, columns, values (row by row), editable, resizable, message, marked, edits, answered }.
import {
  MATRIX_INPUT, matrixBlock, matrixElement, matrixMove, matrixName, matrixOverlay, matrixShort, matrixWrite,
} from "./text.js";

const MATRIX_PAUSE_MS = 120;
const matrixTables = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  let table = matrixTables.get(parentElement);
  if (!table) {
    table = new MatrixTable(parentElement.querySelector(".regard-matrix"));
    matrixTables.set(parentElement, table);
  }
  table.send = (edit) => setTriggerValue("edit", edit);
  if (data) table.show(data);
  return () => {
    table.close();
    matrixTables.delete(parentElement);
  };
}

class MatrixTable {
  constructor(root) {
    this.root = root;
    this.sent = 0; // serial of the last edit; Python names the last one it has answered
    this.frame = Object.assign(document.createElement("div"), { className: "frame" });
    this.table = document.createElement("table");
    this.note = Object.assign(document.createElement("p"), { className: "message", role: "alert" });
    this.frame.append(this.table);
    root.append(this.frame, this.note);
    const cellOf = (event) => this.cells.find((cell) => cell.element === event.target);
    const listen = (name, act) => root.addEventListener(name, (event) => {
      const cell = this.data?.editable && cellOf(event);
      if (cell) act.call(this, cell, event);
    });
    listen("focusin", this.enter);
    listen("focusout", this.leave);
    listen("click", this.selectFresh);
    listen("keydown", this.press);
    listen("paste", this.paste);
    this.observer = new ResizeObserver(() => this.markScrolling());
    this.observer.observe(this.frame);
    this.observer.observe(this.table);
  }

  close() {
    clearTimeout(this.timer);
    this.observer.disconnect();
  }

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
    const largest = Math.max(...values.filter(Number.isFinite).map(Math.abs), 0);
    this.cells.forEach((cell, i) => this.paint(cell, values[i], largest));
    this.showMessage();
    if (place) this.focusNear(place);
  }

  build() {
    const { rows, columns, editable } = this.data;
    clearTimeout(this.timer);
    this.focused = null;
    const head = matrixElement("tr", matrixElement("td"), ...columns.map(() => matrixElement("th", { scope: "col" })));
    this.cells = [];
    this.lines = rows.map((_, row) => {
      const line = matrixElement("tr", matrixElement("th", { scope: "row" }));
      columns.forEach((_, column) => {
        const box = matrixElement("td");
        const element = editable ? matrixElement("input", MATRIX_INPUT) : box;
        if (editable) box.append(element);
        line.append(box);
        this.cells.push({ row, column, box, element, text: "", serial: 0 });
      });
      return line;
    });
    this.caption = matrixElement("caption", matrixElement("b"), matrixElement("span"));
    this.table.replaceChildren(this.caption, matrixElement("thead", head), matrixElement("tbody", ...this.lines));
  }

  showNames() {
    const { label, rows, columns, marked, editable } = this.data;
    const [letter] = label.match(/^[\p{L}\p{N}_]+/u) ?? [""];
    matrixName(this.caption.firstChild, letter);
    this.caption.lastChild.textContent = `${label.slice(letter.length)} · ${rows.length} × ${columns.length}`;
    this.table.querySelectorAll("thead th").forEach((th, i) => matrixName(th, columns[i]));
    this.lines.forEach((line, i) => {
      matrixName(line.firstChild, rows[i]);
      line.ariaCurrent = i === marked ? "true" : null;
    });
    if (editable) this.cells.forEach((cell) => (cell.element.ariaLabel = `${rows[cell.row]}, column ${columns[cell.column]}`));
  }

  paint(cell, value, largest) {
    const { element } = cell;
    element.dataset.value = String(value);
    const share = largest > 0 && Number.isFinite(value) ? Math.abs(value) / largest : 0;
    cell.box.style.setProperty("--share", `${(35 * share).toFixed(1)}%`);
    if (!this.data.editable) {
      element.textContent = matrixShort(value);
      return;
    }
    if (cell.serial > this.data.answered) return; // an edit that this answer does not know
    const typing = cell === this.focused && element.value.trim() !== cell.text;
    cell.text = String(value);
    cell.short = matrixShort(value);
    cell.serial = 0;
    if (!typing) matrixWrite(element, cell === this.focused ? cell.text : cell.short);
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

  cellAt(row, column) {
    const { rows, columns } = this.data;
    const inside = row >= 0 && row < rows.length && column >= 0 && column < columns.length;
    return inside ? this.cells[row * columns.length + column] : undefined;
  }

  focusNear({ row, column }) {
    const { rows, columns } = this.data;
    this.cellAt(Math.min(row, rows.length - 1), Math.min(column, columns.length - 1)).element.focus();
  }

  enter(cell) {
    this.focused = this.fresh = cell;
    cell.element.value = cell.text;
    cell.element.select();
  }

  leave(cell) {
    if (cell !== this.focused) return; // its table was replaced
    this.commit(cell);
    this.focused = null;
    if (!cell.serial) cell.element.value = cell.short;
  }

  /** The click that focused a cell has put the caret somewhere; the next one may. */
  selectFresh(cell) {
    if (this.fresh === cell && cell.element.selectionStart === cell.element.selectionEnd) cell.element.select();
    this.fresh = null;
  }

  press(cell, event) {
    this.fresh = null;
    const { key, altKey, shiftKey } = event;
    if (event.ctrlKey || event.metaKey || event.isComposing) return;
    if (altKey && (key === "ArrowUp" || key === "ArrowDown")) {
      event.preventDefault();
      this.step(cell, (key === "ArrowUp" ? 1 : -1) * (shiftKey ? 1 : 0.1));
    } else if (key === "Escape") {
      clearTimeout(this.timer);
      matrixWrite(cell.element, cell.text);
      cell.element.select();
    } else {
      const move = altKey ? null : matrixMove(event, cell.element);
      if (!move) return;
      event.preventDefault();
      const next = this.cellAt(cell.row + move[0], cell.column + move[1]);
      if (next) next.element.focus(); // leaving commits
      else if (move[0]) {
        this.commit(cell);
        cell.element.select();
      }
    }
  }

  step(cell, by) {
    const now = cell.element.value.trim().replace("−", "-").replace(",", ".");
    if (now === "" || !Number.isFinite(Number(now))) return;
    cell.element.value = String(Number((Number(now) + by).toPrecision(15)));
    cell.element.select();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.commit(cell), MATRIX_PAUSE_MS);
  }

  paste(cell, event) {
    const block = matrixBlock(event.clipboardData.getData("text/plain"));
    if (block.length === 1 && block[0].length === 1) return; // into the text, at the caret
    event.preventDefault();
    const { rows, columns, resizable } = this.data;
    const replaces = resizable && cell.row === 0 && cell.column === 0;
    const grid = replaces ? block : matrixOverlay(this.texts(), block, cell);
    if (grid.length === rows.length && grid.every((row) => row.length === columns.length)) {
      for (const changed of this.cells.filter(({ row, column, text }) => grid[row][column] !== text)) {
        this.take(changed, grid[changed.row][changed.column]);
        matrixWrite(changed.element, changed.text);
      }
    }
    this.sendEdit(cell, grid);
  }

  commit(cell) {
    clearTimeout(this.timer);
    const text = cell.element.value.trim();
    if (text === cell.text) return;
    this.take(cell, text);
    this.sendEdit(cell, this.texts());
  }

  take(cell, text) {
    cell.text = text;
    cell.serial = this.sent + 1;
  }

  sendEdit({ row, column }, cells) {
    this.sent += 1;
    this.send({ cells, row, column, serial: this.sent });
  }

  texts() {
    return this.lines.map((_, row) => this.cells.filter((cell) => cell.row === row).map((cell) => cell.text));
  }
}
