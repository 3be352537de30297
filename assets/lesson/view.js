// The view of a lesson: the figure with its steps, the panel beside it, and the tasks. Everything is computed in the browser.
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
  /** The content of the screen. @type {Shown} */ shown;
  /** Called after each drawing. */ drawn = () => {};
  /** True if the state is newer than the screen. */ due = false;
  /** Id of the requested animation frame, 0 if there is none. */ frame = 0;
  printing = false;
  /** The content of the panel. @type {Shown | null} */ inPanel = null;

  /**
   * @param {HTMLElement} root
   * @param {Lesson} lesson
   * @param {LessonState} state
   * @param {((page: string) => void) | null} [leave] opens another page. If null, no button leads to another page
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
    this.showPanel(); // before painting, because the figure writes into the panel
    this.paint();
  }

  close() {
    cancelAnimationFrame(this.frame);
    if (this.state.changed === this.listen) this.state.changed = () => {}; // otherwise another view already shows this state
    this.due = false;
    this.endPrinting();
    for (const part of [this.panel, this.steps, this.tasks, this.figures, this.presentation]) part.close();
  }

  /** Draw after the current event. Waiting for an animation frame would take longer than drawing. */
  soon() {
    if (this.due) return;
    this.due = true;
    if (!this.frame) queueMicrotask(() => this.drawDue());
  }

  /** Draw at most once per frame: the figure at once, the panel in the animation frame. */
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

  /** If the current step is skipped, go to the next step that is not. */
  keepStep() {
    const { steps, choice } = this.shown;
    const step = nearest(steps, choice.step ?? 0, 1);
    if (step === choice.step) return;
    this.state.settings.step = step;
    this.shown = this.lesson.show(this.state);
  }

  /** Mark completed tasks. A completed task stays completed. */
  keepDone() {
    const { settings } = this.state;
    const added = this.shown.done.flatMap((is, at) => (is && !settings.done.includes(at) ? [at] : []));
    const known = settings.done.filter((/** @type {number} */ at) => at < this.lesson.tasks.length);
    if (added.length || known.length !== settings.done.length) settings.done = [...known, ...added].sort();
  }

  /** @param {Lead} lead */
  follow({ set, page }) {
    if (set) this.state.set(set);
    if (page) this.leave?.(page);
  }

  /** Show a note about the whole lesson, such as a link that is too long; "" removes it. @param {string} key @param {string} text */
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
