// How the map is drawn: behind one button, for it is set once and then left alone.
import { element } from "../shared/elements.js";
import { choiceOf, rangeOf, switchOf } from "./controls.js";
import { Menu } from "./menu.js";
import words from "./link_words.json" with { type: "json" };

/** @import { Range } from "./controls.js" */
/** @import { Exploration } from "./exploration.js" */
/** @import { Settings } from "./settings.js" */

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
    const names = /** @type {(keyof Settings)[]} */ ([
      ...RANGES.map(({ name }) => name),
      ...CHOICES.map(([name]) => name),
      ...SWITCHES.map(([name]) => name),
    ]);
    button.addEventListener("click", () => {
      const { defaults } = this.exploration.data;
      this.exploration.set(Object.fromEntries(names.map((name) => [name, defaults[name]])));
    });
    return button;
  }
}
