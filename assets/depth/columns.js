// A column a layer: how far attention and the MLP move a token, the norm, and below them the layer's map in small.
import { MapImage } from "../figures/draw.js";
import { layerName } from "../view/settings.js";
import { colourTable, paint } from "../figures/colour_maps.js";
import { element } from "../figures/elements.js";
import { formatNumber } from "../figures/numbers.js";
import { setAttributes, svgElement } from "../figures/svg.js";
import { movesOf, outliersOf, spreadOf, valuesOf } from "./moves.js";

/** @import { Exploration } from "../view/exploration.js" */
/** @import { MovesEntry } from "../data/stored.js" */
/** @import { MeasureName, Spread } from "./moves.js" */

export const TALL = 236;
const MOVES = 160; // px of the bars; the norms' dots lie below them
const NORMS = { top: 182, bottom: 228 };
const LEFT = 34; // of the numbers, as the strip's padding
const APART = 16; // px between two numbers of a scale, at least

export class Columns {
  width = 600;
  /** @type {{ button: HTMLButtonElement, image: MapImage, name: HTMLElement }[]} */ items = [];

  /**
   * @param {SVGSVGElement} svg
   * @param {HTMLElement} strip
   * @param {Exploration} exploration
   */
  constructor(svg, strip, exploration) {
    this.svg = svg;
    this.strip = strip;
    this.exploration = exploration;
    strip.addEventListener("keydown", (event) => this.key(event));
  }

  /**
   * @param {MovesEntry} entry
   * @param {MeasureName} measure
   */
  draw(entry, measure) {
    const { layers } = this.exploration.data;
    const spreads = layers.map(({ prefix }, layer) => {
      const moves = movesOf(entry, layer);
      if (!moves) return null;
      const of = (/** @type {MeasureName} */ name) => spreadOf(valuesOf(moves, name).subarray(prefix.length));
      return { attention: of("attention"), mlp: of("mlp"), norm: of("norm") };
    });
    const shares = spreads.flatMap((each) => (each ? [each.attention.high, each.mlp.high] : []));
    const most = Math.max(0.1, ...shares.filter(Number.isFinite));
    const norms = spreads.flatMap((each) => (each ? [each.norm.low, each.norm.most] : []));
    const ends = { low: Math.log(Math.min(...norms)), high: Math.log(Math.max(...norms) * 1.02) };
    setAttributes(this.svg, { viewBox: `0 0 ${this.width} ${TALL}`, height: TALL });
    const columns = spreads.map((each, layer) => this.column(each, layer, most, ends));
    this.svg.replaceChildren(...this.grid(most), ...this.normScale(ends), ...columns);
    this.drawStrip(entry, measure);
    this.mark();
  }

  /** @param {number} most */
  grid(most) {
    const y = (/** @type {number} */ value) => MOVES - (value / most) * (MOVES - 10);
    const steps = [0.25, 0.5, 1, 2, 4, 8, 16];
    const step = steps.find((value) => y(0) - y(value) >= APART) ?? most;
    const lines = Array.from({ length: Math.floor(most / step) + 1 }, (_, at) => at * step);
    return lines.map((value) => this.line(y(value), value ? `${value} ×` : "0"));
  }

  /** @param {{ low: number, high: number }} ends of the norms' logarithms */
  normScale(ends) {
    return normTicks(ends).map((norm) => this.line(normAt(norm, ends), formatNumber(norm, "short")));
  }

  /**
   * @param {number} y
   * @param {string} name
   */
  line(y, name) {
    const group = svgElement("g", { class: "scale" });
    const text = svgElement("text", { x: 0, y: y - 2 });
    text.textContent = name;
    group.append(svgElement("line", { x1: 0, x2: this.width, y1: y, y2: y }), text);
    return group;
  }

  /**
   * @param {Record<MeasureName, Spread> | null} spreads
   * @param {number} layer
   * @param {number} most
   * @param {{ low: number, high: number }} ends of the norms' logarithms
   */
  column(spreads, layer, most, ends) {
    const group = svgElement("g", { class: "layer", "data-layer": layer });
    if (!spreads) return group;
    const wide = Math.min(16, this.step * 0.28);
    /** @type {const} */ (["attention", "mlp"]).forEach((name, at) => {
      const { low, middle, high } = spreads[name];
      const x = this.middle(layer) + (at - 1) * wide + (at ? 1 : -1);
      const y = (/** @type {number} */ value) => MOVES - (value / most) * (MOVES - 10);
      const bar = svgElement("rect", { class: name, x, width: wide, y: y(middle), height: MOVES - y(middle) });
      bar.dataset.value = String(middle);
      const line = svgElement("line", { class: "range", x1: x + wide / 2, x2: x + wide / 2, y1: y(low), y2: y(high) });
      group.append(bar, line);
    });
    const { low, middle, high, most: largest } = spreads.norm;
    const y = (/** @type {number} */ norm) => normAt(norm, ends);
    const x = this.middle(layer);
    group.append(svgElement("line", { class: "range", x1: x, x2: x, y1: y(low), y2: y(high) }));
    group.append(svgElement("circle", { class: "norm", cx: x, cy: y(middle), r: 3 }));
    group.append(svgElement("circle", { class: "most", cx: x, cy: y(largest), r: 2 }));
    return group;
  }

  get step() {
    return (this.width - LEFT) / this.exploration.data.layers.length;
  }

  /** @param {number} layer */
  middle(layer) {
    return LEFT + (layer + 0.5) * this.step;
  }

  /**
   * @param {MovesEntry} entry
   * @param {MeasureName} measure
   */
  drawStrip(entry, measure) {
    const { data, settings } = this.exploration;
    while (this.items.length < data.layers.length) this.items.push(this.newItem());
    this.items.forEach(({ button, image, name }, layer) => {
      button.hidden = layer >= data.layers.length;
      if (button.hidden) return;
      const { prefix, rows, cols } = data.layers[layer];
      const moves = movesOf(entry, layer);
      button.classList.toggle("absent", !moves);
      name.textContent = layerName(data, layer);
      if (!moves) return;
      const values = valuesOf(moves, measure).subarray(prefix.length);
      const out = outliersOf(entry, layer, prefix.length).length;
      button.ariaLabel = `Layer ${layerName(data, layer)}: median ${formatNumber(spreadOf(values).middle, "short")}${out ? `, ${out} outliers` : ""}`;
      button.classList.toggle("outlying", out > 0);
      image.put({ rows, cols }, (pixels) => paint(values, domainOf(values), "linear", colourTable(settings.map), pixels));
    });
    this.strip.style.setProperty("--aspect", String(data.grid.cols / data.grid.rows));
  }

  /** Which layer is shown. */
  mark() {
    const { layer: shown, settings } = this.exploration;
    this.items.forEach(({ button }, layer) => {
      button.setAttribute("aria-checked", String(layer === settings.layer));
      button.classList.toggle("shown", layer === shown);
      button.tabIndex = layer === settings.layer ? 0 : -1;
    });
    this.svg.querySelectorAll(".layer").forEach((group, layer) => group.classList.toggle("shown", layer === shown));
  }

  newItem() {
    const layer = this.items.length;
    const button = Object.assign(element("button"), { type: "button" });
    button.setAttribute("role", "radio");
    const image = new MapImage();
    image.canvas.ariaHidden = "true";
    const name = element("span", "name");
    button.append(image.canvas, name);
    button.addEventListener("click", () => this.exploration.choose(layer));
    button.addEventListener("pointerenter", ({ pointerType }) => pointerType === "mouse" && this.exploration.scrub(layer));
    button.addEventListener("pointerleave", () => this.exploration.scrub(null));
    this.strip.append(button);
    return { button, image, name };
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    this.exploration.step(by);
    this.items[this.exploration.settings.layer].button.focus();
  }
}

/**
 * @param {number} norm
 * @param {{ low: number, high: number }} ends of the norms' logarithms
 */
function normAt(norm, { low, high }) {
  return NORMS.bottom - ((Math.log(norm) - low) / (high - low)) * (NORMS.bottom - NORMS.top);
}

/**
 * Round norms on a scale of logarithms, no closer than they can be read.
 *
 * @param {{ low: number, high: number }} ends of the norms' logarithms
 */
export function normTicks(ends) {
  /** @type {number[]} */
  const found = [];
  const steps = ends.high - ends.low > 2 * Math.LN10 ? [1] : [1, 2, 5];
  for (let power = Math.floor(ends.low / Math.LN10); power <= ends.high / Math.LN10; power++)
    for (const step of steps) {
      const norm = Number((step * 10 ** power).toPrecision(1));
      const inside = Math.log(norm) >= ends.low && Math.log(norm) <= ends.high;
      const last = found.at(-1);
      if (inside && (last === undefined || normAt(last, ends) - normAt(norm, ends) >= APART)) found.push(norm);
    }
  return found;
}

/**
 * From the smallest to the largest.
 *
 * @param {Float32Array} values
 */
export function domainOf(values) {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { low, high: Math.max(high, low + 1e-9) };
}
