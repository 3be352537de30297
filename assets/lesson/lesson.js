// A lesson as a component of the app. Its settings are in the page's link, and Python confirms its numbers.
import { element } from "../figures/elements.js";
import { mounted } from "../controls/mounted.js";
import { Confirmation } from "./confirmation.js";
import { withKeptNumbers } from "./kept_numbers.js";
import { LESSONS } from "./lessons.js";
import { normalised } from "./link.js";
import { showOnPage } from "./on_page.js";
import { PageLink } from "./page_link.js";
import { LessonState } from "./state.js";
import { LessonView } from "./view.js";

/**
 * @typedef {object} LessonData
 * @property {string} lesson
 * @property {string} link the page's link at its opening, as a query string
 * @property {number} visit number of the reader's visits to the page; each visit opens the lesson again
 */

/** State of each lesson at the reader's last visit, with its undo history. @type {Map<string, LessonState>} */
const left = new Map();

class PageLesson {
  /** @type {LessonView | undefined} */ view;
  /** Ask the script for another page. @type {(page: string) => void} */ leave = () => {};
  visit = 0;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
  }

  /** @param {LessonData} data */
  show(data) {
    if (data.visit !== this.visit) this.open(data);
  }

  /** @param {LessonData} data */
  open({ lesson, link, visit }) {
    this.close();
    this.visit = visit;
    const place = element("div");
    this.root.replaceChildren(place);
    const requested = LESSONS[lesson];
    const before = left.get(lesson);
    const same = before && (!link || [before.link, before.whole].includes(normalised(link)));
    const state = same ? before : new LessonState(requested.terms, withKeptNumbers(lesson, link));
    left.set(lesson, state);
    this.view = new LessonView(place, requested, state, (page) => this.goTo(page));
    this.link = new PageLink(this.view);
    this.confirmation = new Confirmation(this.view);
    this.view.drawn = () => this.drawn();
    this.drawn();
  }

  drawn() {
    this.link?.soon();
    this.confirmation?.soon();
    if (this.view) showOnPage(this.view);
  }

  /** Leave for another page. First write the current state into the link. @param {string} page */
  goTo(page) {
    this.link?.follow();
    this.leave(page);
  }

  close() {
    this.link?.close();
    this.confirmation?.close();
    this.view?.close();
    this.view = undefined;
  }
}

export default mounted(PageLesson, ".regard-lesson-place", (lesson, { setTriggerValue }) => {
  lesson.leave = (page) => setTriggerValue("leave", page);
});
