// The chart of heads: for each layer a row, for each head a dot at its value. What is on the map has the primary colour.
import { chooseHead, isOnMap, showHead } from "../explorer/head_choice.js";
import { layerName } from "../explorer/settings.js";
import { formatNumber } from "../shared/numbers.js";
import { setAttributes, svgElement } from "../shared/svg.js";
import { layOut, nearest, neighbour } from "./layout.js";

/** @import { Exploration } from "../explorer/exploration.js" */
/** @import { HeadPlace } from "../explorer/head_choice.js" */
/** @import { Shape, Size } from "../explorer/heads_layout.js" */
/** @import { Dot } from "./layout.js" */
/** @import { Measure } from "./heads_atlas.js" */

const REACH = 28; // pixels from a dot in which it is pointed at

export class HeadsChart {
  /** @type {Dot[]} */ dots = [];
  /** By layer and head. @type {Map<string, SVGCircleElement>} */ circles = new Map();
  /** As its ResizeObserver says. @type {Size} */ size = { width: 0, height: 0 };
  marked = "";

  /**
   * @param {SVGSVGElement} svg
   * @param {Exploration} exploration
   */
  constructor(svg, exploration) {
    this.svg = svg;
    this.exploration = exploration;
    /** Told of the head under the pointer. @type {(place: HeadPlace | null) => void} */
    this.onPoint = () => {};
    svg.addEventListener("pointermove", (event) => this.onPoint(this.at(event)));
    svg.addEventListener("pointerleave", () => this.onPoint(null));
    svg.addEventListener("focusin", ({ target }) => this.onPoint(placeOf(target)));
    svg.addEventListener("focusout", () => this.onPoint(null));
    svg.addEventListener("click", (event) => this.click(event));
    svg.addEventListener("keydown", (event) => this.key(event));
  }

  /**
   * @param {Shape} shape
   * @param {readonly Float32Array[]} values by layer and head
   * @param {Measure} measure
   */
  draw(shape, values, measure) {
    const { size, svg } = this;
    this.marked = "";
    if (values.length && size.width && size.height) this.build(layOut(shape, values, measure.even, size), measure, size.height);
    else svg.replaceChildren();
  }

  /**
   * @param {ReturnType<typeof layOut>} laid
   * @param {Measure} measure
   * @param {number} bottom
   */
  build({ dots, rows, tall, left, right, even, ticks, radius }, measure, bottom) {
    const { data } = this.exploration;
    this.dots = dots;
    this.svg.setAttribute("aria-label", `${measure.axis}: a row a layer, a dot a head. Arrow keys walk the heads.`);
    const bands = rows.map((y, layer) => {
      const name = written(left - 8, y + 4, "end", layerName(data, layer), "number");
      const band = svgElement("rect", { class: "band", x: left, y: y - tall / 2, width: right - left, height: tall });
      const group = svgElement("g", { class: "row", "aria-hidden": "true" });
      group.append(band, name);
      return group;
    });
    const scale = svgElement("g", { class: "scale", "aria-hidden": "true" });
    for (const { value, x } of ticks) {
      scale.append(svgElement("line", { x1: x, x2: x, y1: 0, y2: bottom }));
      scale.append(written(x, bottom + 16, "middle", String(value), "number"));
    }
    scale.append(written(right, bottom + 36, "end", measure.axis, "axis"));
    scale.append(svgElement("line", { class: "even", x1: even, x2: even, y1: 0, y2: bottom }));
    this.circles = new Map(dots.map((dot) => [`${dot.layer}/${dot.head}`, this.circle(dot, radius, measure)]));
    this.svg.replaceChildren(...bands, scale, ...this.circles.values());
  }

  /**
   * @param {Dot} dot
   * @param {number} radius
   * @param {Measure} measure
   */
  circle({ layer, head, value, x, y }, radius, { unit }) {
    const circle = svgElement("circle", { cx: x, cy: y, r: radius, role: "button" });
    const said = [formatNumber(value, "readout"), unit].filter(Boolean).join(" ");
    setAttributes(circle, { "aria-label": `Layer ${layerName(this.exploration.data, layer)}, head ${head}: ${said}` });
    Object.assign(circle.dataset, { layer: String(layer), head: String(head), value: String(value) });
    return circle;
  }

  /** Which of them are on the map; whether that has changed. */
  mark() {
    const { exploration } = this;
    const { settings, layer: shown } = exploration;
    const marked = `${settings.depth} ${shown} ${settings.heads}`;
    if (marked === this.marked) return false;
    this.marked = marked;
    const first = settings.heads?.[0] ?? 0;
    for (const { layer, head } of this.dots) {
      const circle = this.circles.get(`${layer}/${head}`);
      if (!circle) continue;
      setAttributes(circle, {
        "aria-pressed": String(isOnMap(exploration, { layer, head })),
        tabindex: layer === shown && head === first ? 0 : -1,
      });
    }
    this.svg.querySelectorAll(".row").forEach((row, layer) => row.classList.toggle("shown", layer === shown));
    return true;
  }

  /** Mark a head that is pointed at, here or elsewhere. @param {HeadPlace | null} place */
  point(place) {
    for (const circle of this.svg.querySelectorAll(".pointed")) circle.classList.remove("pointed");
    if (place) this.circles.get(`${place.layer}/${place.head}`)?.classList.add("pointed");
  }

  /** @param {MouseEvent} event @returns {HeadPlace | null} */
  at({ clientX, clientY }) {
    const { left, top } = this.svg.getBoundingClientRect();
    const dot = nearest(this.dots, { x: clientX - left, y: clientY - top }, REACH);
    return dot && { layer: dot.layer, head: dot.head };
  }

  /** @param {MouseEvent} event */
  click(event) {
    const place = this.at(event);
    if (place) chooseHead(this.exploration, place, event.shiftKey || event.ctrlKey || event.metaKey);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const from = placeOf(event.target);
    if (!from) return;
    const to = neighbour(this.dots, from, event.key);
    if (event.key === "Enter" || event.key === " ") chooseHead(this.exploration, from, false);
    else if (to) {
      showHead(this.exploration, to);
      this.circles.get(`${to.layer}/${to.head}`)?.focus();
    } else if (!event.key.startsWith("Arrow")) return;
    event.preventDefault();
  }
}

/**
 * @param {number} x
 * @param {number} y
 * @param {"middle" | "end"} anchor
 * @param {string} text
 * @param {string} look
 */
function written(x, y, anchor, text, look) {
  const node = svgElement("text", { x, y, "text-anchor": anchor, class: look });
  node.textContent = text;
  return node;
}

/** @param {EventTarget | null} target @returns {HeadPlace | null} */
function placeOf(target) {
  if (!(target instanceof SVGCircleElement)) return null;
  return { layer: Number(target.dataset.layer), head: Number(target.dataset.head) };
}
