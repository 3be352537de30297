// The numbers of every head as tables, which the server makes.
import { theAtlas } from "../atlas/chosen.js";
import { download } from "../data/made.js";
import { find, findAs } from "../figures/elements.js";
import { mounted } from "../controls/mounted.js";

const FORMATS = ["csv", "parquet"];

class AtlasFiles {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    for (const format of FORMATS) {
      const button = findAs(root, `.${format}`, HTMLButtonElement);
      button.addEventListener("click", () => this.save(format, button));
    }
  }

  show() {}

  close() {}

  /** @param {string} format @param {HTMLButtonElement} button */
  save(format, button) {
    const { data, source } = theAtlas();
    if (!data) return;
    const { name, lacking } = theAtlas().measure(data);
    if (lacking) return this.say(lacking.replaceAll("`", ""));
    const wanted = { kind: "atlas-table", body: { measure: name, format } };
    void download(button, source, wanted, (says) => this.say(says));
  }

  /** @param {string} says */
  say(says) {
    const node = find(this.root, ".says");
    node.textContent = says;
    node.hidden = !says;
  }
}

export default mounted(AtlasFiles, ".regard-atlas-files");
