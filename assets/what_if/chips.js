// A chip a change, on two lines at most; how many more there are stands beside them, and a press on that shows the next.
import { element, find, findAs } from "../figures/elements.js";
import { actName } from "../edits/acts_text.js";

/** @import { Act } from "../edits/acts_text.js" */

export class Chips {
  /**
   * @param {HTMLElement} root
   * @param {(at: number) => void} remove the change of this number
   */
  constructor(root, remove) {
    this.remove = remove;
    this.list = find(root, ".chips");
    this.more = findAs(root, ".more", HTMLButtonElement);
    this.more.addEventListener("click", () => this.turn());
    this.list.addEventListener("scroll", () => this.count());
    this.sizes = new ResizeObserver(() => this.fit());
    this.sizes.observe(root);
  }

  close() {
    this.sizes.disconnect();
  }

  /** @param {readonly Act[]} acts */
  show(acts) {
    const none = element("span", "quiet", "the same model and picture: click a head");
    this.list.replaceChildren(...(acts.length ? acts.map((act, at) => this.chip(act, at)) : [none]));
    this.fit();
    this.list.scrollTop = this.list.scrollHeight; // the newest is in sight
    this.count();
  }

  /** @param {Act} act @param {number} at */
  chip(act, at) {
    const name = actName(act);
    const chip = element("span", "chip");
    const button = Object.assign(element("button", "remove", "×"), { type: "button", ariaLabel: `Undo ${name}` });
    button.addEventListener("click", () => this.remove(at));
    chip.append(Object.assign(element("span", "name", name), { title: name }), button);
    return chip;
  }

  /** The count takes room only where there is something to count. */
  fit() {
    this.more.hidden = true;
    this.more.hidden = this.list.scrollHeight <= this.list.clientHeight + 1;
    this.count();
  }

  /** How many are out of sight. */
  count() {
    const { top, bottom } = this.list.getBoundingClientRect();
    const hidden = [...this.list.children].filter((chip) => {
      const rect = chip.getBoundingClientRect();
      const middle = (rect.top + rect.bottom) / 2;
      return middle < top || middle > bottom;
    });
    this.more.textContent = `+${hidden.length}`;
    this.more.ariaLabel = `${hidden.length} more: show the next`;
  }

  /** The next two lines; after the last ones, the first. */
  turn() {
    const { list } = this;
    const atEnd = list.scrollTop + list.clientHeight >= list.scrollHeight - 1;
    list.scrollTop = atEnd ? 0 : list.scrollTop + list.clientHeight;
  }
}
