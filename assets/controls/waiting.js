// Shows the progress of the server, or why data are missing, with buttons to cancel and to try again.
import { element } from "../figures/elements.js";

/** @import { Fetching } from "../data/fetching.js" */

/** For which the reader is told nothing: most answers come before. */
const QUIET_MS = 300;

export class Waiting {
  /** @type {ReturnType<typeof setTimeout> | undefined} */ timer;

  /**
   * @param {HTMLElement} root
   * @param {Fetching} fetching
   */
  constructor(root, fetching) {
    this.root = root;
    this.fetching = fetching;
    this.says = element("span");
    this.bar = Object.assign(element("progress"), { max: 1 });
    this.bar.setAttribute("aria-label", "Progress");
    this.cancel = this.button("Cancel", () => fetching.cancel());
    this.again = this.button("Try again", () => fetching.again());
    root.append(this.says, this.bar, this.cancel, this.again);
    fetching.onNews = () => this.soon();
  }

  close() {
    clearTimeout(this.timer);
  }

  /** @param {string} name @param {() => void} act */
  button(name, act) {
    const button = Object.assign(element("button", "", name), { type: "button" });
    button.addEventListener("click", act);
    return button;
  }

  soon() {
    const { news } = this.fetching;
    if (!news || !this.root.hidden) this.draw();
    else this.timer ??= setTimeout(() => this.draw(), news.kind === "working" ? QUIET_MS : 0);
  }

  draw() {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { news } = this.fetching;
    this.root.hidden = !news?.says;
    if (!news) return;
    const { kind, says, share = 0 } = news;
    this.root.dataset.kind = kind;
    this.says.textContent = says;
    this.bar.hidden = this.cancel.hidden = kind !== "working";
    this.bar.value = share;
    this.again.hidden = kind !== "failed" && kind !== "cancelled";
    this.again.textContent = kind === "cancelled" ? "Start again" : "Try again";
  }
}
