// Says that the layer on the screen comes before all changes, and offers the first layer that they reach.
import { recordingOf } from "../data/wanted.js";
import { layerName } from "../view/settings.js";

/** @import { Comparison } from "../compare/comparison.js" */
/** @import { ExplorerData } from "../view/exploration.js" */

/**
 * The first layer whose queries and keys the changes move, if the shown layer is not such a layer: null if none is. Layers have one
 * name on both sides if no change comes before them.
 *
 * @param {ExplorerData} own
 * @param {ExplorerData} changed
 * @param {number} shown
 * @returns {{ first: number | null } | null} null if the shown layer is changed
 */
export function changesAfter(own, changed, shown) {
  const isSame = (/** @type {number} */ layer) => recordingOf(own, layer) === recordingOf(changed, layer);
  if (!isSame(shown)) return null;
  const first = changed.layers.findIndex((_, layer) => !isSame(layer));
  return { first: first < 0 ? null : first };
}

export class Unchanged {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.says = /** @type {HTMLElement} */ (root.querySelector("span"));
    this.button = /** @type {HTMLButtonElement} */ (root.querySelector("button"));
    this.button.addEventListener("click", () => this.turn());
  }

  /** @param {Comparison} comparison @param {boolean} isAnswered whether the right side has the changes */
  draw(comparison, isAnswered) {
    const [own, changed] = comparison.sides;
    const compares = isAnswered && ["attention", "both"].includes(comparison.settings?.show);
    const after = compares ? changesAfter(own.data, changed.data, changed.layer) : null;
    this.root.hidden = !after;
    if (!after) return;
    this.comparison = comparison;
    this.first = after.first;
    const name = layerName(changed.data, changed.layer);
    this.says.textContent =
      after.first === null
        ? "No attention map shows this change: no layer comes after it. The numbers above show it."
        : `Your changes come after the attention of layer ${name}: its two maps are the same.`;
    this.button.hidden = after.first === null;
    if (after.first !== null) this.button.textContent = `Show layer ${layerName(changed.data, after.first)}`;
  }

  turn() {
    if (this.first !== null && this.first !== undefined) this.comparison?.set({ layers: [this.first, this.first] });
  }
}
