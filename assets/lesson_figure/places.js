// The elements beside a drawing into which the figure writes sums and derivations.
import { around } from "../figures/elements.js";
import { reachFrames, watchFrames } from "./scroll_frames.js";

/** @import { Choice, Plan } from "./plan.js" */

const REST_MS = 150;

export class Places {
  /** @type {ReturnType<typeof setTimeout> | undefined} */ reaching;

  /**
   * @param {Record<string, HTMLElement>} roots by name
   * @param {Plan["writes"]} writes
   * @param {(choice: Choice) => void} choose called with the choice of a clicked `[data-choose]`
   */
  constructor(roots, writes, choose) {
    this.all = Object.entries(roots);
    this.roots = Object.values(roots);
    this.writes = writes;
    this.observers = this.roots.map(watchFrames);
    this.click = (/** @type {Event} */ event) => {
      const chosen = around(event, "[data-choose]")?.dataset.choose;
      if (chosen) choose(JSON.parse(chosen));
    };
    for (const [name, root] of this.all) {
      root.classList.add("figure-written", `written-${name}`);
      root.addEventListener("click", this.click);
    }
  }

  /** @param {unknown} shown */
  write(shown) {
    for (const [name, root] of this.all) this.writes[name](root, shown);
    clearTimeout(this.reaching); // delayed, because it makes the browser lay out the whole page
    this.reaching = setTimeout(() => this.roots.forEach(reachFrames), REST_MS);
  }

  close() {
    clearTimeout(this.reaching);
    for (const observer of this.observers) observer.disconnect();
    for (const root of this.roots) {
      root.removeEventListener("click", this.click);
      root.replaceChildren();
    }
  }
}
