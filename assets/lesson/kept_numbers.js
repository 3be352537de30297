// What a lesson shows, kept by the browser for its tab: over a reload of another lesson, and where a link cannot carry the numbers.

import { normalised } from "./link.js";

/** @import { LessonState } from "./state.js" */

const KEY = "regard-lesson-";

/**
 * @param {string} lesson
 * @param {Pick<LessonState, "link" | "whole">} state
 */
export function keepNumbers(lesson, { link, whole }) {
  try {
    sessionStorage.setItem(KEY + lesson, JSON.stringify({ link, whole }));
  } catch {
    // a browser may keep nothing
  }
}

/**
 * The whole link of which the page could carry only this part, or nothing; the link itself where none is kept.
 *
 * @param {string} lesson
 * @param {string} link
 */
export function withKeptNumbers(lesson, link) {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY + lesson) ?? "null");
    const same = !link || kept?.link === normalised(link);
    return typeof kept?.whole === "string" && same ? kept.whole : link;
  } catch {
    return link;
  }
}
