// How far the model moves where ever more heads are off, those of the least effect first, and how many can go.
import { element, find, findAs, numberSpan, writeNumber } from "../figures/elements.js";
import { formatNumber } from "../figures/numbers.js";
import { svgElement } from "../figures/svg.js";
import { axesOf, drawnAxes, line } from "./axes.js";
import { howManyCanGo } from "./worth.js";

/** @import { Effects } from "../what_if/measuring.js" */

const FIRST_LIMIT = 0.05;

/**
 * @typedef {object} Owner
 * @property {(limit: number) => void} setLimit
 * @property {(heads: [number, number][]) => void} switchOff
 * @property {(heads: [number, number][]) => { off: boolean, others: boolean }} state whether all of them are off already, and
 *   whether anything else is changed
 */

export class Together {
  limit = FIRST_LIMIT;
  /** What was drawn last. */ about = "";
  /** @type {Effects | undefined} */ data;

  /**
   * @param {HTMLElement} root
   * @param {Owner} owner
   */
  constructor(root, owner) {
    this.root = root;
    this.owner = owner;
    this.svg = findAs(root, ".curve", SVGSVGElement);
    this.slider = findAs(root, ".limit", HTMLInputElement);
    this.slider.addEventListener("input", () => owner.setLimit(Number(Number(this.slider.value).toPrecision(3))));
    this.go = findAs(root, ".go", HTMLButtonElement);
    this.go.addEventListener("click", () => owner.switchOff(this.heads));
  }

  /** Those that can go. */
  get heads() {
    return this.data?.order.slice(0, this.count) ?? [];
  }

  get count() {
    return howManyCanGo(this.data?.together ?? [], this.limit);
  }

  /** @param {Effects} data @param {number | null} limit */
  draw(data, limit) {
    Object.assign(this, { data, limit: limit ?? FIRST_LIMIT });
    this.offer();
    const { width, height } = this.svg.getBoundingClientRect();
    const about = JSON.stringify([data.together, width, height, this.limit]);
    if (about === this.about || !width) return;
    this.about = about;
    const { together, of } = data;
    const most = Math.max(1e-6, ...together.filter(Number.isFinite));
    this.slider.max = String(most);
    this.slider.value = String(this.limit);
    writeNumber(find(this.root, "output"), this.limit, formatNumber(this.limit, "readout"));
    find(this.root, "h4").textContent = `How many can go before ${moves(of)}?`;
    const says = [
      element("strong", "", `${this.count} of ${together.length}`),
      ` heads can be off together before ${moves(of)} by more than `,
    ];
    find(this.root, ".says").replaceChildren(...says, numberSpan(this.limit, "", formatNumber(this.limit, "readout")), ".");
    this.build(together, most, of);
  }

  /** The button that has them off, which says what comes of the other changes. */
  offer() {
    const { count, go } = this;
    const { off, others } = this.owner.state(this.heads);
    const these = count === 1 ? "This one" : `These ${count}`;
    if (count === 0) go.textContent = "None can go";
    else
      go.textContent = off
        ? `${these} ${count === 1 ? "is" : "are"} off`
        : `Switch ${these.toLowerCase()} off${others ? " too" : ""}`;
    go.disabled = off || count === 0;
  }

  /** @param {readonly number[]} together @param {number} most @param {string} of */
  build(together, most, of) {
    const high = { x: together.length, y: 1.05 * most };
    const axes = axesOf(this.svg, high);
    const points = [[0, 0], ...together.map((moved, at) => [at + 1, moved])].filter(([, moved]) => Number.isFinite(moved));
    const path = points.map(([x, y], at) => `${at ? "L" : "M"}${axes.x(x).toFixed(1)} ${axes.y(y).toFixed(1)}`).join("");
    const can = axes.x(this.count);
    const parts = [
      drawnAxes(axes, high, { x: "heads off, the least effect first", y: `how far ${moves(of)}, 1 − cosine` }),
      svgElement("rect", { class: "can", x: axes.left, y: axes.top, width: can - axes.left, height: axes.bottom - axes.top }),
      svgElement("path", { class: "line", d: path }),
    ];
    const limit = axes.y(this.limit);
    if (limit >= axes.top) parts.push(line(axes.left, axes.right, limit, limit, "at"));
    this.svg.setAttribute("aria-label", `How far ${moves(of)} where ever more heads are off: ${this.count} before the limit`);
    this.svg.replaceChildren(...parts);
  }
}

/** @param {string} of what moves: "CLS" or "patches" */
function moves(of) {
  return of === "patches" ? "the patches move" : `${of} moves`;
}
