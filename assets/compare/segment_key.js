// Which colour is which segment: a button each, that takes a segment as the place of matches.
import { element } from "../figures/elements.js";
import { SEGMENT_COLOURS } from "./colours.js";
import { FIRST_LINES } from "./settings.js";

/** @import { Comparison } from "./comparison.js" */

export class SegmentKey {
  /** @type {HTMLButtonElement[]} */ buttons = [];

  /**
   * @param {HTMLElement} root
   * @param {Comparison} comparison
   */
  constructor(root, comparison) {
    this.root = root;
    this.comparison = comparison;
  }

  draw() {
    const { joint, settings } = this.comparison;
    const count = settings.show === "segments" ? (joint.segments?.k ?? 0) : 0;
    this.root.hidden = count === 0;
    while (this.buttons.length < count) this.buttons.push(this.newButton(this.buttons.length));
    this.buttons.forEach((button, at) => {
      button.hidden = at >= count;
      button.setAttribute("aria-pressed", String(settings.within === `segment-${at}`));
    });
  }

  /** @param {number} at */
  newButton(at) {
    const { comparison } = this;
    const name = `segment-${at}`;
    const button = Object.assign(element("button", "segment", String(at + 1)), { type: "button" });
    button.ariaLabel = `Segment ${at + 1}`;
    button.title = `Segment ${at + 1}: look for matches inside it alone`;
    button.prepend(Object.assign(element("span", "chip"), { style: `background: ${SEGMENT_COLOURS[at]}` }));
    button.addEventListener("click", () => {
      const { lines, within } = comparison.settings;
      comparison.set({ within: within === name ? "all" : name, lines: lines || FIRST_LINES });
    });
    this.root.append(button);
    return button;
  }
}
