// Typing, stepping and pasting in a table, until the numbers are accepted or refused.
import { parseCells } from "./parse.js";
import { moveOf, overlaid, pastedBlock, stepped, writeInput } from "./text.js";

/** @import { Cell, Editable } from "./cells.js" */
/** @import { Grid } from "./grid.js" */
/** @import { Rows } from "./parse.js" */
/** @import { TableData } from "./view.js" */

/** Reason of a refusal. A refused text stays in its cell. @typedef {{ sentence: string, cell?: Cell, text?: string }} Refusal */

/**
 * @typedef {object} Owner
 * @property {() => TableData} data
 * @property {(values: Rows) => void} take called with accepted, changed numbers
 * @property {() => void} say called after a refusal appears or ends
 */

export class Editing {
  /** @type {Cell | null} */ focused = null;
  /** The cell that was focused by the current click. @type {Cell | null} */ fresh = null;
  /** @type {Refusal | null} */ refusal = null;

  /**
   * @param {Grid} grid
   * @param {Owner} owner
   */
  constructor(grid, owner) {
    this.grid = grid;
    this.owner = owner;
  }

  /** True if the cell's text differs from its number. @param {Cell} cell */
  holds(cell) {
    return this.refusal?.cell === cell || (cell === this.focused && cell.input?.value.trim() !== cell.text);
  }

  /** @param {Editable} cell */
  enter(cell) {
    this.focused = this.fresh = cell;
    this.grid.rest(cell);
    if (this.refusal?.cell !== cell) cell.input.value = cell.text;
    cell.input.select();
  }

  /** @param {Editable} cell */
  leave(cell) {
    if (cell !== this.focused) return; // its table was replaced
    this.commit(cell);
    this.focused = null;
    if (this.refusal?.cell !== cell) cell.write(false);
  }

  /**
   * Select the whole text after the click that focused a cell. Later clicks place the caret.
   *
   * @param {Editable} cell
   */
  click(cell) {
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
    if (event.isComposing || event.metaKey) return;
    if (key === "Escape") this.restore(cell, event);
    else if (key === "F2") cell.input.setSelectionRange(cell.input.value.length, cell.input.value.length);
    else if (altKey && (key === "ArrowUp" || key === "ArrowDown")) {
      event.preventDefault();
      this.step(cell, (key === "ArrowUp" ? 1 : -1) * (shiftKey ? 1 : 0.1));
    } else if (!altKey) this.move(cell, event);
  }

  /**
   * Move to another cell. A refused text keeps the focus, but Tab and the pointer can leave it.
   *
   * @param {Editable} cell
   * @param {KeyboardEvent} event
   */
  move(cell, event) {
    const by = moveOf(event, cell.input);
    if (!by || (event.ctrlKey && !event.key.match(/Home|End/))) return;
    event.preventDefault();
    const next = this.grid.near({ row: cell.row + by[0], column: cell.column + by[1] });
    if (this.commit(cell) && next !== cell) next.element.focus();
    else cell.input.select();
  }

  /**
   * @param {Editable} cell
   * @param {KeyboardEvent} event
   */
  restore(cell, event) {
    if (!this.refusal && !this.holds(cell)) return;
    event.stopPropagation(); // Escape must do nothing else
    this.forgive();
    writeInput(cell.input, cell.text);
    cell.input.select();
  }

  /** @param {Editable} cell @param {number} by */
  step(cell, by) {
    const text = stepped(cell.input.value, by);
    if (text !== null) this.replace(cell, text);
  }

  /** @param {Editable} cell @param {string} text */
  replace(cell, text) {
    cell.input.value = text;
    this.commit(cell);
    cell.input.select();
  }

  /**
   * @param {Editable} cell
   * @param {ClipboardEvent} event
   */
  paste(cell, event) {
    const block = pastedBlock(event.clipboardData?.getData("text/plain") ?? "");
    const { selectionStart, selectionEnd, value } = cell.input;
    const one = block.length === 1 && block[0].length === 1;
    if (one && !(selectionStart === 0 && selectionEnd === value.length)) return; // into the text, at the caret
    event.preventDefault();
    if (one) return this.replace(cell, block[0][0]);
    const replaces = this.owner.data().resizable && cell.row === 0 && cell.column === 0;
    this.forgive();
    writeInput(cell.input, cell.text);
    this.take(replaces ? block : overlaid(this.grid.texts(), block, cell), {});
  }

  /** Return true if the cell's text is accepted, now or before. @param {Editable} cell */
  commit(cell) {
    const text = cell.input.value.trim();
    if (text === (this.refusal?.cell === cell ? this.refusal.text : cell.text)) return this.refusal?.cell !== cell;
    return this.take(overlaid(this.grid.texts(), [[text]], cell), { cell, text });
  }

  /**
   * @param {string[][]} texts
   * @param {{ cell?: Editable, text?: string }} typed
   */
  take(texts, typed) {
    const { label, rows, columns, resizable, maxRows, maxColumns } = this.owner.data();
    const shape = resizable ? null : /** @type {[number, number]} */ ([rows.length, columns.length]);
    const read = parseCells(texts, { name: label, shape, maxRows, maxColumns });
    this.forgive(typed.cell);
    if ("refusal" in read) this.refuse({ ...typed, sentence: read.refusal });
    else {
      const { cell } = typed;
      const text = cell && String(read.values[cell.row][cell.column]);
      const same = cell && text === cell.text;
      if (cell && text) writeInput(cell.input, (cell.text = text));
      if (!same) this.owner.take(read.values);
    }
    return !("refusal" in read);
  }

  /** @param {Refusal} refusal */
  refuse(refusal) {
    this.refusal = refusal;
    refusal.cell?.element.setAttribute("aria-invalid", "true");
    this.owner.say();
  }

  /**
   * End the refusal, and show the number in its cell again.
   *
   * @param {Cell} [typed] the cell that already has another text
   */
  forgive(typed) {
    const { cell } = this.refusal ?? {};
    this.refusal = null;
    cell?.element.removeAttribute("aria-invalid");
    if (cell !== typed) cell?.write(cell === this.focused);
    this.owner.say();
  }

  /** Forget the focus and the refusal, because the table is replaced. */
  end() {
    this.focused = this.fresh = this.refusal = null;
  }
}
