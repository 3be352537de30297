// One of a few, as a row of segments that arrow keys walk.
import { element } from "../figures/elements.js";

const STEPS = /** @type {Record<string, number>} */ ({ ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 });

export class Segments {
  /** @type {{ name: string, button: HTMLButtonElement }[]} */ all = [];

  /**
   * @param {HTMLElement} root a radiogroup
   * @param {(name: string) => void} choose
   */
  constructor(root, choose) {
    this.root = root;
    this.choose = choose;
    root.setAttribute("role", "radiogroup");
    root.addEventListener("keydown", (event) => this.key(event));
  }

  /**
   * @param {Record<string, string>} titles by name
   * @param {string} chosen
   */
  show(titles, chosen) {
    if (this.all.map(({ name }) => name).join() !== Object.keys(titles).join()) {
      this.all = Object.keys(titles).map((name) => this.made(name));
      this.root.replaceChildren(...this.all.map(({ button }) => button));
    }
    for (const { name, button } of this.all) {
      if (button.textContent !== titles[name]) button.textContent = titles[name];
      button.setAttribute("aria-checked", String(name === chosen));
      button.tabIndex = name === chosen ? 0 : -1;
    }
  }

  /** @param {string} name */
  made(name) {
    const button = Object.assign(element("button"), { type: "button" });
    button.setAttribute("role", "radio");
    button.addEventListener("click", () => this.choose(name));
    return { name, button };
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const at = this.all.findIndex(({ button }) => button === event.target);
    if (at < 0 || !(event.key in STEPS)) return;
    event.preventDefault();
    const next = this.all[(at + STEPS[event.key] + this.all.length) % this.all.length];
    this.choose(next.name);
    next.button.focus();
  }
}
