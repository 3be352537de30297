// The Python that computes what is compared, written by the server once it is looked at.
import { Code } from "../compare/code.js";
import { comparisonOf } from "../compare/comparison.js";
import { viewAsked } from "../compare/joint_wanted.js";
import { mounted } from "../controls/mounted.js";

/** @import { Comparison } from "../compare/comparison.js" */

/** After which the script follows the hand. */
const REST_MS = 200;

class ComparePython {
  /** @type {Comparison | undefined} */ comparison;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ resting;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.code = new Code(root);
    this.figure = { draw: () => this.soon(), seen: () => root.checkVisibility() };
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
    this.resting = setTimeout(() => this.write(), REST_MS);
  }

  write() {
    const { comparison } = this;
    if (!comparison?.data) return;
    const { source } = comparison.sides[0].exploration;
    void this.code.write(source, { kind: "comparison-snippet", body: viewAsked(comparison) });
  }
}

export default mounted(ComparePython, ".regard-code");
