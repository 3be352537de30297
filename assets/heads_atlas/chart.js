// The chart of heads: for each layer a row, for each head a dot at its value. What is on the map has the primary colour.
import { chooseHead, isOnMap, showHead } from "../view/head_choice.js";
import { textOf } from "../view/measure_words.js";
import { layerName } from "../view/settings.js";
import { setAttributes, svgElement } from "../figures/svg.js";
import { layOut, nearest, neighbour } from "./layout.js";

/** @import { Exploration } from "../view/exploration.js" */
/** @import { HeadPlace } from "../view/head_choice.js" */
/** @import { Shape, Size } from "../figures/heads_layout.js" */
/** @import { Dot } from "./layout.js" */
/** @import { Measure } from "../view/measures.js" */
/** @import { ByHead } from "../view/ranked.js" */
/** @typedef {ReturnType<typeof layOut>} Laid */

const REACH = 28; // pixels from a dot in which it is pointed at

export class HeadsChart {
  /** @type {Dot[]} */ dots = [];
  /** By layer and head. @type {Map<string, SVGCircleElement>} */ circles = new Map();
  /** As its ResizeObserver says. @type {Size} */ size = { width: 0, height: 0 };
  marked = "";
  /** What the circles, and what the scale, were made for. */ built = "";
  scaled = "";
  scale = svgElement("g", { class: "scale", "aria-hidden": "true" });

  /**
   * @param {SVGSVGElement} svg
   * @param {Exploration} exploration
   */
  constructor(svg, exploration) {
    this.svg = svg;
    this.exploration = exploration;
    svg.addEventListener("pointermove", (event) => exploration.pointAt(this.at(event)));
    svg.addEventListener("pointerleave", () => exploration.pointAt(null));
    svg.addEventListener("focusin", ({ target }) => exploration.pointAt(placeOf(target)));
    svg.addEventListener("focusout", () => exploration.pointAt(null));
    svg.addEventListener("click", (event) => this.click(event));
    svg.addEventListener("keydown", (event) => this.key(event));
  }

  /**
   * @param {Shape} shape
   * @param {ByHead | null} values
   * @param {Measure} measure
   * @param {ByHead | null} sizes what the area of a dot stands for
   */
  draw(shape, values, measure, sizes) {
    const { size } = this;
    if (!values || !size.width || !size.height) {
      this.svg.replaceChildren();
      this.built = this.scaled = "";
      return;
    }
    const laid = layOut(shape, values, measure.even, size, sizes);
    this.dots = laid.dots;
    const built = JSON.stringify([shape, size, this.exploration.data.recording]);
    if (built !== this.built) this.build(laid, values);
    this.built = built;
    const scaled = JSON.stringify([laid.ticks, laid.even, measure.axis]);
    if (scaled !== this.scaled) this.drawScale(laid, measure);
    this.scaled = scaled;
    for (const circle of this.circles.values()) circle.style.display = "none";
    for (const dot of laid.dots) this.place(dot, measure);
  }

  /**
   * A row a layer and a circle a head: they stay while their numbers change.
   *
   * @param {Laid} laid
   * @param {ByHead} values
   */
  build({ rows, tall, left, right }, values) {
    const bands = rows.map((y, layer) => {
      const name = written(left - 8, y + 4, "end", layerName(this.exploration.data, layer), "number");
      const band = svgElement("rect", { class: "band", x: left, y: y - tall / 2, width: right - left, height: tall });
      const group = svgElement("g", { class: "row", "aria-hidden": "true" });
      group.append(band, name);
      return group;
    });
    this.circles = new Map(
      values.flatMap((heads, layer) =>
        Array.from(heads, (_, head) => {
          const circle = svgElement("circle", { role: "button" });
          Object.assign(circle.dataset, { layer: String(layer), head: String(head) });
          return /** @type {const} */ ([`${layer}/${head}`, circle]);
        }),
      ),
    );
    this.marked = this.scaled = "";
    const of = written(left - 8, -6, "end", "layer", "number");
    of.setAttribute("aria-hidden", "true");
    this.svg.replaceChildren(...bands, of, this.scale, ...this.circles.values());
  }

  /**
   * @param {Laid} laid
   * @param {Measure} measure
   */
  drawScale({ even, right, ticks }, measure) {
    const bottom = this.size.height;
    this.svg.setAttribute("aria-label", `${measure.axis}: a row a layer, a dot a head. Arrow keys walk the heads.`);
    const lines = ticks.flatMap(({ value, x }) => [
      svgElement("line", { x1: x, x2: x, y1: 0, y2: bottom }),
      written(x, bottom + 16, "middle", tickOf(measure, value), "number"),
    ]);
    this.scale.replaceChildren(...lines, written(right, bottom + 36, "end", measure.axis, "axis"));
    if (even !== null) this.scale.append(svgElement("line", { class: "even", x1: even, x2: even, y1: 0, y2: bottom }));
  }

  /**
   * @param {Dot} dot
   * @param {Measure} measure
   */
  place({ layer, head, value, x, y, radius }, measure) {
    const circle = this.circles.get(`${layer}/${head}`);
    if (!circle) return;
    const said = textOf(measure, value);
    setAttributes(circle, { "aria-label": `Layer ${layerName(this.exploration.data, layer)}, head ${head}: ${said}` });
    setAttributes(circle, { cx: x, cy: y, r: radius });
    circle.style.display = "";
    circle.dataset.value = String(value);
  }

  /** Which of them are on the map; whether that has changed. */
  mark() {
    const { exploration } = this;
    const { settings, layer: shown } = exploration;
    const marked = `${settings.depth} ${shown} ${settings.heads}`;
    if (marked === this.marked) return false;
    this.marked = marked;
    const first = settings.heads?.[0] ?? 0;
    for (const circle of this.circles.values()) {
      const [layer, head] = [Number(circle.dataset.layer), Number(circle.dataset.head)];
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

/** @param {Measure} measure @param {number} value */
function tickOf({ unit }, value) {
  if (unit === "×") return `${value} ×`;
  return unit === "%" ? `${Number((100 * value).toPrecision(6))} %` : String(value);
}

/** @param {EventTarget | null} target @returns {HeadPlace | null} */
function placeOf(target) {
  if (!(target instanceof SVGCircleElement)) return null;
  return { layer: Number(target.dataset.layer), head: Number(target.dataset.head) };
}
