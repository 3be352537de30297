// Changes of the picture inside the box: what is chosen waits for a box, where there is none yet.
import { element } from "../figures/elements.js";
import { actName, writtenActs } from "../edits/acts_text.js";

/** @import { Comparison } from "../compare/comparison.js" */
/** @import { Box } from "../compare/settings.js" */
/** @import { Block, Grid, Place } from "../maths/patches.js" */
/** @import { Acts } from "../edits/acts.js" */

const HOWS = /** @type {Record<string, string>} */ ({
  blur: "Blur",
  blank: "Blank",
  shuffle: "Shuffle",
  swap: "Swap",
});

export class PictureChanges {
  /** What happens as soon as there is a box. */ waits = "";
  /** Why the last press changed nothing. */ refused = "";

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
    const { comparison } = this;
    const { box } = comparison.settings;
    if (this.waits && !comparison.boxing && !comparison.picking) this.waits = ""; // let go of by Escape, or by the tool
    for (const button of this.buttons) button.ariaPressed = String(this.waits === button.dataset.how);
    this.hint.textContent = this.says(box);
  }

  /** @param {Box | null} box */
  says(box) {
    if (this.waits && !box) return "Now drag the box over a picture.";
    if (this.waits === "swap") return "Now click the middle of where they go.";
    if (this.refused) return this.refused;
    return box ? "A press changes what the box holds." : "Choose one, then drag a box over a picture.";
  }

  /** @param {string} how */
  press(how) {
    const { comparison } = this;
    const { box } = comparison.settings;
    Object.assign(comparison, { boxing: false, picking: null });
    this.refused = "";
    this.waits = this.waits === how ? "" : how;
    comparison.boxing = this.waits !== "" && !box;
    if (this.waits && box) this.apply(box);
    comparison.redraw();
  }

  /** @param {{ box?: Box | null }} changes */
  follow({ box }) {
    this.refused = "";
    if (box && this.waits) this.apply(box);
  }

  /** @param {Box} box */
  apply(box) {
    if (this.waits === "swap") this.pick(box);
    else this.add(this.waits, box, null);
  }

  /** The next click on a picture says where they go; it pins nothing. @param {Box} box */
  pick(box) {
    const { comparison } = this;
    const { grid } = comparison.sides[0].data;
    comparison.picking = { at: (place) => blockAround(place, box, grid), take: (to) => this.swap(box, to) };
    comparison.redraw();
  }

  /** @param {Box} box @param {Block} to */
  swap(box, to) {
    const overlaps = Math.abs(to.row - box.row) < box.rows && Math.abs(to.col - box.col) < box.cols;
    if (!overlaps) this.add("swap", box, [to.row, to.col]);
    else this.hint.textContent = "That is too near: the two would overlap.";
  }

  /** After those that there are: what they made is changed further. @param {string} how @param {Box} box @param {number[] | null} to */
  add(how, { row, col, rows, cols }, to) {
    this.waits = "";
    this.comparison.picking = null;
    const { acts } = this;
    const act = { how, box: [row, col, rows, cols], to };
    if (
      writtenActs(acts.list)
        .split(";")
        .includes(writtenActs([act]))
    )
      this.refused = `It is: ${actName(act)}.`;
    else acts.setList([...acts.list, act]);
    this.comparison.redraw();
  }
}

/**
 * As many patches as a box holds, with one of them in their middle, within the grid.
 *
 * @param {Place} place
 * @param {{ rows: number, cols: number }} size
 * @param {Grid} grid
 * @returns {Block}
 */
export function blockAround([row, col], { rows, cols }, grid) {
  const within = (/** @type {number} */ at, /** @type {number} */ size, /** @type {number} */ most) =>
    Math.max(0, Math.min(most - size, at - Math.floor(size / 2)));
  return { row: within(row, rows, grid.rows), col: within(col, cols, grid.cols), rows, cols };
}
