// The Python that computes what is compared, made by the server once it is looked at.
import { comparisonOf } from "../compare/comparison.js";
import { viewAsked } from "../compare/joint_wanted.js";
import { made } from "../data/made.js";
import { find } from "../figures/elements.js";
import { mounted } from "../controls/mounted.js";

/** @import { Comparison } from "../compare/comparison.js" */

/** After which the script follows the hand. */
const REST_MS = 200;

class ComparePython {
  /** @type {Comparison | undefined} */ comparison;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ resting;
  /** The request whose code is shown. */ about = "";

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.code = find(root, "code");
    find(root, ".copy").addEventListener("click", () => void navigator.clipboard.writeText(this.code.textContent ?? ""));
    this.figure = { draw: () => this.soon(), seen: () => this.root.checkVisibility() };
  }

  close() {
    clearTimeout(this.resting);
    this.comparison?.figures.delete(this.figure);
  }

  /** @param {{ key: string }} data */
  show({ key }) {
    this.comparison ??= comparisonOf(key);
    this.comparison.figures.add(this.figure);
    this.soon();
  }

  soon() {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => void this.write(), REST_MS);
  }

  async write() {
    const { comparison } = this;
    if (!comparison?.data) return;
    const body = viewAsked(comparison);
    const about = JSON.stringify(body);
    if (this.about === about) return;
    this.about = about;
    const written = await made(comparison.sides[0].exploration.source, { kind: "comparison-snippet", body }, (says) =>
      this.say(says),
    );
    if (written && this.about === about) this.code.textContent = written.entry.code;
  }

  /** @param {string} says */
  say(says) {
    const node = find(this.root, ".says");
    node.textContent = says;
    node.hidden = !says;
  }
}

export default mounted(ComparePython, ".regard-compare-python");
