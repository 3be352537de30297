// The table's own elements: a head with the columns' names, and a line for each row.
import { element } from "../shared/elements.js";
import { formatNumber } from "../shared/numbers.js";
import { writeInput } from "./text.js";

/** Of a row's or a column's name. @param {string} scope */
const heading = (scope) => Object.assign(document.createElement("th"), { scope });

export class Cell {
  /** As Python knows it, or as it was sent. */ text = "";
  /** As it is shown while nobody edits it. */ short = "";
  /** The edit that changed it last; 0 once Python has answered that. */ serial = 0;

  /**
   * @param {number} row
   * @param {number} column
   * @param {boolean} editable
   */
  constructor(row, column, editable) {
    this.row = row;
    this.column = column;
    this.box = element("td");
    this.input = editable ? newInput() : null;
    if (this.input) this.box.append(this.input);
  }

  /** What carries the number. */
  get element() {
    return this.input ?? this.box;
  }

  /**
   * @param {number} value
   * @param {number} largest of the table, in size
   * @param {number} answered the last edit that the value knows of
   * @param {boolean} focused
   */
  paint(value, largest, answered, focused) {
    this.element.dataset.value = String(value);
    const share = largest > 0 && Number.isFinite(value) ? Math.abs(value) / largest : 0;
    this.box.style.setProperty("--share", `${(35 * share).toFixed(1)}%`);
    const short = formatNumber(value, "cell");
    if (!this.input) {
      this.box.textContent = short;
      return;
    }
    if (this.serial > answered) return;
    const typing = focused && this.input.value.trim() !== this.text;
    this.text = String(value);
    this.short = short;
    this.serial = 0;
    if (!typing) writeInput(this.input, focused ? this.text : this.short);
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
  });
}

/**
 * A head, and a line with its cells for each row.
 *
 * @param {number} rows
 * @param {number} columns
 * @param {boolean} editable
 */
export function buildTable(rows, columns, editable) {
  const head = element("tr");
  head.append(element("td"), ...Array.from({ length: columns }, () => heading("col")));
  const cells = Array.from({ length: rows * columns }, (_, i) => new Cell(Math.floor(i / columns), i % columns, editable));
  const lines = Array.from({ length: rows }, (_, row) => {
    const line = element("tr");
    line.append(heading("row"), ...cells.slice(row * columns, (row + 1) * columns).map((cell) => cell.box));
    return line;
  });
  const [thead, tbody] = [element("thead"), element("tbody")];
  thead.append(head);
  tbody.append(...lines);
  return { thead, tbody, lines, cells };
}
