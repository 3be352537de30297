// A map through all layers: its settings, in place of the heads.
import { find } from "../figures/elements.js";
import { MAP_METHODS } from "../data/map_methods.js";
import { controlsOf } from "../view/setting_controls.js";
import { PLACES } from "../view/settings.js";

/** @import { Exploration } from "../view/exploration.js" */

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
    const taken = MAP_METHODS[settings.depth]?.settings;
    this.root.hidden = !taken;
    this.controls.forEach(({ node, show }, at) => {
      node.hidden = !taken?.includes(PLACES.rollout[at]);
      show();
    });
    this.note.textContent = this.exploration.rolledEntry?.outlier ?? "";
  }
}
