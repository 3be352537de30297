// Python that the server writes for what a comparison shows, with a button that copies it.
import { made } from "../data/made.js";
import { find } from "../figures/elements.js";

/** @import { Source } from "../data/source.js" */
/** @import { Wanted } from "../data/wanted.js" */

export class Code {
  /** The request whose code is shown. */ about = "";

  /** @param {HTMLElement} root with code.html in it */
  constructor(root) {
    this.code = find(root, "code");
    this.says = find(root, ".says");
    find(root, ".copy").addEventListener("click", () => void navigator.clipboard.writeText(this.code.textContent ?? ""));
  }

  /**
   * Show the answer to a request. The same request is sent once.
   *
   * @param {Source | null} source
   * @param {Pick<Wanted, "kind" | "body">} wanted
   * @param {string} [about] the request with all that its answer depends on
   */
  async write(source, wanted, about = JSON.stringify(wanted.body)) {
    if (about === this.about) return;
    this.about = about;
    const written = await made(source, wanted, (says) => this.say(says));
    if (written && about === this.about) this.code.textContent = written.entry.code;
  }

  /** @param {string} says */
  say(says) {
    this.says.textContent = says;
    this.says.hidden = !says;
  }
}
