// Files of what is compared, in the page's own menu: as it is drawn, made in the browser, and as numbers, made by the server.
import { comparisonOf } from "../compare/comparison.js";
import { offerFiles } from "../compare/files.js";
import { viewAsked } from "../compare/joint_wanted.js";
import { made } from "../data/made.js";
import { downloadBlob } from "../data/download.js";
import { find, findAs } from "../figures/elements.js";
import { mounted } from "../controls/mounted.js";

/** key: the comparison's. served: whether the server makes files too. @typedef {{ key: string, served: boolean }} FilesData */

class CompareFiles {
  offered = false;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
  }

  /** @param {FilesData} data */
  show({ key, served }) {
    find(this.root, ".served").hidden = !served;
    if (!this.offered) this.offer(key);
    this.offered = true;
  }

  /** @param {string} key */
  offer(key) {
    offerFiles(this.root, comparisonOf(key));
    for (const format of ["npz", "html"]) {
      const button = findAs(this.root, `.${format}`, HTMLButtonElement);
      button.addEventListener("click", () => void this.download(key, format, button));
    }
  }

  /** @param {string} key @param {string} format @param {HTMLButtonElement} button */
  async download(key, format, button) {
    const comparison = comparisonOf(key);
    const { source } = comparison.sides[0].exploration;
    button.disabled = true;
    const body = { ...viewAsked(comparison), format };
    const file = await made(source, { kind: "comparison-file", body }, (says) => this.say(says));
    button.disabled = false;
    if (file) downloadBlob(new Blob([file.arrays.bytes], { type: file.entry.type }), file.entry.name);
  }

  /** @param {string} says */
  say(says) {
    const node = find(this.root, ".says");
    node.textContent = says;
    node.hidden = !says;
  }

  close() {}
}

export default mounted(CompareFiles, ".regard-compare-files");
