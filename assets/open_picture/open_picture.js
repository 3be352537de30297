// A button that opens a picture, and the name of the one that is open, with a button that takes it away.
import { element } from "../shared/elements.js";
import { mounted } from "../shared/mounted.js";
import { openFileChooser } from "../shared/streamlit_workarounds.js";

/** @typedef {{ name: string }} OpenData of the reader's own picture; "" where there is none */

class OpenPicture {
  taken = () => {};
  opener = Object.assign(element("button", "open", "Open a picture…"), { type: "button" });
  chip = element("p", "chip");
  name = element("span");
  away = Object.assign(element("button", "away", "×"), { type: "button" });

  /** @param {HTMLElement} root */
  constructor(root) {
    this.opener.addEventListener("click", () => openFileChooser());
    this.away.addEventListener("click", () => this.taken());
    this.chip.append(this.name, this.away);
    root.append(this.opener, element("p", "how", "or drop or paste one anywhere on this page"), this.chip);
  }

  /** @param {OpenData} data */
  show({ name }) {
    this.chip.hidden = !name;
    this.name.textContent = name;
    this.away.ariaLabel = `Remove ${name}`;
  }

  close() {}
}

export default mounted(OpenPicture, ".regard-open", (view, { setTriggerValue }) => {
  view.taken = () => setTriggerValue("removed", true);
});
