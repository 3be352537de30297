// The list of changes as Python, written by the server.
import { comparisonOf } from "../compare/comparison.js";
import { made } from "../data/made.js";
import { find } from "../figures/elements.js";
import { mounted } from "../controls/mounted.js";
import { actsOf } from "../edits/acts.js";

/** @import { Comparison } from "../compare/comparison.js" */
/** @import { Acts } from "../edits/acts.js" */

/** key: of the comparison. picture: the name of the picture's file. @typedef {{ key: string, picture: string }} PythonData */

export class Python {
  /** @type {Acts | undefined} */ acts;
  /** @type {Comparison | undefined} */ comparison;
  /** @type {PythonData | undefined} */ data;
  /** The request whose code is shown. */ about = "";

  /** @param {HTMLElement} root */
  constructor(root) {
    this.code = find(root, "code");
    this.says = find(root, ".says");
    find(root, ".copy").addEventListener("click", () => void navigator.clipboard.writeText(this.code.textContent ?? ""));
    this.figure = { draw: () => void this.draw() };
  }

  /** @param {PythonData} data */
  show(data) {
    this.data = data;
    this.acts ??= actsOf(data.key);
    this.comparison ??= comparisonOf(data.key);
    for (const owner of [this.acts, this.comparison]) owner.figures.add(this.figure);
    void this.draw();
  }

  close() {
    for (const owner of [this.acts, this.comparison]) owner?.figures.delete(this.figure);
  }

  async draw() {
    const { exploration, data: shown } = this.comparison?.sides[0] ?? {};
    if (!exploration?.source || !shown || !this.data || !this.acts?.data) return;
    const body = { edits: this.acts.wanted.edits, picture: this.data.picture };
    const about = JSON.stringify([shown.recording, shown.lease, body]);
    if (about === this.about) return;
    this.about = about;
    const written = await made(exploration.source, { kind: "change-snippet", body }, (says) => this.say(says));
    if (written && about === this.about) this.code.textContent = written.entry.code;
  }

  /** @param {string} says */
  say(says) {
    this.says.textContent = says;
    this.says.hidden = !says;
  }
}

export default mounted(Python, ".regard-what-if-python");
