// One number of a matrix: to read, to choose, or to edit.
import { element } from "../figures/elements.js";
import { formatNumber } from "../figures/numbers.js";
import { writeInput } from "./text.js";

/**
 * The reader's possible actions on the cells of a table.
 *
 * @typedef {object} Handling
 * @property {boolean} editable
 * @property {boolean} selectable
 * @property {boolean} masks true if each cell can be masked
 */

/**
 * @typedef {object} Look
 * @property {number} value
 * @property {number} share of the largest of the table, from 0 to 1
 * @property {"cell" | "narrow"} form
 * @property {boolean} blocked
 * @property {boolean} chosen
 * @property {boolean} selectable
 * @property {string} row name of the row
 * @property {string} column name of the column
 */

/** @typedef {Cell & { input: HTMLInputElement }} Editable */

export class Cell {
  /** The number in full. */ text = "";
  /** The short form, shown while nobody edits it. */ short = "";
  painted = "";

  /**
   * @param {number} row
   * @param {number} column
   * @param {Handling} handling
   */
  constructor(row, column, { editable, selectable, masks }) {
    this.row = row;
    this.column = column;
    this.box = element("td");
    this.input = editable ? newInput() : null;
    this.number = element("span");
    this.mark = masks ? Object.assign(element("button", "mask"), { type: "button", tabIndex: -1 }) : null;
    this.box.append(this.input ?? this.number, ...(this.mark ? [this.mark] : []));
    if (selectable) this.box.tabIndex = -1;
  }

  /** The element that takes the focus. */
  get element() {
    return this.input ?? this.box;
  }

  /** Draw the cell if it has changed. Each edit draws all matrices of a page. @param {Look} look */
  paint(look) {
    const key = Object.values(look).join("|");
    if (this.painted === key) return;
    this.painted = key;
    const { value, share, form, blocked, selectable, chosen } = look;
    this.text = String(value);
    this.short = formatNumber(value, form);
    this.number.textContent = blocked ? "–" : this.short;
    this.element.dataset.value = this.text;
    this.box.style.setProperty("--share", `${(35 * share).toFixed(1)}%`);
    this.box.classList.toggle("long", this.short.length > 7);
    this.box.classList.toggle("chosen", chosen);
    this.box.classList.toggle("blocked", blocked);
    this.box.ariaSelected = selectable ? String(chosen) : null;
    this.name(look);
  }

  /** @param {Look} look */
  name({ row, column, blocked, selectable }) {
    const name = `${row}, column ${column}`;
    if (this.input) this.input.ariaLabel = name;
    else this.box.ariaLabel = selectable || blocked ? `${name}: ${blocked ? "masked" : this.short}` : null;
    if (!this.mark) return;
    this.mark.ariaPressed = String(blocked);
    this.mark.ariaLabel = `Mask: ${row} does not attend to ${column}`;
    this.mark.title = blocked ? `Let ${row} attend to ${column}` : `Mask: forbid ${row} to attend to ${column}`;
  }

  /** @param {boolean} inFull */
  write(inFull) {
    if (this.input) writeInput(this.input, inFull ? this.text : this.short);
  }
}

function newInput() {
  return Object.assign(document.createElement("input"), {
    type: "text",
    size: 1,
    inputMode: "decimal",
    autocomplete: "off",
    spellcheck: false,
    enterKeyHint: "next",
    tabIndex: -1,
  });
}
