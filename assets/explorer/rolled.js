// All layers rolled out: how, in place of the heads.
import { find } from "../shared/elements.js";
import { choiceOf, rangeOf } from "./controls.js";
import words from "./link_words.json" with { type: "json" };

/** @import { Exploration } from "./exploration.js" */

const DISCARD = "The share of the smallest weights of each row that is left out; the paper leaves out none.";

export class Rolled {
  /**
   * @param {HTMLElement} root
   * @param {Exploration} exploration
   */
  constructor(root, exploration) {
    this.root = root;
    this.exploration = exploration;
    this.controls = [
      choiceOf(exploration, "fusion", "Heads are fused by their", words.fusion),
      rangeOf(exploration, { name: "discard", says: "Discard", low: 0, high: 0.95, step: 0.05, help: DISCARD }),
    ];
    root.append(...this.controls.map(({ node }) => node));
    this.note = find(root, ".outlier");
    root.append(this.note);
  }

  draw() {
    const { settings } = this.exploration;
    this.root.hidden = settings.depth !== "rollout";
    for (const { show } of this.controls) show();
    this.note.textContent = this.exploration.rolledEntry?.outlier ?? "";
  }
}
