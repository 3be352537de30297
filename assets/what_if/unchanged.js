// Says that no change reaches the layer on the screen, and offers the first layer that a change reaches.
import { recordingOf } from "../data/wanted.js";
import { layerName } from "../view/settings.js";

/** @import { Act } from "../edits/acts_text.js" */
/** @import { Comparison } from "../compare/comparison.js" */
/** @import { ExplorerData } from "../view/exploration.js" */

/**
 * The first layer whose attention the changes move: null if there is none. A layer has one name on both sides if no change is in it
 * or before it.
 *
 * @param {ExplorerData} own
 * @param {ExplorerData} changed
 * @param {boolean} keepsAttention whether the earliest changes leave the attention of their own layer as it is
 * @returns {number | null}
 */
export function firstChanged(own, changed, keepsAttention) {
  const named = changed.layers.findIndex((_, layer) => recordingOf(own, layer) !== recordingOf(changed, layer));
  const first = named + (keepsAttention ? 1 : 0);
  return named < 0 || first >= changed.layers.length ? null : first;
}

/** True if the earliest changes only set the output of heads: their layer's weights stay as they are. @param {readonly Act[]} acts */
export function keepAttention(acts) {
  const earliest = Math.min(...acts.map((act) => ("layer" in act ? act.layer : -1)));
  return acts.every((act) => "layer" in act && (act.layer > earliest || act.kind === "off" || act.kind === "mean"));
}

export class Unchanged {
  /** @type {Comparison | undefined} */ comparison;
  /** The layer that the button shows. @type {number | null} */ first = null;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.says = /** @type {HTMLElement} */ (root.querySelector("span"));
    this.button = /** @type {HTMLButtonElement} */ (root.querySelector("button"));
    this.button.addEventListener("click", () => this.turn());
  }

  /** @param {Comparison} comparison @param {readonly Act[]} acts those that the right side has */
  draw(comparison, acts) {
    this.root.hidden = !acts.length || !["attention", "both"].includes(comparison.settings?.show);
    if (this.root.hidden) return;
    const [own, { data, layer }] = comparison.sides;
    const first = firstChanged(own.data, data, keepAttention(acts));
    this.root.hidden = first !== null && layer >= first;
    if (this.root.hidden) return;
    this.comparison = comparison;
    this.first = first;
    this.says.textContent =
      first === null
        ? "No attention map shows this change, because no layer comes after it. The numbers above show it."
        : `Your changes come after the attention of layer ${layerName(data, layer)}, so its two maps are the same.`;
    this.button.hidden = first === null;
    if (first !== null) this.button.textContent = `Show layer ${layerName(data, first)}`;
  }

  turn() {
    if (this.first !== null) this.comparison?.set({ layers: [this.first, this.first] });
  }
}
