// What acts on the picture as a whole: the direction, the prefix token that asks, and the whole screen for it.
import { element, find, findAs } from "../figures/elements.js";
import { canBox, removeBox } from "../view/boxed.js";
import { Presentation } from "../controls/presentation.js";
import { WORDS } from "../view/settings.js";

/** @import { Exploration } from "../view/exploration.js" */
/** @import { Settings } from "../view/settings.js" */

export class Tools {
  /**
   * @param {HTMLElement} root
   * @param {Exploration} exploration
   */
  constructor(root, exploration) {
    this.exploration = exploration;
    this.direction = find(root, ".direction");
    this.prefix = findAs(root, ".prefix", HTMLButtonElement);
    this.box = findAs(root, ".box-tool", HTMLButtonElement);
    this.presentation = new Presentation(root, () => exploration.redraw());
    this.directions = /** @type {Settings["direction"][]} */ (Object.keys(WORDS.direction)).map((name) =>
      this.newDirection(name),
    );
    this.box.addEventListener("click", () => this.toggleBox());
    this.box.addEventListener("keydown", ({ key }) => {
      if (key !== "Escape" || !exploration.boxing) return;
      exploration.boxing = false;
      exploration.redraw();
    });
    this.prefix.addEventListener("click", () =>
      exploration.set({ query: exploration.settings.query === "prefix" ? "patch" : "prefix" }),
    );
  }

  /** A box that is there goes; else the next drag draws one. */
  toggleBox() {
    const { exploration } = this;
    if (exploration.box) removeBox(exploration);
    else {
      exploration.boxing = !exploration.boxing;
      exploration.redraw();
    }
  }

  close() {
    this.presentation.close();
  }

  draw() {
    const { settings, data } = this.exploration;
    const [prefix] = data.layers[this.exploration.layer].prefix;
    this.direction.hidden = settings.depth !== "layer";
    for (const { name, button } of this.directions) {
      button.setAttribute("aria-checked", String(settings.direction === name));
      button.tabIndex = settings.direction === name ? 0 : -1;
    }
    this.box.hidden = !canBox(this.exploration);
    this.box.setAttribute("aria-pressed", String(this.exploration.boxing || this.exploration.box !== null));
    this.prefix.hidden = !prefix;
    this.prefix.textContent = prefix ?? "";
    this.prefix.title = `The query is ${prefix} instead of a patch`;
    this.prefix.setAttribute("aria-pressed", String(settings.query === "prefix"));
  }

  /** @param {Settings["direction"]} name */
  newDirection(name) {
    const button = Object.assign(element("button", "", WORDS.direction[name]), { type: "button" });
    button.setAttribute("role", "radio");
    button.addEventListener("click", () => this.exploration.set({ direction: name }));
    button.addEventListener("keydown", (event) => {
      if (!["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"].includes(event.key)) return;
      event.preventDefault();
      const other = this.directions.find((each) => each.name !== name);
      if (!other) return;
      this.exploration.set({ direction: other.name });
      other.button.focus();
    });
    this.direction.append(button);
    return { name, button };
  }
}
