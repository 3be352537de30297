// A dot a head: to the right what it writes, upwards how far the model moves without it.
import { formatNumber } from "../figures/numbers.js";
import { svgElement } from "../figures/svg.js";
import { axesOf, drawnAxes, written } from "./axes.js";
import { placesOf } from "./names.js";

/** @import { Axes } from "./axes.js" */
/** @import { Worth } from "./worth.js" */

const NAMED = 4; // of the largest effect, that have their names at them
const LABEL_ABOVE = 8; // px over the axes, for the name of the uppermost dot

export class Scatter {
  /** What was drawn: made anew, a dot would lose the focus. */ about = "";

  /**
   * @param {SVGSVGElement} svg
   * @param {(worth: Worth) => void} toggle
   */
  constructor(svg, toggle) {
    this.svg = svg;
    this.toggle = toggle;
  }

  /**
   * @param {readonly Worth[]} heads the largest effect first
   * @param {string} title of what moves
   * @param {(worth: Worth) => boolean} isOff
   */
  draw(heads, title, isOff) {
    const { width, height } = this.svg.getBoundingClientRect();
    if (!width || !height) return;
    const about = JSON.stringify([heads, width, height]);
    if (about !== this.about) this.build(heads, title);
    this.about = about;
    this.svg
      .querySelectorAll("circle")
      .forEach((circle, at) => circle.setAttribute("aria-pressed", String(isOff(this.dots[at]))));
  }

  /** @type {Worth[]} */ dots = [];

  /** @param {readonly Worth[]} heads @param {string} title */
  build(heads, title) {
    this.dots = heads.filter(({ contribution }) => contribution !== null);
    const high = {
      x: 1.05 * Math.max(1e-9, ...this.dots.map(({ contribution }) => contribution ?? 0)),
      y: 1.05 * Math.max(1e-9, ...this.dots.map(({ effect }) => Math.abs(effect))),
    };
    const axes = axesOf(this.svg, high);
    const circles = this.dots.map((worth, at) => {
      const { layer, head, effect, contribution } = worth;
      const circle = svgElement("circle", {
        cx: axes.x(contribution ?? 0),
        cy: axes.y(Math.abs(effect)),
        r: 5,
        role: "button",
      });
      const says = `Layer ${layer}, head ${head}: moves ${formatNumber(effect, "readout")}, writes ${formatNumber(contribution ?? 0, "readout")}`;
      circle.setAttribute("aria-label", says);
      circle.setAttribute("tabindex", at ? "-1" : "0");
      const tooltip = svgElement("title");
      tooltip.textContent = says;
      circle.append(tooltip);
      circle.addEventListener("click", () => this.toggle(worth));
      circle.addEventListener("keydown", (event) => this.key(event, at));
      return circle;
    });
    const axesNames = { x: "writes, mean norm", y: `moves ${title}, 1 − cosine` };
    this.svg.setAttribute("aria-label", "Heads: to the right what each writes, upwards how far the model moves without it");
    this.svg.replaceChildren(drawnAxes(axes, high, axesNames), ...circles, ...namesAt(this.dots, axes));
  }

  /** Left and right walk through the heads, Enter takes one. @param {KeyboardEvent} event @param {number} at */
  key(event, at) {
    const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (event.key === "Enter" || event.key === " ") this.toggle(this.dots[at]);
    else if (step) this.svg.querySelectorAll("circle")[at + step]?.focus();
    else return;
    event.preventDefault();
  }
}

/**
 * The names of the first heads, at their dots, where no other could be meant.
 *
 * @param {readonly Worth[]} heads the largest effect first
 * @param {Axes} axes
 */
function namesAt(heads, axes) {
  const { left, right, top, bottom } = axes;
  const dots = heads.map(({ layer, head, effect, contribution }) => ({
    x: axes.x(contribution ?? 0),
    y: axes.y(Math.abs(effect)),
    name: `${layer}.${head}`,
  }));
  const named = dots.slice(0, NAMED);
  return placesOf(named, dots, { left, right, top: top - LABEL_ABOVE, bottom }).flatMap((place, at) =>
    place ? [written(place.x, place.y, place.anchor, named[at].name, "named")] : [],
  );
}
