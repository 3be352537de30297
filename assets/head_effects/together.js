// How far the model moves where ever more heads are off, those of the least effect first, and how many can go.
import { element, find, findAs, numberSpan, writeNumber } from "../shared/elements.js";
import { formatNumber } from "../shared/numbers.js";
import { svgElement } from "../shared/svg.js";
import { axesOf, drawnAxes, line } from "./axes.js";
import { howManyCanGo } from "./worth.js";

/** @import { EffectsData } from "./head_effects.js" */

const FIRST_LIMIT = 0.05;

export class Together {
  limit = FIRST_LIMIT;
  /** What was drawn last. */ about = "";
  /** @type {EffectsData | undefined} */ data;

  /**
   * @param {HTMLElement} root
   * @param {(heads: [number, number][]) => void} switchOff
   */
  constructor(root, switchOff) {
    this.root = root;
    this.svg = findAs(root, ".curve", SVGSVGElement);
    this.slider = findAs(root, ".limit", HTMLInputElement);
    this.slider.addEventListener("input", () => {
      this.limit = Number(this.slider.value);
      if (this.data) this.draw(this.data);
    });
    find(root, ".go").addEventListener("click", () => this.data && switchOff(this.data.order.slice(0, this.count)));
  }

  get count() {
    return howManyCanGo(this.data?.together ?? [], this.limit);
  }

  /** @param {EffectsData} data */
  draw(data) {
    this.data = data;
    const { width, height } = this.svg.getBoundingClientRect();
    const about = JSON.stringify([data.together, width, height, this.limit]);
    if (about === this.about || !width) return;
    this.about = about;
    const { together, of } = data;
    const most = Math.max(1e-6, ...together.filter(Number.isFinite));
    this.slider.max = String(most);
    this.slider.value = String(this.limit);
    writeNumber(find(this.root, "output"), this.limit, formatNumber(this.limit, "readout"));
    find(this.root, "h4").textContent = `How many can go before ${of} moves?`;
    const says = [
      element("strong", "", `${this.count} of ${together.length}`),
      ` heads can be off together before ${of} moves by more than `,
    ];
    find(this.root, ".says").replaceChildren(...says, numberSpan(this.limit, "", formatNumber(this.limit, "readout")), ".");
    const go = findAs(this.root, ".go", HTMLButtonElement);
    go.textContent = this.count === 1 ? "Switch it off" : `Switch these ${this.count} off`;
    go.disabled = this.count === 0;
    this.build(together, most, of);
  }

  /** @param {readonly number[]} together @param {number} most @param {string} of */
  build(together, most, of) {
    const high = { x: together.length, y: 1.05 * most };
    const axes = axesOf(this.svg, high);
    const points = [[0, 0], ...together.map((moved, at) => [at + 1, moved])].filter(([, moved]) => Number.isFinite(moved));
    const path = points.map(([x, y], at) => `${at ? "L" : "M"}${axes.x(x).toFixed(1)} ${axes.y(y).toFixed(1)}`).join("");
    const can = axes.x(this.count);
    const parts = [
      drawnAxes(axes, high, { x: "heads off, the least effect first", y: `${of} moves, 1 − cosine` }),
      svgElement("rect", { class: "can", x: axes.left, y: axes.top, width: can - axes.left, height: axes.bottom - axes.top }),
      svgElement("path", { class: "line", d: path }),
      line(axes.left, axes.right, axes.y(this.limit), axes.y(this.limit), "at"),
    ];
    this.svg.setAttribute("aria-label", `How far ${of} moves where ever more heads are off: ${this.count} before the limit`);
    this.svg.replaceChildren(...parts);
  }
}
