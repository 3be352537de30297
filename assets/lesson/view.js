// A lesson: the figure with its steps, what changes it beside it, and its tasks. Everything is computed here, in the frame.
import { element, find } from "../figures/elements.js";
import { Figures } from "./figures.js";
import { layOut } from "./frame.js";
import { Narration } from "./narration.js";
import { Panel } from "./panel.js";
import { Presentation } from "./presentation.js";
import { fitToPaper } from "./printing.js";
import { StepBar } from "./step_bar.js";
import { nearest, withoutPages } from "./steps.js";
import { TaskStrip } from "./task_strip.js";

/** @import { Lesson, Shown } from "./lesson_type.js" */
/** @import { LessonState } from "./state.js" */
/** @import { Lead } from "./steps.js" */

export class LessonView {
  /** What is on the screen. @type {Shown} */ shown;
  /** Called after each drawing. */ drawn = () => {};
  /** Whether what is on the screen is older than the state. */ due = false;
  /** The frame for which something was drawn, 0 when it has come. */ frame = 0;
  printing = false;
  /** What the panel shows. @type {Shown | null} */ inPanel = null;

  /**
   * @param {HTMLElement} root
   * @param {Lesson} lesson
   * @param {LessonState} state
   * @param {((page: string) => void) | null} [leave] called for another page; where there is none, nothing leads to one
   */
  constructor(root, lesson, state, leave = null) {
    this.root = root;
    this.lesson = lesson;
    this.state = state;
    this.leave = leave;
    root.classList.add("regard-lesson");
    root.dataset.lesson = lesson.name;
    root.replaceChildren(...layOut(lesson.title));
    this.panel = new Panel(find(root, ".panel-blocks"), state);
    this.steps = new StepBar(find(root, ".step-bar"), (step) => state.set({ step }));
    this.narration = new Narration(find(root, ".narration"), lesson.hints, (lead) => this.follow(lead));
    this.tasks = new TaskStrip(find(root, ".tasks"), lesson, leave);
    this.figures = new Figures(root, lesson, state, () => this.shown);
    this.presentation = new Presentation(root, this.steps, () => this.figures.measure());
    find(root, ".start-over").addEventListener("click", () => {
      this.steps.stop();
      state.startOver();
    });
    this.endPrinting = fitToPaper(find(root, ".room"), (printing) => {
      this.printing = printing;
      this.inPanel = null;
      this.showPanel();
    });
    this.listen = () => this.soon();
    state.changed = this.listen;
    this.compute();
    this.showPanel(); // in which the figure writes
    this.paint();
  }

  close() {
    cancelAnimationFrame(this.frame);
    if (this.state.changed === this.listen) this.state.changed = () => {}; // else another view shows it by now
    this.due = false;
    this.endPrinting();
    for (const part of [this.panel, this.steps, this.tasks, this.figures, this.presentation]) part.close();
  }

  /** When the event that changes the state has been dealt with: to wait for a frame would take longer than to draw. */
  soon() {
    if (this.due) return;
    this.due = true;
    if (!this.frame) queueMicrotask(() => this.drawDue());
  }

  /** However often the state changes, it is drawn once a frame: the figure at once, the panel as the frame is made. */
  drawDue() {
    if (!this.due) return;
    this.due = false;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.drawDue();
      this.showPanel();
    });
    this.draw();
  }

  draw() {
    this.compute();
    this.paint();
  }

  compute() {
    this.shown = this.lesson.show(this.state);
    this.keepStep();
    this.keepDone();
  }

  paint() {
    const { choice } = this.shown;
    const steps = this.leave ? this.shown.steps : withoutPages(this.shown.steps);
    const step = choice.step ?? 0;
    Object.assign(this.root.dataset, { step: step + 1, row: choice.row });
    this.steps.show(steps, step);
    this.narration.show(steps, step);
    this.tasks.show(this.state.settings.done);
    this.figures.show();
    this.drawn();
  }

  showPanel() {
    if (this.inPanel === this.shown) return;
    this.inPanel = this.shown;
    const { blocks, paper } = this.shown;
    this.panel.show(this.printing && paper ? paper() : blocks);
  }

  /** A step that has come to change nothing gives way to the next that does. */
  keepStep() {
    const { steps, choice } = this.shown;
    const step = nearest(steps, choice.step ?? 0, 1);
    if (step === choice.step) return;
    this.state.settings.step = step;
    this.shown = this.lesson.show(this.state);
  }

  /** A task that was done once stays done. */
  keepDone() {
    const { settings } = this.state;
    const found = this.shown.done.flatMap((is, at) => (is && !settings.done.includes(at) ? [at] : []));
    const known = settings.done.filter((/** @type {number} */ at) => at < this.lesson.tasks.length);
    if (found.length || known.length !== settings.done.length) settings.done = [...known, ...found].sort();
  }

  /** @param {Lead} lead */
  follow({ set, page }) {
    if (set) this.state.set(set);
    if (page) this.leave?.(page);
  }

  /** What there is to say of the whole lesson, such as a link that would be too long. @param {string} key @param {string} text */
  say(key, text) {
    const notes = find(this.root, ".notes");
    const note = notes.querySelector(`[data-note="${key}"]`);
    if (!text) note?.remove();
    else if (note) note.textContent = text;
    else {
      const line = element("p", "note", text);
      line.dataset.note = key;
      notes.append(line);
    }
  }
}
