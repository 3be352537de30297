// The link of a lesson in a page of its own: what follows the # of the address, which needs no server. It keeps every edit over a
// reload, however long it becomes, for it is shorter than the file.
import { linkText, writeLink } from "./link.js";
import { Seldom } from "./seldom.js";

/** @import { LessonView } from "./view.js" */

/** A link that says nothing would let the file's own link come back. */
const PRESETS = "step=1";

export class HashLink {
  /**
   * @param {string} opened what the page opens with where its address says nothing
   * @param {(link: string) => LessonView} open also called when another link comes into the address
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

  /** Make the address say what is shown. */
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

/** Safari refuses more than a hundred in half a minute, and an embedding page may refuse all. @param {string} address */
function replaceAddress(address) {
  try {
    history.replaceState(history.state, "", address);
  } catch {
    location.replace(address);
  }
}
