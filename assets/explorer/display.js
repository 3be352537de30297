// How the map is drawn: behind one button, for it is set once and then left alone.
import { element } from "../shared/elements.js";
import words from "./link_words.json" with { type: "json" };

/** @import { Exploration } from "./exploration.js" */
/** @import { Settings } from "./settings.js" */

/** @typedef {{ name: keyof Settings, says: string, low: number, high: number, step: number, help?: string }} Range */
/** @typedef {{ name: keyof Settings, says: string, help?: string }} Control */

/** @type {Range[]} */
const RANGES = [
  {
    name: "temperature",
    says: "Temperature",
    low: 0.1,
    high: 4,
    step: 0.1,
    help: "The scores are divided by it before the softmax: below 1 the largest weights grow, above 1 all become alike.",
  },
  { name: "opacity", says: "Opacity of the map", low: 0, high: 1, step: 0.05 },
];
/** @type {(Control & { options: Record<string, string> })[]} */
const CHOICES = [
  { name: "combine", says: "Several heads as their", options: words.combine },
  { name: "scale", says: "Colour scale", options: words.scale },
  { name: "map", says: "Colours", options: words.map },
];
/** @type {Control[]} */
const SWITCHES = [
  { name: "grid", says: "Grid lines" },
  { name: "square", says: "Only the middle square of the picture" },
];

export class Display {
  /** @type {(() => void)[]} */ shows = [];

  /**
   * @param {HTMLDetailsElement} menu
   * @param {HTMLElement} panel
   * @param {Exploration} exploration
   */
  constructor(menu, panel, exploration) {
    this.menu = menu;
    this.exploration = exploration;
    panel.append(
      ...RANGES.map((range) => this.range(range)),
      ...CHOICES.map((choice) => this.choice(choice.name, choice.says, choice.options)),
      ...SWITCHES.map((control) => this.switch(control)),
      this.back(),
    );
    this.outside = (/** @type {Event} */ event) => {
      if (menu.open && !event.composedPath().includes(menu)) menu.open = false;
    };
    document.addEventListener("pointerdown", this.outside);
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !menu.open) return;
      menu.open = false;
      menu.querySelector("summary")?.focus();
    });
  }

  close() {
    document.removeEventListener("pointerdown", this.outside);
  }

  draw() {
    for (const show of this.shows) show();
  }

  /** @param {Range} range */
  range({ name, says, low, high, step, help = "" }) {
    const input = Object.assign(document.createElement("input"), { type: "range", min: low, max: high, step, title: help });
    const value = element("output");
    input.addEventListener("input", () => this.exploration.set({ [name]: Number(input.value) }));
    this.shows.push(() => {
      input.value = String(this.exploration.settings[name]);
      value.textContent = Number(this.exploration.settings[name]).toFixed(step < 0.1 ? 2 : 1);
    });
    return labelled(says, input, value);
  }

  /**
   * @param {keyof Settings} name
   * @param {string} says
   * @param {Record<string, string>} options
   */
  choice(name, says, options) {
    const select = document.createElement("select");
    select.append(...Object.entries(options).map(([value, label]) => new Option(label, value)));
    select.addEventListener("change", () => this.exploration.set({ [name]: select.value }));
    this.shows.push(() => (select.value = String(this.exploration.settings[name])));
    return labelled(says, select);
  }

  /** @param {Control} control */
  switch({ name, says }) {
    const input = Object.assign(document.createElement("input"), { type: "checkbox" });
    input.addEventListener("change", () => this.exploration.set({ [name]: input.checked }));
    this.shows.push(() => (input.checked = Boolean(this.exploration.settings[name])));
    return labelled(says, input);
  }

  /** Everything in the menu as it was at first. */
  back() {
    const button = Object.assign(element("button", "", "Reset display"), { type: "button" });
    const names = [...RANGES, ...CHOICES, ...SWITCHES].map(({ name }) => name);
    button.addEventListener("click", () => {
      const { defaults } = this.exploration.data;
      this.exploration.set(Object.fromEntries(names.map((name) => [name, defaults[name]])));
    });
    return button;
  }
}

/**
 * @param {string} says
 * @param {...HTMLElement} controls
 */
function labelled(says, ...controls) {
  const label = element("label");
  label.append(element("span", "", says), ...controls);
  return label;
}
