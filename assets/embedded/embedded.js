// Within another site's page: a way to the same view in a tab of its own, and a word to whoever brings a picture.
import { findAs } from "../figures/elements.js";
import { mounted } from "../controls/mounted.js";

const EMBEDDING = ["embed", "embed_options"];
const BEFORE_USE = /** @type {const} */ (["pointerenter", "pointerdown", "focus", "click"]);
const ELSEWHERE = "Pictures of your own cannot come in here: open this in Regard.";

class Embedded {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.link = findAs(root, "a", HTMLAnchorElement);
    this.says = findAs(root, "p", HTMLParagraphElement);
    for (const event of BEFORE_USE) this.link.addEventListener(event, () => this.follow());
    this.stop = new AbortController();
    const options = { signal: this.stop.signal };
    for (const event of /** @type {const} */ (["dragover", "drop", "paste"]))
      document.addEventListener(event, (given) => this.refuse(given), options);
    this.follow();
  }

  show() {}

  close() {
    this.stop.abort();
  }

  /** The page's link goes on changing, without a word. */
  follow() {
    const url = new URL(location.href);
    for (const name of EMBEDDING) url.searchParams.delete(name);
    this.link.href = url.href;
  }

  /** @param {DragEvent | ClipboardEvent} event */
  refuse(event) {
    const given = event instanceof DragEvent ? event.dataTransfer : event.clipboardData;
    if (!given?.types.includes("Files")) return;
    event.preventDefault(); // the browser would leave the page for the picture
    if (event.type !== "dragover") this.says.textContent = ELSEWHERE;
  }
}

export default mounted(Embedded, ".regard-embedded", () => {});
