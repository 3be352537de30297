// The list of changes as Python, written by the server.
import { Code } from "../compare/code.js";
import { comparisonOf } from "../compare/comparison.js";
import { mounted } from "../controls/mounted.js";
import { actsOf } from "../edits/acts.js";

/** @import { Comparison } from "../compare/comparison.js" */
/** @import { Acts } from "../edits/acts.js" */

/** key: of the comparison. picture: the name of the picture's file. @typedef {{ key: string, picture: string }} PythonData */

class WhatIfPython {
  /** @type {Acts | undefined} */ acts;
  /** @type {Comparison | undefined} */ comparison;
  /** @type {PythonData | undefined} */ data;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.code = new Code(root);
    this.figure = { draw: () => this.draw() };
  }

  /** @param {PythonData} data */
  show(data) {
    this.data = data;
    this.acts ??= actsOf(data.key);
    this.comparison ??= comparisonOf(data.key);
    for (const owner of [this.acts, this.comparison]) owner.figures.add(this.figure);
    this.draw();
  }

  close() {
    for (const owner of [this.acts, this.comparison]) owner?.figures.delete(this.figure);
  }

  draw() {
    const { exploration, data: shown } = this.comparison?.sides[0] ?? {};
    if (!exploration?.source || !shown || !this.data || !this.acts?.data) return;
    const body = { edits: this.acts.wanted.edits, picture: this.data.picture };
    const about = JSON.stringify([shown.recording, shown.lease, body]);
    void this.code.write(exploration.source, { kind: "change-snippet", body }, about);
  }
}

export default mounted(WhatIfPython, ".regard-code");
