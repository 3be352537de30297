// Layers × heads as cells: a colour and a number each, and a line for the number's interval. One of them is in the tab order;
// arrow keys walk them.
import { formatNumber } from "../figures/numbers.js";
import { setAttributes, svgElement } from "../figures/svg.js";
import { colourOf, css, inkOn } from "./colours.js";
import { layOut, neighbour } from "./layout.js";

/** @import { GridData, Column } from "./grid.js" */
/** @import { Scale } from "./colours.js" */
/** @import { Cell, Place } from "./layout.js" */

const NUMBER_FITS = { width: 38, height: 17 };
const LINE_FITS = { width: 50, height: 34 };
const NAME_FITS = { width: 76, height: 24 };
const NOTHING = /** @type {[number, number, number]} */ ([128, 128, 128]);

export class Cells {
  /** @type {SVGGElement[]} */ nodes = [];
  /** @type {Cell[]} */ cells = [];
  /** What is drawn: made anew, a cell would lose the focus. */ about = "";
  at = 0;
  mark = svgElement("rect", { class: "mark", fill: "none", rx: 4, "aria-hidden": "true" });

  /**
   * @param {SVGSVGElement} svg
   * @param {(place: Place) => void} choose
   * @param {(place: Place) => void} say
   */
  constructor(svg, choose, say) {
    this.svg = svg;
    this.choose = choose;
    this.say = say;
    this.chosen = /** @type {Place} */ ({ layer: 0, head: 0 });
    svg.addEventListener("keydown", (event) => this.key(event));
    svg.addEventListener("pointerleave", () => say(this.chosen));
  }

  /**
   * @param {GridData} data
   * @param {Column} column
   * @param {Scale} scale
   * @param {readonly Place[] | null} order
   * @param {Place} chosen
   * @param {{ width: number, height: number }} room
   */
  draw(data, column, scale, order, chosen, room) {
    if (!room.width) return;
    this.chosen = chosen;
    const about = JSON.stringify([data.heads, data.pictures, column, order, room]);
    if (about !== this.about) this.build(data, column, scale, order, room);
    this.about = about;
    const pressed = this.cells.findIndex(({ layer, head }) => layer === chosen.layer && head === chosen.head);
    if (!this.nodes.includes(/** @type {SVGGElement} */ (this.focused()))) this.at = Math.max(0, pressed);
    this.nodes.forEach((node, i) =>
      setAttributes(node, { "aria-pressed": String(i === pressed), tabindex: i === this.at ? 0 : -1 }),
    );
    const { x, y } = this.cells[pressed] ?? { x: 0, y: 0 };
    setAttributes(this.mark, { x, y, visibility: pressed < 0 ? "hidden" : null }); // over its neighbours, where it stays itself
  }

  focused() {
    return /** @type {ShadowRoot | Document} */ (this.svg.getRootNode()).activeElement;
  }

  /**
   * @param {GridData} data
   * @param {Column} column
   * @param {Scale} scale
   * @param {readonly Place[] | null} order
   * @param {{ width: number, height: number }} room
   */
  build(data, column, scale, order, room) {
    const laid = layOut(data.heads, room, order);
    const had = this.nodes.includes(/** @type {SVGGElement} */ (this.focused())) ? this.cells[this.at] : null;
    this.cells = laid.cells;
    setAttributes(this.svg, {
      viewBox: `0 0 ${laid.whole.width} ${laid.whole.height}`,
      height: laid.whole.height,
      "aria-label": `${column.title} of every head, ${order ? "the largest first" : "a row a layer"}`,
    });
    const group = svgElement("g");
    this.nodes = laid.cells.map((cell) => this.cell(cell, laid, column, scale, order !== null));
    group.append(...this.nodes);
    setAttributes(this.mark, { width: laid.width, height: laid.height });
    this.svg.replaceChildren(...(order ? [] : axes(laid, data.heads.length)), group, this.mark);
    if (!had) return;
    this.at = Math.max(
      0,
      this.cells.findIndex(({ layer, head }) => layer === had.layer && head === had.head),
    );
    this.nodes[this.at]?.focus();
  }

  /**
   * @param {Cell} cell
   * @param {ReturnType<typeof layOut>} laid
   * @param {Column} column
   * @param {Scale} scale
   * @param {boolean} isNamed
   */
  cell(cell, { width, height }, column, scale, isNamed) {
    const { layer, head, x, y } = cell;
    const value = column.values[layer]?.[head] ?? null;
    const colour = value === null ? NOTHING : colourOf(value, scale);
    const node = svgElement("g", {
      class: "cell",
      role: "button",
      "data-layer": layer,
      "data-head": head,
      "data-value": value,
    });
    node.setAttribute("aria-label", `Layer ${layer}, head ${head}: ${spoken(column, layer, head)}`);
    node.append(svgElement("rect", { x, y, width, height, rx: 4, fill: css(colour) }));
    const ink = inkOn(colour);
    const ring = { x: x + 3.5, y: y + 3.5, width: width - 7, height: Math.max(0, height - 7), rx: 2, stroke: ink };
    node.append(svgElement("rect", { ...ring, class: "ring", fill: "none" }));
    const hasName = isNamed && width >= NAME_FITS.width && height >= NAME_FITS.height;
    const hasLine = width >= LINE_FITS.width && height >= LINE_FITS.height && interval(column, layer, head) !== null;
    if (hasName) node.append(text(x + 6, y + 13, "start", `${layer}.${head}`, ink, "name"));
    if (width >= NUMBER_FITS.width && height >= NUMBER_FITS.height)
      node.append(
        text(
          x + width / 2,
          y + height / 2 + (hasLine ? 0 : 4.5),
          "middle",
          value === null ? "–" : formatNumber(value, "narrow"),
          ink,
        ),
      );
    if (hasLine) node.append(...whisker(cell, { width, height }, column, scale, ink));
    node.addEventListener("click", () => {
      this.at = this.nodes.indexOf(node);
      this.choose({ layer, head });
    });
    for (const name of ["pointerenter", "focus"]) node.addEventListener(name, () => this.say({ layer, head }));
    return node;
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const at = this.nodes.indexOf(/** @type {SVGGElement} */ (event.target));
    if (at < 0) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.choose(this.cells[at]);
      return;
    }
    const next = neighbour(this.cells, at, event.key);
    if (next === undefined) return;
    event.preventDefault();
    this.nodes[at].setAttribute("tabindex", "-1");
    this.at = next;
    this.nodes[next].setAttribute("tabindex", "0");
    this.nodes[next].focus();
  }
}

/** The ends of what is known of the number. @param {Column} column @param {number} layer @param {number} head */
function interval(column, layer, head) {
  const [low, high] = [column.low?.[layer]?.[head] ?? null, column.high?.[layer]?.[head] ?? null];
  return low === null || high === null ? null : { low, high };
}

/** @param {Column} column @param {number} layer @param {number} head */
function spoken(column, layer, head) {
  const value = column.values[layer]?.[head] ?? null;
  if (value === null) return "nothing";
  const ends = interval(column, layer, head);
  const within = ends ? `, ${formatNumber(ends.low, "short")} to ${formatNumber(ends.high, "short")}` : "";
  return `${formatNumber(value, "short")} ${column.unit}${within}`;
}

/**
 * The interval on the scale of all cells, from their left to their right edge, with a dot for the number.
 *
 * @param {Cell} cell
 * @param {{ width: number, height: number }} size
 * @param {Column} column
 * @param {Scale} scale
 * @param {string} ink
 */
function whisker({ layer, head, x, y }, { width, height }, column, { low, high }, ink) {
  const ends = interval(column, layer, head) ?? { low, high };
  const value = column.values[layer]?.[head] ?? 0;
  const inset = Math.min(14, width / 6);
  const at = (/** @type {number} */ number) =>
    x + inset + Math.min(1, Math.max(0, high > low ? (number - low) / (high - low) : 0.5)) * (width - 2 * inset);
  const [from, to] = [at(ends.low), at(ends.high)];
  const line = y + height / 2 + 11;
  return [
    svgElement("line", { x1: x + inset, x2: x + width - inset, y1: line, y2: line, stroke: ink, "stroke-opacity": 0.25 }),
    svgElement("line", { x1: from, x2: Math.max(to, from + 1), y1: line, y2: line, stroke: ink, "stroke-width": 3 }),
    svgElement("circle", { cx: at(value), cy: line, r: 3, fill: ink }),
  ];
}

/** @param {ReturnType<typeof layOut>} laid @param {number} layers */
function axes({ cols, width, height, left, top }, layers) {
  const every = Math.max(1, Math.ceil(18 / width));
  const heads = Array.from({ length: cols }, (_, head) =>
    head % every
      ? []
      : [text(left + (head + 0.5) * width, top - 7, "middle", !head && width > 50 ? `head ${head}` : `${head}`)],
  ).flat();
  const rows = Array.from({ length: layers }, (_, layer) =>
    text(left - 8, top + (layer + 0.5) * height + 4, "end", `${layer}`),
  );
  const group = svgElement("g", { "aria-hidden": "true" });
  group.append(...heads, ...rows, text(0, top - 7, "start", "layer"));
  return [group];
}

/** @param {number} x @param {number} y @param {string} anchor @param {string} says @param {string} ink @param {string} look */
function text(x, y, anchor, says, ink = "", look = "") {
  const node = svgElement("text", { x, y, "text-anchor": anchor, class: look || null });
  if (ink) node.style.fill = ink;
  node.textContent = says;
  return node;
}
