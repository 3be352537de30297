// Opens the lesson in a standalone page of ui/lessons/standalone.py: one file, without a server or network.
import { openLesson } from "../lesson/standalone.js";
import { find } from "../figures/elements.js";

/** @param {Document} page */
export function open(page) {
  openLesson(find(page, "main"), JSON.parse(find(page, "#lesson").textContent ?? ""));
}
