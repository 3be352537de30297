// The rows and columns of a table. One cell at a time is a tab stop.
import { element, find } from "../figures/elements.js";
import { Cell } from "./cells.js";
import { writeMatrixName } from "./text.js";

/** @import { Handling } from "./cells.js" */
/** @import { Place } from "./text.js" */

/** Return a header cell for a row or a column. @param {string} scope */
const heading = (scope) => Object.assign(document.createElement("th"), { scope });

export class Grid {
  table = element("table");
  /** @type {Cell[]} */ cells = [];
  /** @type {HTMLTableRowElement[]} */ lines = [];
  /** The tab stop. @type {Cell | null} */ stop = null;
  columns = 0;

  /**
   * @param {number} rows
   * @param {number} columns
   * @param {Handling} handling
   */
  build(rows, columns, handling) {
    const head = element("tr");
    head.append(element("td"), ...Array.from({ length: columns }, () => heading("col")));
    this.columns = columns;
    this.cells = Array.from({ length: rows * columns }, (_, i) => new Cell(Math.floor(i / columns), i % columns, handling));
    this.lines = Array.from({ length: rows }, (_, row) => {
      const line = element("tr");
      line.append(heading("row"), ...this.cells.slice(row * columns, (row + 1) * columns).map((cell) => cell.box));
      return line;
    });
    const [thead, tbody] = [element("thead"), element("tbody")];
    thead.append(head);
    tbody.append(...this.lines);
    const stops = handling.editable || handling.selectable;
    this.table.role = stops ? "grid" : null;
    this.table.style.setProperty("--columns", String(columns));
    this.table.replaceChildren(thead, tbody);
    this.stop = null;
    if (stops) this.rest(this.cells[0]);
  }

  /**
   * @param {readonly string[]} rows
   * @param {readonly string[]} columns
   */
  name(rows, columns) {
    /** @type {NodeListOf<HTMLElement>} */
    const heads = this.table.querySelectorAll("thead th");
    heads.forEach((th, i) => writeMatrixName(th, columns[i]));
    this.lines.forEach((line, i) => writeMatrixName(find(line, "th"), rows[i]));
  }

  /**
   * Make a cell the tab stop.
   *
   * @param {Cell} cell
   */
  rest(cell) {
    if (this.stop) this.stop.element.tabIndex = -1;
    this.stop = cell;
    cell.element.tabIndex = 0;
  }

  /**
   * Return the cell at a place, or the nearest cell if the place is outside.
   *
   * @param {Place} place
   */
  near({ row, column }) {
    /** @param {number} at @param {number} count */
    const inside = (at, count) => Math.max(0, Math.min(at, count - 1));
    return this.cells[inside(row, this.lines.length) * this.columns + inside(column, this.columns)];
  }

  /** Return the cell of an event, if there is one. @param {Event} event */
  of(event) {
    const box = event.target instanceof Element ? event.target.closest("td") : null;
    return this.cells.find((cell) => cell.box === box);
  }

  get focused() {
    return this.table.matches(":focus-within");
  }

  /** The numbers in full, row by row. */
  texts() {
    return this.lines.map((_, row) => this.cells.filter((cell) => cell.row === row).map((cell) => cell.text));
  }
}
