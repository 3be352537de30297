// How the map is drawn: behind one button, for it is set once and then left alone.
import { element } from "../shared/elements.js";
import { choiceOf, rangeOf, switchOf } from "./controls.js";
import words from "./link_words.json" with { type: "json" };

/** @import { Range } from "./controls.js" */
/** @import { Exploration } from "./exploration.js" */

const HEAT =
  "The scores are divided by it before the softmax: below 1 the largest weight grows, above 1 weights become more alike.";
/** @type {readonly Range[]} */
const RANGES = [
  { name: "temperature", says: "Temperature", low: 0.1, high: 4, step: 0.1, help: HEAT },
  { name: "opacity", says: "Opacity of the map", low: 0, high: 1, step: 0.05 },
];
const CHOICES = /** @type {const} */ ([
  ["combine", "Several heads as their", words.combine],
  ["scale", "Colour scale", words.scale],
  ["map", "Colours", words.map],
]);
const SWITCHES = /** @type {const} */ ([
  ["grid", "Grid lines"],
  ["square", "Only the middle square of the picture"],
]);

export class Display {
  /**
   * @param {HTMLDetailsElement} menu
   * @param {HTMLElement} panel
   * @param {Exploration} exploration
   */
  constructor(menu, panel, exploration) {
    this.exploration = exploration;
    this.controls = [
      ...RANGES.map((range) => rangeOf(exploration, range)),
      ...CHOICES.map(([name, says, options]) => choiceOf(exploration, name, says, options)),
      ...SWITCHES.map(([name, says]) => switchOf(exploration, name, says)),
    ];
    panel.append(...this.controls.map(({ node }) => node), this.back());
    this.square = this.controls[this.controls.length - 1].node;
    this.outside = (/** @type {Event} */ event) => {
      if (menu.open && !event.composedPath().includes(menu)) menu.open = false;
    };
    document.addEventListener("pointerdown", this.outside);
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !menu.open) return;
      event.stopPropagation();
      menu.open = false;
      menu.querySelector("summary")?.focus();
    });
  }

  close() {
    document.removeEventListener("pointerdown", this.outside);
  }

  draw() {
    this.square.hidden = this.exploration.data.served === false; // the picture is cut in Python
    for (const { show } of this.controls) show();
  }

  /** Everything in the menu as it was at first. */
  back() {
    const button = Object.assign(element("button", "", "Reset display"), { type: "button" });
    const names = [...RANGES.map(({ name }) => name), ...CHOICES.map(([name]) => name), ...SWITCHES.map(([name]) => name)];
    button.addEventListener("click", () => {
      const { defaults } = this.exploration.data;
      this.exploration.set(Object.fromEntries(names.map((name) => [name, defaults[name]])));
    });
    return button;
  }
}
