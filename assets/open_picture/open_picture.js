// A button that opens a picture, or several, and the names of those that are open, each with a button that takes it away.
import { element } from "../figures/elements.js";
import { mounted } from "../controls/mounted.js";
import { openFileChooser } from "../streamlit/uploader.js";

/** names: of the reader's own pictures. several: whether more than one can be open. @typedef {{ names: string[], several: boolean }} OpenData */

class OpenPicture {
  /** @type {(at: number) => void} */
  taken = () => {};
  opener = Object.assign(element("button", "open"), { type: "button" });
  how = element("p", "how");
  chips = element("div");
  /** What the chips say: made anew, one under a finger would miss its click. */ shown = "";

  /** @param {HTMLElement} root */
  constructor(root) {
    this.opener.addEventListener("click", () => openFileChooser());
    root.append(this.opener, this.how, this.chips);
  }

  /** @param {OpenData} data */
  show({ names, several }) {
    this.opener.textContent = several ? "Open pictures…" : "Open a picture…";
    this.how.textContent = `or drop or paste ${several ? "some" : "one"} anywhere on this page`;
    const shown = JSON.stringify(names);
    if (shown !== this.shown) this.chips.replaceChildren(...names.map((name, at) => this.chip(name, at)));
    this.shown = shown;
  }

  /**
   * @param {string} name
   * @param {number} at
   */
  chip(name, at) {
    const chip = element("p", "chip");
    const away = Object.assign(element("button", "away", "×"), { type: "button", ariaLabel: `Remove ${name}` });
    away.addEventListener("click", () => this.taken(at));
    chip.append(element("span", "", name), away);
    return chip;
  }

  close() {}
}

export default mounted(OpenPicture, ".regard-open", (view, { setTriggerValue }) => {
  view.taken = (at) => setTriggerValue("removed", { at });
});
