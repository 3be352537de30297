// The line above a table: its name, and the buttons Undo and Reset.
import { element } from "../figures/elements.js";
import { writeMatrixName } from "./text.js";

export class Head {
  line = element("div", "head");
  letter = element("b");
  title = element("span");
  size = element("span", "size");

  /** @param {{ undo?: () => void, reset?: () => void }} doing */
  constructor({ undo, reset }) {
    const name = element("span", "title");
    name.append(this.letter, this.title, this.size);
    this.undo = button("Undo", undo);
    this.reset = button("Reset", reset);
    this.line.append(name, ...[this.undo, this.reset].filter((node) => node !== null));
  }

  /**
   * @param {string} label
   * @param {string} size
   */
  name(label, size) {
    const [letter] = label.match(/^[\p{L}\p{N}_]+/u) ?? [""];
    writeMatrixName(this.letter, letter);
    this.title.textContent = label.slice(letter.length);
    this.size.textContent = ` · ${size}`;
  }

  /**
   * Show or hide the buttons. Hidden buttons keep their room.
   *
   * @param {boolean} canUndo
   * @param {boolean} canReset
   */
  offer(canUndo, canReset) {
    if (this.undo) this.undo.style.visibility = canUndo ? "" : "hidden";
    if (this.reset) this.reset.style.visibility = canReset ? "" : "hidden";
  }

  /** True if a hidden button has the focus. */
  get leftFocus() {
    return [this.undo, this.reset].some((node) => node?.style.visibility === "hidden" && node.matches(":focus"));
  }
}

/**
 * @param {string} text
 * @param {(() => void) | undefined} press
 */
function button(text, press) {
  if (!press) return null;
  const node = Object.assign(element("button", "", text), { type: "button" });
  node.addEventListener("click", () => press());
  return node;
}
