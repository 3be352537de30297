// Offers to have every head's effect measured: what that is, how long it takes, and once more for a patch that was pinned since.
import { find, findAs } from "../figures/elements.js";

/** @import { Measuring, Price } from "../what_if/measuring.js" */

const GOES_ON = "Every head is switched off in turn; the progress stands at the lower right.";
const TOO_LARGE = "So many patches would take hours for every head: choose a coarser detail.";

export class Offer {
  /**
   * @param {HTMLElement} root
   * @param {() => void} start
   */
  constructor(root, start) {
    this.before = find(root, ".before");
    this.text = find(this.before, "p");
    this.start = findAs(this.before, ".start", HTMLButtonElement);
    this.again = findAs(root, ".again", HTMLButtonElement);
    for (const button of [this.start, this.again]) button.addEventListener("click", start);
  }

  /** @param {Measuring} measuring */
  draw({ found, price, goesOn, pinned }) {
    this.before.hidden = found !== null || !(goesOn || price);
    this.text.textContent = goesOn ? GOES_ON : price ? says(price) : "";
    this.start.hidden = goesOn || !price || price.large;
    this.again.hidden = goesOn || !pinned || pinned.join() === found?.patch?.join();
    if (pinned) this.again.textContent = `Again, for patch (${pinned.join(", ")}) too`;
  }
}

/** @param {Price} price */
function says({ large, heads, expected }) {
  if (large) return TOO_LARGE;
  return (
    `Do heads count equally? Switch off each of the ${heads} by itself and see how far that moves the model, beside how much it ` +
    "writes; then ever more of them together. All is held against the model as it is, on the left: your changes are ignored. " +
    `It takes at most about ${expected}, as long as ${heads} passes over this picture, and goes on while you look at something else.`
  );
}
