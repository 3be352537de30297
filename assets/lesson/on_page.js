// The lesson that the page shows, for other components of the page.

/** @import { LessonView } from "./view.js" */

/** On the document, after each drawing of the lesson. */
export const DRAWN = "regard:lesson-drawn";

/** All bundles of the page share it. */
const page = /** @type {{ regardLesson?: LessonView }} */ (globalThis);

/** @param {LessonView} view */
export function showOnPage(view) {
  page.regardLesson = view;
  document.dispatchEvent(new CustomEvent(DRAWN));
}

/** The lesson of that name, if the page shows it. @param {string} name */
export function lessonOnPage(name) {
  return page.regardLesson?.lesson.name === name ? page.regardLesson : undefined;
}
