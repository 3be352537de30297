// Keeps the lesson's parameters in the page's link. If the app writes an older link over them, they are written again.
import { keepNumbers } from "./kept_numbers.js";
import { addressWith, linkText, writeLink } from "./link.js";
import { Seldom } from "./seldom.js";

/** @import { LessonView } from "./view.js" */

const TOO_LONG =
  "The link carries your choices but not your edited numbers. With them it would be longer than 2,000 characters.";

export class PageLink {
  /** @param {LessonView} view */
  constructor(view) {
    this.view = view;
    this.path = location.pathname;
    this.write = () => this.follow();
    this.seldom = new Seldom(this.write);
    globalThis.navigation?.addEventListener("currententrychange", this.write);
  }

  close() {
    this.seldom.close();
    globalThis.navigation?.removeEventListener("currententrychange", this.write);
  }

  soon() {
    this.seldom.soon();
  }

  /** Write the current state into the link, unless the reader is leaving the page. */
  follow() {
    if (location.pathname !== this.path) return;
    const { state, shown } = this.view;
    const { link, whole, fits } = writeLink(state, shown.matrices, location.href);
    this.view.say("link", fits ? "" : TOO_LONG);
    Object.assign(state, { link: linkText(link), whole: linkText(whole) });
    keepNumbers(this.view.lesson.name, state);
    const address = addressWith(location.href, link);
    if (address !== location.href) history.replaceState(history.state, "", address);
  }
}
