// A figure of a lesson: draws the items of its plan, and reports the reader's actions. Its owner then shows it again.
import { around } from "../figures/elements.js";
import { setAttributes, svgElement } from "../figures/svg.js";
import { CellEditing } from "./cell_editing.js";
import { drawItems } from "./draw.js";
import { Marks } from "./marks.js";
import { Places } from "./places.js";
import { Scene } from "./scene.js";
import { Stops } from "./stops.js";

/** @import { Choice, Data, Plan, Room } from "./plan.js" */

/**
 * The reader's actions, which the owner carries out.
 *
 * @typedef {object} Doing
 * @property {(choice: Choice) => void} choose
 * @property {(matrix: string, row: number, column: number, value: number, settled: boolean) => void} edit
 * @property {(row: number, column: number) => void} toggle let query `row` look at key `column`, or forbid it
 * @property {(text: string) => void} say description of the pointed or focused number; "" for none
 */

/** @type {Record<string, [down: number, right: number]>} */
const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
const PRESSES = ["Enter", " "];

export class Figure {
  /** @type {Data} */ data;
  /** @type {Choice} */ choice;
  /** @type {ReturnType<Plan["layOut"]>} */ layout;
  /** The shape and the room of the layout. */ laidOut = "";
  /** The choice under the pointer; it ends when the pointer leaves. @type {Choice | null} */ preview = null;
  /** The data-name under the pointer or the focus. @type {string | undefined} */ pointed;
  spoken = "";
  /** The kind of stop to focus after its choice is drawn. @type {string | null} */ refocus = null;

  /**
   * @param {Plan} plan
   * @param {HTMLElement} host gets the svg
   * @param {Record<string, HTMLElement>} written the places in which the plan writes
   * @param {Doing} doing
   */
  constructor(plan, host, written, doing) {
    this.plan = plan;
    this.doing = doing;
    this.svg = svgElement("svg", { class: `toy ${plan.className}`, role: "group" });
    host.append(this.svg);
    host.classList.add("figure-host");
    this.scene = new Scene(this.svg);
    this.stops = new Stops();
    this.places = new Places(written, plan.writes, (choice) => this.choose(choice));
    this.marks = new Marks([this.svg, ...this.places.roots], plan.sourcesOf ?? (() => ""));
    this.editing = new CellEditing(this.svg, host, {
      edit: doing.edit,
      say: doing.say,
      nameOf: (...cell) => plan.cellName(this.data, ...cell),
      upright: plan.upright,
    });
    this.ending = new AbortController();
    this.listen(this.ending.signal);
  }

  close() {
    this.ending.abort();
    this.editing.close();
    this.places.close();
    this.svg.remove();
  }

  /**
   * @param {Data} data
   * @param {Choice} choice
   * @param {Room} room
   */
  show(data, choice, room) {
    this.data = data;
    this.choice = choice;
    const shape = this.plan.shapeOf(data);
    const laidOut = JSON.stringify([shape, room]);
    if (laidOut === this.laidOut) this.draw();
    else {
      this.laidOut = laidOut;
      this.layOut(shape, room);
    }
    if (this.refocus) this.stops.focus(this.refocus);
    this.refocus = null;
  }

  /**
   * Lay the figure out again, and draw it without animation.
   *
   * @param {object} shape
   * @param {Room} room
   */
  layOut(shape, room) {
    this.preview = null;
    this.layout = this.plan.layOut(shape, { glyph: this.glyph(), ...room });
    const { width, height, label } = this.layout;
    setAttributes(this.svg, { viewBox: `0 0 ${width} ${height}`, width, height });
    this.svg.style.setProperty("--label", `${label}px`);
    this.svg.classList.add("resized");
    this.draw();
    this.svg.getBoundingClientRect();
    this.svg.classList.remove("resized");
  }

  /** The width of a bold digit in the page's font, as a share of its size. */
  glyph() {
    const context = document.createElement("canvas").getContext("2d");
    if (!context) return undefined;
    context.font = `600 100px ${getComputedStyle(this.svg).fontFamily}`;
    return context.measureText("0").width / 100;
  }

  /** @param {Choice | null} preview */
  shownWith(preview) {
    const { data, layout, choice } = this;
    return this.plan.shownOf({ data, layout, choice, preview });
  }

  draw() {
    const { plan, svg, scene } = this;
    const shown = this.shownWith(this.preview);
    setAttributes(svg, { "aria-label": this.data.alt });
    drawItems(scene, plan.itemsOf(shown));
    Object.assign(svg.dataset, shown.at);
    const marks = plan.stopsOf(this.preview ? this.shownWith(null) : shown, (name) => this.describe(name, shown));
    this.stops.mark(marks, scene.named);
    this.editing.refresh();
    this.places.write(shown);
    this.marks.show();
    this.speak();
  }

  /** @param {string} name @param {any} shown */
  describe(name, shown) {
    return this.plan.describe(name, this.scene.named.get(name)?.value, shown);
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    const { svg, marks } = this;
    svg.addEventListener("pointerover", (event) => this.point(event), { signal });
    svg.addEventListener("pointerleave", () => this.point(null), { signal });
    svg.addEventListener("focusin", (event) => this.focus(nameOf(event), event), { signal });
    svg.addEventListener("focusout", () => this.tell(undefined), { signal });
    svg.addEventListener("click", (event) => this.click(nameOf(event)), { signal });
    svg.addEventListener("keydown", (event) => this.key(event), { signal });
    for (const root of this.places.roots) {
      root.addEventListener("pointerover", (event) => marks.point(event), { signal });
      root.addEventListener("pointerleave", () => marks.point(null), { signal });
    }
  }

  /** @param {Event | null} event null if the pointer has left */
  point(event) {
    if (this.editing.dragging || !this.data) return;
    const name = event ? nameOf(event) : undefined;
    this.marks.point(event);
    this.tell(name);
    const chosen = name ? this.plan.pointed(name, this.shownWith(null)) : null;
    if (JSON.stringify(chosen) === JSON.stringify(this.preview)) return;
    this.preview = chosen;
    this.draw();
  }

  /** @param {string | undefined} name @param {Event} event */
  focus(name, event) {
    this.stops.reached(name);
    const byKeyboard = event.target instanceof Element && event.target.matches(":focus-visible");
    this.tell(name, name && byKeyboard ? this.plan.aside?.(name, this.shownWith(null)) : "");
  }

  /**
   * @param {string | undefined} name data-name that is now pointed at or focused
   * @param {string} [more]
   */
  tell(name, more) {
    this.pointed = name;
    this.speak(more);
  }

  /** Say what is pointed at, if it has changed. */
  speak(more = "") {
    const name = this.pointed;
    const said = name && this.scene.named.has(name) ? this.describe(name, this.shownWith(this.preview)) : "";
    const text = `${said} ${more}`.trim();
    if (text === this.spoken) return;
    this.spoken = text;
    this.doing.say(text);
  }

  /** @param {Choice} choice @param {string | null} [refocus] */
  choose(choice, refocus = null) {
    this.preview = null;
    this.refocus = refocus;
    this.doing.choose(choice);
  }

  /** @param {string | undefined} name @param {string | null} [refocus] */
  click(name, refocus = null) {
    const [kind, ...at] = name?.split("/") ?? [];
    const [row, column] = at.map(Number);
    if (kind === "toggle") return this.doing.toggle(row, column);
    const chosen = name && this.plan.clicked(name, this.shownWith(null));
    if (!chosen) return;
    if (refocus) this.choose(chosen, refocus);
    else this.doing.choose(chosen); // the preview under the pointer stays
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const { open } = this.plan;
    const [stop, name, move] = [around(event, "[data-stop]")?.dataset.stop, nameOf(event), MOVES[event.key]];
    const chosen = Object.keys(open).some((each) => this.choice[each] !== open[each]);
    if (event.key === "Escape" && chosen) this.choose(open, stop);
    else if (stop && name && move) this.move(stop, name, move);
    else if (name && PRESSES.includes(event.key)) this.click(name, stop);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /**
   * @param {string} stop
   * @param {string} name
   * @param {[down: number, right: number]} move
   */
  move(stop, name, [down, right]) {
    const chosen = this.plan.moved(this.shownWith(null), stop, name, [down, right]);
    if (chosen) this.choose(chosen, stop);
    else this.stops.step(stop, down + right);
  }
}

/** @param {Event} event */
function nameOf(event) {
  const { name, copy } = around(event, "[data-name], [data-copy]")?.dataset ?? {};
  return name ?? copy;
}
