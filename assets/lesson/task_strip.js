// Three things to do: the current one in words, ticks for those that are done, and the way on once all are.
import { element, find } from "../figures/elements.js";
import { writeParts } from "./parts.js";

/** @import { Lesson } from "./lesson_type.js" */

const PRAISE_MS = 6000;

export class TaskStrip {
  /** @type {ReturnType<typeof setTimeout> | undefined} */ timer;
  /** The task that the reader wants to read. @type {number | null} */ asked = null;
  /** @type {readonly number[]} */ done = [];

  /**
   * @param {HTMLElement} root
   * @param {Lesson} lesson
   * @param {((page: string) => void) | null} leave for the next page; null where there is none
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
      this.asked = at;
      this.show(this.done);
    });
    return button;
  }

  close() {
    clearTimeout(this.timer);
  }

  /** What was just done says so for a while, and gives way to what is left. @param {number} at */
  praise(at) {
    this.asked = at;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.asked = null;
      this.show(this.done);
    }, PRAISE_MS);
  }

  /** @param {readonly number[]} done those that are, by their number */
  show(done) {
    const ticked = done.find((at) => !this.done.includes(at));
    if (ticked !== undefined && this.root.dataset.shown) this.praise(ticked);
    this.done = done;
    this.root.dataset.shown = "true";
    const { tasks } = this.lesson;
    const open = tasks.findIndex((_, at) => !done.includes(at));
    const at = this.asked ?? (open < 0 ? tasks.length - 1 : open);
    const isDone = done.includes(at);
    writeParts(this.text, [{ bold: `${at + 1} of ${tasks.length}` }, ` ${tasks[at].do}`]);
    this.hint.textContent = isDone ? tasks[at].done : tasks[at].hint;
    this.hint.classList.toggle("is-done", isDone);
    this.next.hidden = open >= 0 || !this.following;
    /** @type {NodeListOf<HTMLElement>} */
    const buttons = this.ticks.querySelectorAll(".tick");
    buttons.forEach((button, each) => {
      button.textContent = done.includes(each) ? "✓" : String(each + 1);
      button.ariaCurrent = each === at ? "true" : null;
      button.ariaLabel = `Task ${each + 1}: ${tasks[each].do}${done.includes(each) ? " Done." : ""}`;
    });
  }
}
