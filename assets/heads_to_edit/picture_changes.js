// Changes of the picture inside the box: what is chosen waits for a box, where there is none yet.
import { element } from "../shared/elements.js";

/** @import { Comparison } from "../compare/comparison.js" */
/** @import { Box } from "../compare/settings.js" */
/** @import { Acts } from "../what_if/acts.js" */

const HOWS = /** @type {Record<string, string>} */ ({
  blur: "Blur",
  blank: "Blank",
  shuffle: "Shuffle",
  swap: "Swap",
});

export class PictureChanges {
  /** What happens as soon as there is a box. */ waits = "";

  /**
   * @param {HTMLElement} root
   * @param {HTMLElement} hint
   * @param {Acts} acts
   * @param {Comparison} comparison
   */
  constructor(root, hint, acts, comparison) {
    this.hint = hint;
    this.acts = acts;
    this.comparison = comparison;
    this.buttons = Object.entries(HOWS).map(([how, says]) => {
      const button = Object.assign(element("button", "", says), { type: "button" });
      button.dataset.how = how;
      button.addEventListener("click", () => this.press(how));
      return button;
    });
    root.replaceChildren(...this.buttons);
    comparison.listeners.add((changes) => this.follow(changes));
  }

  draw() {
    const { box } = this.comparison.settings;
    for (const button of this.buttons) button.ariaPressed = String(this.waits === button.dataset.how);
    this.hint.textContent = this.says(box);
  }

  /** @param {Box | null} box */
  says(box) {
    if (this.waits && !box) return "Now drag the box over a picture.";
    if (this.waits === "swap") return "Now click the patch that it is swapped with.";
    return box ? "Swap: then click where its patches go." : "Choose one, then drag a box over a picture.";
  }

  /** @param {string} how */
  press(how) {
    const { comparison } = this;
    const { box } = comparison.settings;
    this.waits = this.waits === how ? "" : how;
    comparison.boxing = this.waits !== "" && !box;
    if (this.waits && box) this.apply(box);
    comparison.redraw();
  }

  /** @param {{ box?: Box | null, pin?: { row: number, col: number } | null }} changes */
  follow({ box, pin }) {
    const there = this.comparison.settings.box;
    if (box && this.waits) this.apply(box);
    else if (pin && this.waits === "swap" && there) this.swap(there, pin);
  }

  /** @param {Box} box */
  apply(box) {
    if (this.waits === "swap") return; // waits for the other place
    this.add(this.waits, box, null);
  }

  /**
   * With as many patches, the clicked one in their middle.
   *
   * @param {Box} box
   * @param {{ row: number, col: number }} pin
   */
  swap(box, pin) {
    const { grid } = this.comparison.sides[0].data;
    const within = (/** @type {number} */ at, /** @type {number} */ size, /** @type {number} */ most) =>
      Math.max(0, Math.min(most - size, at - Math.floor(size / 2)));
    const to = [within(pin.row, box.rows, grid.rows), within(pin.col, box.cols, grid.cols)];
    const overlaps = Math.abs(to[0] - box.row) < box.rows && Math.abs(to[1] - box.col) < box.cols;
    if (overlaps) this.hint.textContent = "That is too near: the two would overlap.";
    else this.add("swap", box, to);
  }

  /** @param {string} how @param {Box} box @param {number[] | null} to */
  add(how, { row, col, rows, cols }, to) {
    this.waits = "";
    const { acts } = this;
    const same = (/** @type {number[]} */ other) => other.join() === [row, col, rows, cols].join();
    const others = acts.list.filter((act) => !("how" in act) || !same(act.box));
    acts.setList([...others, { how, box: [row, col, rows, cols], to }]);
  }
}
