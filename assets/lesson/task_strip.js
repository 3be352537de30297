// The three tasks of a lesson: the text of the current task, ticks for completed tasks, and the button to the next page.
import { element, find } from "../figures/elements.js";
import { writeParts } from "./parts.js";

/** @import { Lesson } from "./lesson_type.js" */

const PRAISE_MS = 6000;

export class TaskStrip {
  /** @type {ReturnType<typeof setTimeout> | undefined} */ timer;
  /** Index of a task to show instead of the first open one. @type {number | null} */ pinned = null;
  /** @type {readonly number[]} */ done = [];

  /**
   * @param {HTMLElement} root
   * @param {Lesson} lesson
   * @param {((page: string) => void) | null} leave opens another page; null if there is none
   */
  constructor(root, lesson, leave) {
    this.root = root;
    this.lesson = lesson;
    this.ticks = find(root, ".ticks");
    this.text = find(root, ".task");
    this.hint = find(root, ".task-hint");
    this.next = find(root, ".next-page");
    this.following = leave && lesson.next;
    this.next.addEventListener("click", () => this.following && leave?.(this.following.page));
    if (lesson.next) this.next.textContent = `Next: ${lesson.next.title} →`;
    this.ticks.replaceChildren(...lesson.tasks.map((_, at) => this.tick(at)));
  }

  /** @param {number} at */
  tick(at) {
    const button = Object.assign(element("button", "tick"), { type: "button" });
    button.addEventListener("click", () => {
      clearTimeout(this.timer);
      this.pinned = at;
      this.show(this.done);
    });
    return button;
  }

  close() {
    clearTimeout(this.timer);
  }

  /** Show a completed task for a while, then the next open task. @param {number} at */
  praise(at) {
    this.pinned = at;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.pinned = null;
      this.show(this.done);
    }, PRAISE_MS);
  }

  /** @param {readonly number[]} done indices of the completed tasks */
  show(done) {
    const ticked = done.find((at) => !this.done.includes(at));
    if (ticked !== undefined && this.root.dataset.shown) this.praise(ticked);
    this.done = done;
    this.root.dataset.shown = "true";
    const { tasks } = this.lesson;
    const open = tasks.findIndex((_, at) => !done.includes(at));
    const at = this.pinned ?? (open < 0 ? tasks.length - 1 : open);
    const isDone = done.includes(at);
    writeParts(this.text, [{ bold: `${at + 1} of ${tasks.length}` }, ` ${tasks[at].do}`]);
    this.hint.textContent = isDone ? tasks[at].done : tasks[at].hint;
    this.hint.classList.toggle("is-done", isDone);
    this.next.hidden = open >= 0 || !this.following;
    /** @type {NodeListOf<HTMLElement>} */
    const buttons = this.ticks.querySelectorAll(".tick");
    buttons.forEach((button, index) => {
      button.textContent = done.includes(index) ? "✓" : String(index + 1);
      button.ariaCurrent = index === at ? "true" : null;
      button.ariaLabel = `Task ${index + 1}: ${tasks[index].do}${done.includes(index) ? " Done." : ""}`;
    });
  }
}
