// The x1..xN figure of the lessons: draws what it is shown, and tells what a hand does in it.
import { CellEditing } from "../shared/cell_editing.js";
import { around } from "../shared/elements.js";
import { setAttributes, svgElement } from "../shared/svg.js";
import { Scene } from "../shared/svg_scene.js";
import { shapeOf } from "./data.js";
import { drawToy } from "./draw.js";
import { writeEquations } from "./equations.js";
import { layOut } from "./layout.js";
import { Marks } from "./marks.js";
import { focusStop, makeReachable, stopOf } from "./stops.js";
import { writeTerms } from "./terms.js";
import { cellName, describe, partners } from "./words.js";

/** @import { Choice, Doing, Shown, ToyData } from "./data.js" */
/** @import { Layout, Room } from "./layout.js" */

/** @type {Record<string, number>} */
const MOVES = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

export class ToyFigure {
  /** @type {ToyData} */ data;
  /** @type {Choice} */ choice;
  /** @type {Layout} */ layout;
  /** What the layout was made for. */ laidOut = "";
  /** The key under the pointer. @type {number | null} */ hovered = null;
  /** The eye at which Tab stops. */ eye = 0;
  /** The name of the number pointed at or focused. @type {string | undefined} */ pointed;
  spoken = "";

  /**
   * @param {{ figure: HTMLElement, terms: HTMLElement, equations: HTMLElement }} places that this figure fills; `figure` gets an
   *   svg, the weight that is pointed at is written out in `terms`, every output as a sum in `equations`
   * @param {Doing} doing
   */
  constructor({ figure, terms, equations }, doing) {
    this.terms = terms;
    this.equations = equations;
    this.doing = doing;
    this.svg = svgElement("svg", { class: "toy", role: "group" });
    figure.append(this.svg);
    figure.classList.add("toy-figure");
    terms.classList.add("toy-terms");
    equations.classList.add("toy-equations");
    this.scene = new Scene(this.svg);
    this.marks = new Marks([this.svg, equations]);
    this.editing = new CellEditing(this.svg, figure, {
      edit: doing.edit,
      say: doing.say,
      nameOf: (...cell) => cellName(this.data, ...cell),
      upright: (matrix) => matrix === "X" || matrix === "Z",
    });
    this.ending = new AbortController();
    this.listen(this.ending.signal);
  }

  close() {
    this.ending.abort();
    this.editing.close();
    this.svg.remove();
    this.terms.replaceChildren();
    this.equations.replaceChildren();
  }

  /**
   * @param {ToyData} data
   * @param {Choice} choice
   * @param {Room} room
   */
  show(data, choice, room) {
    const shape = shapeOf(data);
    const wanted = JSON.stringify([shape, room]);
    this.data = data;
    this.choice = choice;
    if (this.hovered !== null && this.hovered >= shape.keys) this.hovered = null;
    this.eye = Math.min(this.eye, shape.keys - 1);
    if (wanted === this.laidOut) return this.draw();
    this.laidOut = wanted;
    this.layout = layOut(shape, room);
    const { width, height } = this.layout;
    setAttributes(this.svg, { viewBox: `0 0 ${width} ${height}`, width, height });
    this.svg.classList.add("resized"); // to its new places at once
    this.draw();
    this.svg.getBoundingClientRect();
    this.svg.classList.remove("resized");
  }

  /** @returns {Shown} */
  get shown() {
    const { data, layout, hovered } = this;
    const { row, step, pair } = this.choice;
    return { data, layout, step, row, lit: hovered ?? pair, pinned: pair, dimming: hovered !== null };
  }

  draw() {
    const { shown } = this;
    setAttributes(this.svg, { "aria-label": this.data.alt });
    this.scene.draw(() => drawToy(this.scene, shown));
    makeReachable(this.svg, shown, this.eye);
    this.editing.refresh();
    writeTerms(this.terms, shown);
    writeEquations(this.equations, shown);
    this.marks.show();
    this.speak();
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    const { svg, equations } = this;
    svg.addEventListener("pointerover", (event) => this.point(event), { signal });
    svg.addEventListener("pointerleave", () => this.leave(), { signal });
    svg.addEventListener("focusin", (event) => this.focus(event), { signal });
    svg.addEventListener("focusout", () => this.tell(undefined), { signal });
    svg.addEventListener("click", (event) => this.click(event), { signal });
    svg.addEventListener("keydown", (event) => this.key(event), { signal });
    equations.addEventListener("pointerover", (event) => this.marks.point(event), { signal });
    equations.addEventListener("pointerleave", () => this.marks.point(null), { signal });
    const rowOf = (/** @type {Event} */ event) => around(event, ".equation[data-row]")?.dataset.row;
    equations.addEventListener("click", (event) => rowOf(event) && this.doing.choose({ row: Number(rowOf(event)) }), {
      signal,
    });
  }

  /** @param {Event} event */
  point(event) {
    if (this.editing.dragging || !this.data) return;
    const found = stopOf(event);
    this.marks.point(event);
    this.tell(around(event, "[data-name]")?.dataset.name);
    this.hover(found?.stop === "weight" ? found.at : null);
  }

  leave() {
    if (this.editing.dragging || !this.data) return;
    this.marks.point(null);
    this.tell(undefined);
    this.hover(null);
  }

  /** @param {number | null} key */
  hover(key) {
    if (key === this.hovered) return;
    this.hovered = key;
    this.draw();
  }

  /** @param {Event} event */
  focus(event) {
    const found = stopOf(event);
    if (found?.stop === "eye" && found.at !== this.eye) {
      this.eye = found.at;
      makeReachable(this.svg, this.shown, this.eye);
    }
    const name = around(event, "[data-name]")?.dataset.name;
    const keyboard = event.target instanceof Element && event.target.matches(":focus-visible");
    this.tell(name, keyboard && found?.stop === "weight" ? partners(this.data, found.at) : "");
  }

  /**
   * @param {string | undefined} name
   * @param {string} more
   */
  tell(name, more = "") {
    this.pointed = name;
    this.speak(more);
  }

  /** Say what the number that is pointed at is, when that is news. */
  speak(more = "") {
    const node = this.pointed && this.svg.querySelector(`[data-name="${this.pointed}"][data-value]`);
    const value = node instanceof SVGElement ? Number(node.dataset.value) : NaN;
    const text = node && this.pointed ? `${describe(this.pointed, value, this.shown)} ${more}`.trim() : "";
    if (text === this.spoken) return;
    this.spoken = text;
    this.doing.say(text);
  }

  /** @param {Event} event */
  click(event) {
    const found = stopOf(event);
    if (!found) return;
    const { row, pair } = this.choice;
    if (found.stop === "eye") this.doing.toggle(row, found.at);
    else if (found.stop === "weight") this.doing.choose({ pair: pair === found.at ? null : found.at });
    else this.doing.choose({ row: found.at });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const found = stopOf(event);
    const move = MOVES[event.key];
    if (found && move) this.move(found, move);
    else if (found && ["Enter", " "].includes(event.key)) this.click(event);
    else if (event.key === "Escape" && this.choice.pair !== null) this.doing.choose({ pair: null });
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /**
   * @param {NonNullable<ReturnType<typeof stopOf>>} from
   * @param {number} by
   */
  move({ stop, at }, by) {
    const count = stop === "output" ? this.data.output.length : this.data.k.length;
    const to = Math.min(count - 1, Math.max(0, at + by));
    if (stop === "output") this.doing.choose({ row: to });
    if (stop === "weight") this.doing.choose({ pair: to });
    focusStop(this.svg, stop, to);
  }
}
