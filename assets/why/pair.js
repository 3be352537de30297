// Which weight is looked at: a query, a key, a head. One of the two asks (the pinned one, or the one under the pointer), the
// other is pointed at or held. Draws nothing.
import { headWanted } from "../data/wanted.js";
import { largest } from "../maths/attention_math.js";
import { stored } from "../data/stored.js";

/** @import { Block } from "../maths/patches.js" */
/** @import { Exploration } from "../view/exploration.js" */

export class Pair {
  /** The token beside the one that asks that was last pointed at. @type {number | null} */ last = null;
  /** Whether the pointer has left the patch that asks since it was pinned. */ away = false;
  about = "";
  first = 0;
  other = 0;
  head = 0;
  /** By head, the weight. @type {number[]} */ weights = [];

  /** @param {Exploration} exploration */
  constructor(exploration) {
    this.exploration = exploration;
  }

  get layer() {
    return this.exploration.data.layers[this.exploration.layer];
  }

  get incoming() {
    return this.exploration.settings.direction === "incoming";
  }

  get query() {
    return this.incoming ? this.other : this.first;
  }

  get key() {
    return this.incoming ? this.first : this.other;
  }

  /** Whether the reader has chosen the token that asks. */
  get chosen() {
    return this.exploration.pinned !== null || this.exploration.settings.query === "prefix";
  }

  /** Whether it stays, so that the pointer finds the other. */
  get fixed() {
    return this.chosen || !this.exploration.data.inBrowser;
  }

  /** Take up what was pinned and is pointed at; false while the layer is on its way. */
  update() {
    const { exploration } = this;
    const { data, settings, layer, hovered } = exploration;
    const rows = settings.depth === "layer" ? exploration.rowsOf(layer)?.heads : null;
    if (!rows) return false;
    this.first = exploration.ask(layer).token;
    const about = JSON.stringify([data.recording, this.first, this.fixed]);
    if (about !== this.about) Object.assign(this, { about, last: null, away: false });
    const { prefix } = this.layer;
    const pointed = hovered === null ? null : prefix.length + hovered;
    this.away ||= pointed !== this.first;
    if (this.fixed && this.away && pointed !== null) this.last = pointed;
    const peaks = rows.map((row) => row[largest(row, 1)[0]]);
    const chosen = settings.heads ?? rows.map((_, head) => head);
    this.head = chosen.reduce((best, head) => (peaks[head] > peaks[best] ? head : best));
    this.other = this.held ?? this.last ?? largest(rows[this.head], 1)[0];
    this.weights = rows.map((row) => row[this.other]);
    return true;
  }

  /** Of the layer's tokens. */
  get count() {
    const { prefix, rows, cols } = this.layer;
    return prefix.length + rows * cols;
  }

  /** Whether the head was chosen, or is the one with the largest weight. */
  get alone() {
    return this.exploration.settings.heads?.length === 1 || this.layer.numHeads === 1;
  }

  /** Look at another token; the one that asks stays. @param {number | null} token */
  point(token) {
    if (token === null || token === this.last) return;
    this.last = token;
    this.away = true;
    this.exploration.redraw();
  }

  /** The token beside the one that asks that was clicked; null where none was. @returns {number | null} */
  get held() {
    const { key } = this.exploration.settings;
    const { prefix } = this.layer;
    if (!key) return null;
    const { rows, cols } = this.exploration.data.grid;
    if (key.length === 1) return key[0] < prefix.length ? key[0] : null;
    return key[0] < rows && key[1] < cols ? prefix.length + this.exploration.patchAt(key) : null;
  }

  /** Keep a token, whatever the pointer does, or let it go. @param {number | null} token */
  hold(token) {
    const { exploration, layer } = this;
    this.other = token ?? this.other; // another key may come before the frame
    const patch = (token ?? 0) - layer.prefix.length;
    if (token === null) exploration.set({ key: null });
    else exploration.set({ key: patch < 0 ? [token] : exploration.placeAt(patch) });
  }

  /** @param {number} token @returns {Block | null} */
  blockOf(token) {
    const { prefix, cols } = this.layer;
    const patch = token - prefix.length;
    return patch < 0 ? null : { row: Math.floor(patch / cols), col: patch % cols, rows: 1, cols: 1 };
  }

  /** "CLS" or "(4, 7)". @param {number} token */
  nameOf(token) {
    const block = this.blockOf(token);
    return block ? `(${block.row}, ${block.col})` : this.layer.prefix[token];
  }

  /** The exact queries and keys of the head; undefined while they are on their way. */
  get entry() {
    return stored("head", this.id);
  }

  get id() {
    return this.wanted.id;
  }

  /** What is needed of the server. A layer with a bias has another one for each query. */
  get wanted() {
    const { data, layer } = this.exploration;
    return headWanted(data, { layer, head: this.head, query: data.inBrowser ? -1 : this.query });
  }
}

/** What pointer and keys do on the picture here: the first click pins who asks, the next holds the other. */
export class PairPointing {
  /** What a click does with the pin is decided here. */ pinned = null;

  /** @param {Pair} pair */
  constructor(pair) {
    this.pair = pair;
    this.exploration = pair.exploration;
  }

  get data() {
    return this.exploration.data;
  }

  get grid() {
    return this.exploration.grid;
  }

  /** Where the keys begin: at the other where who asks was chosen. */
  get asking() {
    const { pair, exploration } = this;
    const other = pair.other - pair.layer.prefix.length;
    return pair.chosen ? Math.max(0, other) : exploration.asking;
  }

  /** @param {number | null} patch */
  hover(patch) {
    this.exploration.hover(patch);
  }

  /** A click. @param {number | null} patch */
  pin(patch) {
    const { pair, exploration } = this;
    if (patch === null && pair.held !== null) pair.hold(null);
    else if (patch === null || patch === exploration.pinned) exploration.pin(null);
    else if (pair.chosen) pair.hold(this.tokenOf(patch) === pair.held ? null : this.tokenOf(patch));
    else exploration.pin(patch);
  }

  /** An arrow key. @param {number} patch */
  walk(patch) {
    if (this.pair.chosen) this.pair.hold(this.tokenOf(patch));
    else this.exploration.pin(patch);
  }

  /** @param {number} by */
  step(by) {
    this.exploration.step(by);
  }

  /** @param {number} patch */
  tokenOf(patch) {
    return this.pair.layer.prefix.length + patch;
  }
}
