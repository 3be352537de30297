// The numbers beside the picture: the five largest weights, and what the row amounts to. Each carries its whole value.
import { largest } from "../maths/attention_math.js";
import { find } from "../figures/elements.js";
import { FactList, TopList } from "../figures/number_lists.js";
import { TOP_COUNT, facts, hint, queryName, saysOf, spoken } from "../view/words.js";

/** @import { Exploration, Shown } from "../view/exploration.js" */

const QUIET_MS = 400; // before a screen reader is told

export class Readout {
  /** @type {ReturnType<typeof setTimeout> | undefined} */ speaking;

  /**
   * @param {HTMLElement} root
   * @param {HTMLElement} announcer for screen readers
   * @param {Exploration} exploration
   */
  constructor(root, announcer, exploration) {
    this.root = root;
    this.announcer = announcer;
    this.exploration = exploration;
    this.top = new TopList(find(root, "ol"));
    this.facts = new FactList(find(root, "dl"));
  }

  close() {
    clearTimeout(this.speaking);
  }

  draw() {
    const { root, exploration } = this;
    const { settings } = exploration;
    const shown = exploration.shown();
    root.classList.toggle("waits", !shown);
    if (!shown) return;
    const outgoing = settings.direction === "outgoing";
    const letter = find(root, ".letter");
    letter.textContent = outgoing ? "q" : "k";
    letter.classList.toggle("key", !outgoing);
    find(root, ".query-name").textContent = queryName(shown);
    find(root, ".says").textContent = saysOf(settings);
    find(root, ".pinned").hidden = exploration.pinned === null || settings.query === "prefix";
    find(root, ".hint").textContent = hint(exploration, shown);
    root.dataset.exact = String(shown.exact);
    this.showTop(shown);
    this.facts.show(facts(exploration, shown));
  }

  /** Tell a screen reader, once nothing changes any more. */
  speak() {
    clearTimeout(this.speaking);
    this.speaking = setTimeout(() => {
      const shown = this.exploration.shown();
      if (shown) this.announcer.textContent = spoken(this.exploration, shown, largest(shown.weights, 3));
    }, QUIET_MS);
  }

  /** @param {Shown} shown */
  showTop({ weights, prefix, grid }) {
    this.top.show(largest(weights, TOP_COUNT), weights, grid, { prefix });
  }
}
