// A page of its own with a lesson in it, as ui/lessons/standalone.py writes it: no server, no network, one file.
import { openLesson } from "../lesson/standalone.js";
import { find } from "../figures/elements.js";

/** @param {Document} page */
export function open(page) {
  openLesson(find(page, "main"), JSON.parse(find(page, "#lesson").textContent ?? ""));
}
