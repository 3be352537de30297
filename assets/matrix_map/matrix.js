// The weights between all tokens of the current layer, of the chosen heads, and the tokens of its cells. Draws nothing.
import { matrixWanted } from "../data/wanted.js";
import { combined } from "../view/weights.js";
import { largest } from "../maths/attention_math.js";
import { stored } from "../data/stored.js";
import { blockOf, cellOfToken, countOf, nameOf, patchOf } from "./cells.js";

/** @import { Wanted } from "../data/wanted.js" */
/** @import { Exploration } from "../view/exploration.js" */
/** @import { MatrixEntry } from "../data/stored.js" */
/** @import { Cell } from "./board.js" */
/** @import { Cells } from "./cells.js" */

export class Matrix {
  /** The last matrix that arrived. @type {(MatrixEntry & { id: string }) | null} */ entry = null;
  /** True if `entry` belongs to the current layer. */ current = false;
  /** @type {Cells} */ cells;
  /** @type {string[]} */ prefix = [];
  /** (count, count) row by row. @type {Float32Array} */ weights = new Float32Array();
  scratch = new Float32Array();

  /** @param {Exploration} exploration */
  constructor(exploration) {
    this.exploration = exploration;
  }

  /**
   * Take the current layer's matrix from the store, if it is there.
   *
   * @returns {Wanted | null} the request for a missing matrix
   */
  take() {
    const { data, settings, layer } = this.exploration;
    const { recording } = data;
    const { depth, temperature } = settings;
    const request = depth === "layer" ? matrixWanted(data, layer, temperature) : null;
    const entry = stored("matrix", request?.id);
    this.current = entry !== undefined;
    if (entry) {
      const { prefix, rows, cols } = data.layers[layer];
      const { blocks, factor } = entry;
      this.entry = entry;
      this.prefix = prefix;
      this.cells = { prefix: prefix.length, blocks, factor, grid: { rows, cols } };
    } else if (this.entry?.recording !== recording) this.entry = null;
    return entry ? null : request;
  }

  /** Combine the heads as the reader chose. */
  combine() {
    if (!this.entry) return;
    const { means } = this.entry;
    const size = this.count ** 2;
    if (this.scratch.length !== size) this.scratch = new Float32Array(size);
    const heads = Array.from({ length: this.numHeads }, (_, head) => means.subarray(head * size, (head + 1) * size));
    this.weights = combined(heads, this.exploration.settings, this.scratch);
  }

  /** Number of cells along a side. */
  get count() {
    return countOf(this.cells);
  }

  get numHeads() {
    return this.entry ? this.entry.means.length / this.count ** 2 : 0;
  }

  get incoming() {
    return this.exploration.settings.direction === "incoming";
  }

  /** Cell of the token whose row (with `incoming`, column) is on the picture. */
  get asking() {
    return cellOfToken(this.cells, this.exploration.ask(this.exploration.layer).token);
  }

  /** Return the index that a click pins: the query, or with `incoming` the key. @param {Cell} cell */
  asks({ row, col }) {
    return this.incoming ? col : row;
  }

  /** @param {Cell} cell */
  pair({ row, col }) {
    const [query, key] = [row, col].map((at) => nameOf(this.cells, this.prefix, at));
    return { query, key, weight: this.weights[row * this.count + col] };
  }

  /** @param {Cell} cell */
  patches({ row, col }) {
    return { query: blockOf(this.cells, row), key: blockOf(this.cells, col) };
  }

  /** First cell of the keyboard: the largest weight of the token on the picture. @returns {Cell} */
  get summit() {
    const { asking, count, weights } = this;
    if (!this.incoming) return { row: asking, col: largest(weights.subarray(asking * count, (asking + 1) * count), 1)[0] };
    const column = Float32Array.from({ length: count }, (_, row) => weights[row * count + asking]);
    return { row: largest(column, 1)[0], col: asking };
  }

  /**
   * Let the map on the picture follow the pointer, unless a patch is pinned.
   *
   * @param {Cell} cell
   */
  follow(cell) {
    const { data, settings, pinned } = this.exploration;
    const follows = pinned === null && settings.query === "patch" && data.inBrowser;
    this.exploration.hover(follows ? patchOf(this.cells, this.asks(cell)) : null);
  }

  /**
   * Pin the patch of a cell, or unpin it. For the first prefix token, turn the prefix query on or off.
   *
   * @param {Cell} cell
   */
  choose(cell) {
    const { exploration } = this;
    const { settings, pinned } = exploration;
    const at = this.asks(cell);
    const patch = patchOf(this.cells, at);
    const pinnedHere = at === this.asking && (pinned !== null || settings.query === "prefix");
    if (patch !== null) exploration.pin(pinnedHere ? null : patch);
    else if (at === 0) exploration.set({ query: pinnedHere ? "patch" : "prefix" });
  }
}
