// Gives other components of the page access to the lesson that it shows.

/** @import { LessonView } from "./view.js" */

/** Name of the event on the document after each drawing of the lesson. */
export const DRAWN = "regard:lesson-drawn";

/** Global, because the page's bundles share it. */
const page = /** @type {{ regardLesson?: LessonView }} */ (globalThis);

/** @param {LessonView} view */
export function showOnPage(view) {
  page.regardLesson = view;
  document.dispatchEvent(new CustomEvent(DRAWN));
}

/** Return the lesson of that name if the page shows it. @param {string} name */
export function lessonOnPage(name) {
  return page.regardLesson?.lesson.name === name ? page.regardLesson : undefined;
}
