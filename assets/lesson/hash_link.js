// The link of a lesson in a page of its own. It stands after the # of the address and needs no server.
// It may have any length, so every edit survives a reload.
import { linkText, writeLink } from "./link.js";
import { Seldom } from "./seldom.js";

/** @import { LessonView } from "./view.js" */

/** Written in place of an empty link. An empty link would bring the file's own link back. */
const PRESETS = "step=1";

export class HashLink {
  /**
   * @param {string} opened the link that the page opens with if its address has none
   * @param {(link: string) => LessonView} open called at once, and again when the address gets another link
   */
  constructor(opened, open) {
    this.opened = opened;
    this.written = location.hash;
    this.seldom = new Seldom(() => this.follow());
    this.begin = () => {
      this.view = open(location.hash.slice(1) || opened);
      this.view.drawn = () => this.seldom.soon();
    };
    addEventListener("hashchange", () => {
      if (location.hash === this.written) return;
      this.written = location.hash;
      this.begin();
    });
    this.begin();
  }

  /** Write the current state into the address. */
  follow() {
    if (!this.view) return;
    const { state, shown } = this.view;
    const { whole } = writeLink(state, shown.matrices, location.href);
    const address = new URL(location.href);
    address.hash = linkText(whole) || (this.opened && PRESETS);
    this.written = address.hash;
    if (address.href !== location.href) replaceAddress(address.href);
  }
}

/** Safari refuses more than 100 changes in 30 seconds, and an embedding page may refuse all of them. @param {string} address */
function replaceAddress(address) {
  try {
    history.replaceState(history.state, "", address);
  } catch {
    location.replace(address);
  }
}
