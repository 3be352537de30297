// The link of each lesson, kept in the tab's session storage. It survives a reload,
// also with numbers that are too long for the page's link.

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
    // the browser may forbid storage
  }
}

/**
 * Return the stored whole link if the page's link is empty or is its short form. Return the page's link otherwise.
 *
 * @param {string} lesson
 * @param {string} link
 */
export function withKeptNumbers(lesson, link) {
  try {
    const stored = JSON.parse(sessionStorage.getItem(KEY + lesson) ?? "null");
    const same = !link || stored?.link === normalised(link);
    return typeof stored?.whole === "string" && same ? stored.whole : link;
  } catch {
    return link;
  }
}
