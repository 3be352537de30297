// Three rows of bars, a column a channel: the query, the key, and their products, the largest of them named.
import { setAttributes, svgElement } from "../figures/svg.js";
import { formatNumber } from "../figures/numbers.js";

/**
 * @typedef {object} Drawn
 * @property {ArrayLike<number>} q
 * @property {ArrayLike<number>} k
 * @property {ArrayLike<number> | null} other what the key is compared with
 * @property {Float64Array} terms
 * @property {readonly number[]} largest channels to name
 * @property {{ up: number, down: number }} most sizes of the largest terms that may come without another scale
 */

/** @typedef {{ zero: number, up: number, down: number }} Row */

const LEFT = 38;
const RIGHT = 6;
/** Of the rows: where the line of each lies, and how far its bars go up and down. */
const ROWS = {
  q: { zero: 34, up: 28, down: 28 },
  k: { zero: 98, up: 28, down: 28 },
  product: { zero: 282, up: 130, down: 58 },
};
export const HEIGHT = 358;

export class Chart {
  width = 600;
  /** @type {number | null} */ pointed = null;
  /** @type {Drawn | null} */ drawn = null;
  /** Told of the channel under the pointer. @type {(channel: number | null) => void} */ onPoint = () => {};

  /** @param {SVGSVGElement} svg */
  constructor(svg) {
    this.svg = svg;
    this.column = svgElement("rect", { class: "column", y: 0, height: HEIGHT });
    this.paths = Object.fromEntries(
      ["q", "k", "other", "up", "down"].map((name) => [name, svgElement("path", { class: name })]),
    );
    this.names = svgElement("g", { class: "names" });
    const lines = Object.values(ROWS).map(({ zero }) => svgElement("line", { x1: LEFT, y1: zero, y2: zero }));
    const letters = /** @type {const} */ (["q", "k"]).map((name) => named(name, ROWS[name].zero + 5, name));
    this.product = named("product", ROWS.product.zero + 5, "q · k");
    this.apart = named("apart", ROWS.product.zero + 19, "");
    this.lines = lines;
    svg.append(this.column, ...lines, ...letters, this.product, this.apart, ...Object.values(this.paths), this.names);
    svg.addEventListener("pointermove", (event) => this.onPoint(this.at(event)));
    svg.addEventListener("pointerleave", () => this.onPoint(null));
    svg.addEventListener("blur", () => this.onPoint(null));
    svg.addEventListener("keydown", (event) => this.key(event));
  }

  get count() {
    return this.drawn?.terms.length ?? 0;
  }

  get step() {
    return (this.width - LEFT - RIGHT) / this.count;
  }

  /** @param {Drawn} drawn */
  draw(drawn) {
    this.drawn = drawn;
    const { q, k, other, terms, most } = drawn;
    setAttributes(this.svg, { viewBox: `0 0 ${this.width} ${HEIGHT}`, height: HEIGHT });
    for (const line of this.lines) line.setAttribute("x2", String(this.width - RIGHT));
    const { paths } = this;
    const ofQ = ROWS.q.up / sizeOf(q);
    const ofK = ROWS.k.up / Math.max(sizeOf(k), other ? sizeOf(other) : 0);
    const each = unitOf(most);
    paths.q.setAttribute("d", this.bars(q, ROWS.q, ofQ));
    paths.k.setAttribute("d", this.bars(k, ROWS.k, ofK));
    paths.other.setAttribute("d", other ? this.ticks(other, ROWS.k, ofK) : "");
    this.product.textContent = other ? "q ·" : "q · k";
    this.apart.textContent = other ? "(k − k′)" : "";
    const up = terms.map((term) => Math.max(0, term));
    const down = terms.map((term) => Math.min(0, term));
    paths.up.setAttribute("d", this.bars(up, ROWS.product, each));
    paths.down.setAttribute("d", this.bars(down, ROWS.product, each));
    this.name(drawn);
    this.mark();
  }

  /** @param {Drawn} drawn */
  name({ terms, largest, most }) {
    const each = unitOf(most);
    const nodes = largest.map((channel) => {
      const tip = tipOf(terms[channel] * each, ROWS.product);
      const y = terms[channel] < 0 ? tip + 13 : tip - 4;
      const node = svgElement("text", { x: this.middle(channel), y, "text-anchor": "middle" });
      node.textContent = String(channel);
      return node;
    });
    this.names.replaceChildren(...nodes);
  }

  /** @param {number} channel */
  middle(channel) {
    return LEFT + (channel + 0.5) * this.step;
  }

  /**
   * @param {ArrayLike<number>} values
   * @param {Row} row
   * @param {number} each how tall a bar of 1 is
   */
  bars(values, row, each) {
    const wide = Math.max(0.75, this.step * 0.72);
    return Array.from(values, (value, channel) => {
      const left = (this.middle(channel) - wide / 2).toFixed(2);
      return value ? `M${left} ${row.zero}V${tipOf(value * each, row).toFixed(2)}h${wide.toFixed(2)}V${row.zero}z` : "";
    }).join("");
  }

  /**
   * @param {ArrayLike<number>} values
   * @param {Row} row
   * @param {number} each
   */
  ticks(values, row, each) {
    const wide = this.step * 0.95;
    return Array.from(values, (value, channel) => {
      const left = (this.middle(channel) - wide / 2).toFixed(2);
      return `M${left} ${tipOf(value * each, row).toFixed(2)}h${wide.toFixed(2)}`;
    }).join("");
  }

  /** The column of the channel that is pointed at. */
  mark() {
    const { pointed } = this;
    this.column.style.display = pointed === null ? "none" : "";
    if (pointed !== null)
      setAttributes(this.column, { x: this.middle(pointed) - this.step / 2, width: Math.max(1, this.step) });
  }

  /** @param {number | null} channel */
  point(channel) {
    this.pointed = channel !== null && channel < this.count ? channel : null;
    this.mark();
  }

  /** @param {MouseEvent} event */
  at({ clientX }) {
    if (!this.count) return null;
    const { left } = this.svg.getBoundingClientRect();
    return Math.max(0, Math.min(this.count - 1, Math.floor((clientX - left - LEFT) / this.step)));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by || !this.count) return;
    event.preventDefault();
    const from = this.pointed ?? (this.drawn?.largest[0] ?? 0) - by;
    this.onPoint(Math.max(0, Math.min(this.count - 1, from + by)));
  }
}

/**
 * What stands at the left of a row.
 *
 * @param {string} look
 * @param {number} y
 * @param {string} text
 */
function named(look, y, text) {
  const node = svgElement("text", { class: `letter ${look}`, x: 0, y });
  node.textContent = text;
  return node;
}

/** @param {ArrayLike<number>} values */
function sizeOf(values) {
  return Math.max(1e-12, ...Array.from(values, Math.abs));
}

/** @param {Drawn["most"]} most */
function unitOf({ up, down }) {
  return Math.min(ROWS.product.up / up, ROWS.product.down / down);
}

/**
 * @param {number} tall
 * @param {Row} row
 */
function tipOf(tall, { zero, up, down }) {
  return zero - Math.max(-down, Math.min(up, tall));
}

/** "+4.51" or "-0.30". @param {number} value */
export function signed(value) {
  const written = formatNumber(value, "readout");
  return value > 0 ? `+${written}` : written;
}
