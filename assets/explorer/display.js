// How the map is drawn: behind one button, for it is set once and then left alone.
import { element } from "../figures/elements.js";
import { Menu } from "../controls/menu.js";
import { controlsOf } from "../view/setting_controls.js";
import { PLACES } from "../view/settings.js";

/** @import { Exploration } from "../view/exploration.js" */
/** @import { Settings } from "../view/settings.js" */

export class Display {
  /**
   * @param {HTMLDetailsElement} menu
   * @param {HTMLElement} panel
   * @param {Exploration} exploration
   */
  constructor(menu, panel, exploration) {
    this.exploration = exploration;
    this.controls = controlsOf(exploration, PLACES.display);
    panel.append(...this.controls.map(({ node }) => node), this.back());
    this.square = this.controls[PLACES.display.indexOf("square")].node;
    this.menu = new Menu(menu);
  }

  close() {
    this.menu.close();
  }

  draw() {
    this.square.hidden = this.exploration.data.served === false; // the picture is cut in Python
    for (const { show } of this.controls) show();
  }

  /** Everything in the menu as it was at first. */
  back() {
    const button = Object.assign(element("button", "", "Reset display"), { type: "button" });
    const names = /** @type {(keyof Settings)[]} */ (PLACES.display);
    button.addEventListener("click", () => {
      const { defaults } = this.exploration.data;
      this.exploration.set(Object.fromEntries(names.map((name) => [name, defaults[name]])));
    });
    return button;
  }
}
