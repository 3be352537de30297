// The sides of the matrix: names of the prefix tokens, and the letters q and k at the marked row and column.
import { element, find } from "../figures/elements.js";

/** @import { Axis } from "./axis.js" */

export class Gutters {
  named = "";

  /** @param {HTMLElement} root */
  constructor(root) {
    this.queries = find(root, ".gutter.queries");
    this.keys = find(root, ".gutter.keys");
    this.query = find(this.queries, ".letter");
    this.key = find(this.keys, ".letter");
  }

  /**
   * @param {readonly string[]} prefix
   * @param {Axis} axis
   * @param {number} unit length of a CSS px on the axis
   */
  name(prefix, axis, unit) {
    const named = JSON.stringify([prefix, axis.first, unit]);
    if (named === this.named) return;
    this.named = named;
    for (const side of [this.queries, this.keys])
      find(side, ".names").replaceChildren(
        ...prefix.map((name) => {
          const node = element("span", "", shortened(name));
          node.style.flexBasis = `${axis.first / unit}px`;
          return node;
        }),
      );
  }

  /**
   * Place the letters at a row and a column; null hides a letter.
   *
   * @param {number | null} row
   * @param {number | null} col
   * @param {Axis} axis
   * @param {number} unit
   */
  mark(row, col, axis, unit) {
    const middle = (/** @type {number} */ cell) => (axis.start(cell) + axis.size(cell) / 2) / unit;
    const past = (/** @type {number} */ cell) => (cell < axis.prefix ? "-1.45rem" : "0"); // the names
    this.query.hidden = row === null;
    this.key.hidden = col === null;
    if (row !== null) this.query.style.translate = `${past(row)} ${middle(row)}px`;
    if (col !== null) this.key.style.translate = `${middle(col)}px ${past(col)}`;
  }
}

/** "CLS", or "r1" of "register 1". @param {string} name */
function shortened(name) {
  return name.length > 4 ? name.replace(/^(.).*?(\d*)$/, "$1$2") : name;
}
