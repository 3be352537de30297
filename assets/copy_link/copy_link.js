// Copies the page's link, which says what is shown but carries no picture.
import { find, findAs } from "../figures/elements.js";
import { mounted } from "../controls/mounted.js";

const SAID_MS = 1600;
const NOTE_MS = 8000;
/** Parameters with the pictures of a page (ui/explorer/controls.py, ui/compare/pictures.py), and the value for the reader's own. */
const PICTURES = /^(left-|right-)?pictures?$/;
const YOURS = /^yours( \d+)?$/i;

class CopyLink {
  /** @type {ReturnType<typeof setTimeout> | undefined} */ timer;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.button = findAs(root, "button", HTMLButtonElement);
    this.note = find(root, ".note");
    this.says = this.button.textContent;
    this.button.addEventListener("click", () => this.copy());
  }

  show() {}

  close() {
    clearTimeout(this.timer);
  }

  async copy() {
    const copied = await copyText(location.href);
    this.button.textContent = copied ? "Copied" : "Copy it from the address bar";
    this.note.hidden = !namesOwnPicture(location.search);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.rest(), this.note.hidden ? SAID_MS : NOTE_MS);
  }

  rest() {
    this.button.textContent = this.says;
    this.note.hidden = true;
  }
}

/** True if a link names a picture of the reader's own: "Yours" on one page, "Yours 2" on Compare. @param {string} query */
function namesOwnPicture(query) {
  return [...new URLSearchParams(query)].some(([name, value]) => PICTURES.test(name) && YOURS.test(value));
}

/**
 * Whether the browser let it be copied: it does so over https and on this computer only.
 *
 * @param {string} text
 */
async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

export default mounted(CopyLink, ".regard-copy", () => {});
