// Files of what is compared as it is drawn, in the page's own menu: buttons that stand apart from the pictures.
import { comparisonOf } from "../compare/comparison.js";
import { offerFiles } from "../compare/files.js";
import { mounted } from "../shared/mounted.js";

/** `key`: the comparison's. @typedef {{ key: string }} FilesData */

class CompareFiles {
  offered = false;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
  }

  /** @param {FilesData} data */
  show({ key }) {
    if (!this.offered) offerFiles(this.root, comparisonOf(key));
    this.offered = true;
  }

  close() {}
}

export default mounted(CompareFiles, ".regard-compare-files", () => {});
