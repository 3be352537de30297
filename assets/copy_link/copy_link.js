// Copies the page's link, which says what is shown.
import { findAs } from "../figures/elements.js";
import { mounted } from "../controls/mounted.js";

const SAID_MS = 1600;

class CopyLink {
  /** @type {ReturnType<typeof setTimeout> | undefined} */ timer;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.button = findAs(root, "button", HTMLButtonElement);
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
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (this.button.textContent = this.says), SAID_MS);
  }
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
