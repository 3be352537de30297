// The drawing on the stage: the lesson's figure, or its vectors in a plane. It fills the room.
import { Figure } from "../lesson_figure/figure.js";
import { downloadCsv } from "../data/download.js";
import { element, find } from "../figures/elements.js";
import { aloneOf } from "../figures/figure_files.js";
import { formatButtons } from "../figures/figure_formats.js";
import { Segments } from "../controls/segments.js";
import { Plane } from "./plane.js";
import { beside } from "./steps.js";

/** @import { Choice } from "../lesson_figure/plan.js" */
/** @import { InPlane, Lesson, Shown } from "./lesson_type.js" */
/** @import { LessonState } from "./state.js" */

const DIGITS = { usual: 11, presenting: 18 };
const FIGURE = "figure";

export class Figures {
  /** The current view: "figure", or the title of a plane. */ drawn = FIGURE;
  /** @type {Figure | undefined} */ figure;
  /** @type {Plane | undefined} */ plane;
  /** Size of the room, in px. */ size = { width: 0, height: 0 };

  /**
   * @param {HTMLElement} root of the lesson
   * @param {Lesson} lesson
   * @param {LessonState} state
   * @param {() => Shown} shown
   */
  constructor(root, lesson, state, shown) {
    this.root = root;
    this.lesson = lesson;
    this.state = state;
    this.shown = shown;
    this.room = find(root, ".room");
    this.views = find(root, ".views");
    this.segments = new Segments(this.views, (name) => {
      this.drawn = name;
      this.fit();
    });
    // Measure only when the size changes. Measuring at each drawing would make the browser lay out the page twice per frame.
    this.observer = new ResizeObserver(() => this.measure());
    this.observer.observe(this.room);
    this.writeLegend();
    this.offerFiles();
  }

  close() {
    this.observer.disconnect();
    this.figure?.close();
    this.plane?.close();
  }

  /** Return the callbacks for the reader's actions in a figure. */
  doing() {
    return {
      choose: (/** @type {Choice} */ choice) => this.state.set(choice),
      edit: (
        /** @type {string} */ name,
        /** @type {number} */ row,
        /** @type {number} */ column,
        /** @type {number} */ value,
        /** @type {boolean} */ settled,
      ) => this.edit(name, row, column, value, settled),
      toggle: (/** @type {number} */ row, /** @type {number} */ column) => this.shown().toggle(row, column),
      say: (/** @type {string} */ text) => void (find(this.root, ".pointed").textContent = text),
    };
  }

  /**
   * Carry an edit of the figure over to the matrix behind it. The figure may reorder its rows and add to them.
   *
   * @param {string} name
   * @param {number} row
   * @param {number} column
   * @param {number} value
   * @param {boolean} settled
   */
  edit(name, row, column, value, settled) {
    const { matrix, rows, order, added } = this.shown().cells[name];
    const edited = (this.state.edited(matrix) ?? rows).map((line) => [...line]); // may be newer than the figure
    edited[order ? order[row] : row][column] = value - (added ? added[row][column] : 0);
    this.state.edit(matrix, edited, settled);
  }

  /** Draw the figure. The panel must exist before, because the figure writes into it. */
  show() {
    if (this.figure) return this.fit();
    const plan = this.lesson.figure;
    const written = Object.fromEntries(Object.keys(plan.writes).map((name) => [name, find(this.root, `.${name}`)]));
    this.figure = new Figure(plan, find(this.root, ".figure"), written, this.doing());
    this.measure();
  }

  measure() {
    this.size = { width: this.room.clientWidth, height: this.room.clientHeight };
    this.fit();
  }

  /** Draw the current view into the room. */
  fit() {
    const { width, height } = this.size;
    if (!this.figure || !width || !height) return;
    const { planes, data, choice } = this.shown();
    const plane = planes.find(({ title }) => title === this.drawn);
    const presenting = this.root.classList.contains("presenting");
    const room = { width, height, digits: presenting ? DIGITS.presenting : DIGITS.usual };
    this.views.hidden = planes.length === 0;
    this.segments.show(
      Object.fromEntries([[FIGURE, "Figure"], ...planes.map(({ title }) => [title, title])]),
      plane ? this.drawn : FIGURE,
    );
    find(this.root, ".figure").hidden = Boolean(plane);
    find(this.root, ".plane").hidden = !plane;
    this.figure.show(data, { ...choice, step: this.stepOfFigure() }, room);
    if (plane) this.showPlane(plane, room);
  }

  /** Return the figure's step, counted from 1. If all later steps are skipped, as W₀ may be, it is the last step. */
  stepOfFigure() {
    const { steps, choice } = this.shown();
    const step = choice.step ?? 0;
    return beside(steps, step, 1) === step ? steps.length : step + 1;
  }

  /** @param {InPlane} plane @param {{ width: number, height: number, digits: number }} room */
  showPlane(plane, room) {
    const doing = this.doing();
    this.plane ??= new Plane(find(this.root, ".plane"), {
      ...doing,
      edit: (row, column, value, settled) => doing.edit("X", row, column, value, settled),
    });
    this.plane.show({ ...plane, captions: [...plane.captions], row: this.shown().choice.row ?? 0 }, room);
  }

  writeLegend() {
    const chips = this.lesson.figure.legend.map(([role, says]) => {
      const entry = element("span");
      entry.append(element("i", `chip ${role}`), role === "join" ? "" : element("b", role, role), ` ${says}`);
      return entry;
    });
    find(this.root, ".legend").replaceChildren(
      ...chips,
      element("span", "", "a stronger colour means a larger absolute value"),
    );
  }

  offerFiles() {
    const name = this.lesson.name.replaceAll("_", "-");
    const drawing = () => {
      const { figure } = this;
      return figure && { svg: () => aloneOf(figure.svg), name: () => name };
    };
    find(this.root, ".files").prepend(...formatButtons(drawing));
    const save = () => downloadCsv(this.lesson.figure.csv(this.shown().data), `${name}.csv`);
    find(this.root, ".save-csv").addEventListener("click", save);
  }
}
