// All layers rolled out: how, in place of the heads.
import { find } from "../shared/elements.js";
import { controlsOf } from "./setting_controls.js";
import { PLACES } from "./settings.js";

/** @import { Exploration } from "./exploration.js" */

export class Rolled {
  /**
   * @param {HTMLElement} root
   * @param {Exploration} exploration
   */
  constructor(root, exploration) {
    this.root = root;
    this.exploration = exploration;
    this.controls = controlsOf(exploration, PLACES.rollout);
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
