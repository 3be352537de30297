// The lesson's part of the page's link: there after the frame, and there again where something older was written over it.
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

  /** Make the link say what is shown, unless the page is being left. */
  follow() {
    if (location.pathname !== this.path) return;
    const { state, shown } = this.view;
    const { link, whole, fits } = writeLink(state, shown.matrices, location.href);
    this.view.say("link", fits ? "" : TOO_LONG);
    Object.assign(state, { link: linkText(link), whole: linkText(whole) });
    keepNumbers(this.view.lesson.name, state);
    const wanted = addressWith(location.href, link);
    if (wanted !== location.href) history.replaceState(history.state, "", wanted);
  }
}
