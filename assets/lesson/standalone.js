// A lesson in a page of its own, without a server.
import { element } from "../figures/elements.js";
import { HashLink } from "./hash_link.js";
import { LESSONS } from "./lessons.js";
import { LessonState } from "./state.js";
import { LessonView } from "./view.js";

/**
 * @param {HTMLElement} root
 * @param {{ lesson: string, link: string }} opened the lesson's name, and its link as a query string
 */
export function openLesson(root, { lesson, link }) {
  const requested = LESSONS[lesson];
  /** @type {LessonView | undefined} */
  let view;
  return new HashLink(link, (current) => {
    view?.close();
    const place = element("div");
    root.replaceChildren(place);
    view = new LessonView(place, requested, new LessonState(requested.terms, current));
    return view;
  });
}
