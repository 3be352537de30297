// The multi-head figure: what it shows, and how it is handled. What the reader chooses, it tells; its owner shows it again.
import { CellEditing } from "../shared/cell_editing.js";
import { around } from "../shared/elements.js";
import { reachFrames, watchFrames } from "../shared/scroll_frames.js";
import { setAttributes, svgElement } from "../shared/svg.js";
import { drawHeads } from "./draw.js";
import { LayeredScene } from "./grid.js";
import { layOut } from "./layout.js";
import { Stops, moved } from "./stops.js";
import { writeDerivation } from "./terms.js";
import { choiceOf, completed, within } from "./trace.js";
import { describe, nameOfCell } from "./words.js";

/** @import { Layout } from "./layout.js" */
/** @import { Room, Shape } from "./sizes.js" */
/** @import { Chosen, Trace } from "./trace.js" */
/** @import { Type } from "./lettering.js" */

/** @typedef {import("./trace.js").Rows} Rows */
/** @typedef {import("./trace.js").HeadData} HeadData */
/** @typedef {import("./trace.js").HeadsData} HeadsData */
/** @typedef {Chosen & { step: number }} HeadsChoice step counts from 1, as in STEPS */

/**
 * @typedef {object} Doing what the reader does in the figure
 * @property {(choice: Partial<HeadsChoice>) => void} choose
 * @property {(matrix: string, row: number, column: number, value: number, settled: boolean) => void} edit
 * @property {(row: number, column: number) => void} toggle let query `row` look at key `column`, or forbid it
 * @property {(text: string) => void} say what is pointed at or focused, in words, "" for nothing
 */

/**
 * The data with what is followed in it, as everything here is drawn from.
 *
 * @typedef {object} Shown
 * @property {HeadsData} data
 * @property {Layout} layout
 * @property {Trace} at
 * @property {number} step
 * @property {Type} type
 */

const REST_MS = 150;
const PRESSES = ["Enter", " "];
const OPEN = { followed: null, pair: null, part: null };

export class HeadsFigure {
  /** What was laid out last. */ asked = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */ reaching;
  /** @type {HeadsData} */ data;
  /** @type {Layout} */ layout;
  /** @type {HeadsChoice} */ choice;
  /** What the pointer chooses while it is there. @type {Partial<Chosen> | null} */ preview = null;
  /** The name of the number under the pointer. @type {string | undefined} */ pointed;
  /** The stop of the Tab key to be focused once the choice it made is shown. @type {string | null} */ refocus = null;

  /**
   * @param {{ figure: HTMLElement, derivation: HTMLElement }} hosts
   * @param {Doing} doing
   */
  constructor({ figure, derivation }, doing) {
    this.svg = svgElement("svg", { class: "toy heads", role: "group" });
    this.doing = doing;
    this.derivation = derivation;
    figure.classList.add("heads-host");
    derivation.classList.add("heads-derivation");
    figure.append(this.svg);
    this.scene = new LayeredScene(this.svg);
    this.stops = new Stops(this.svg);
    this.editing = new CellEditing(this.svg, figure, {
      edit: doing.edit,
      say: doing.say,
      nameOf: (...place) => nameOfCell(this.data, ...place),
    });
    this.frames = watchFrames(derivation);
    this.listening = new AbortController();
    this.listen(this.listening.signal);
  }

  close() {
    this.listening.abort();
    this.editing.close();
    this.frames.disconnect();
    clearTimeout(this.reaching);
    this.svg.remove();
    this.derivation.replaceChildren();
  }

  /**
   * @param {HeadsData} data
   * @param {HeadsChoice} choice what it chooses beyond these numbers is left open
   * @param {Room} room
   */
  show(data, choice, room) {
    const { x, heads, split, W_0, b_0, captions } = data;
    this.data = data;
    const shape = {
      tokens: x.length,
      dim: x[0].length,
      heads: heads.length,
      split,
      joined: Boolean(W_0),
      biased: Boolean(b_0),
    };
    const longest = Math.max(0, ...captions.map((caption) => caption.length));
    this.layOut({ ...shape, captions: longest }, room);
    this.choice = { ...within(choice, data), step: choice.step };
    const { width, height, label } = this.layout;
    setAttributes(this.svg, { width, height, viewBox: `0 0 ${width} ${height}`, "aria-label": data.alt });
    this.svg.style.setProperty("--label", `${label}px`);
    this.draw();
    if (this.refocus) this.stops.focus(this.refocus);
    this.refocus = null;
  }

  /**
   * Anew where the shape or the room is another.
   *
   * @param {Shape} shape
   * @param {Room} room
   */
  layOut(shape, room) {
    const asked = JSON.stringify([shape, room]);
    if (asked === this.asked) return;
    this.asked = asked;
    this.layout = layOut(shape, { glyph: this.glyph(), ...room });
  }

  /** The width of a bold digit in the page's font, as a share of its size. */
  glyph() {
    const context = document.createElement("canvas").getContext("2d");
    if (!context) return undefined;
    context.font = `600 100px ${getComputedStyle(this.svg).fontFamily}`;
    return context.measureText("0").width / 100;
  }

  draw() {
    const { data, layout, choice } = this;
    const at = completed(data, { ...choice, ...this.preview });
    const type = { font: layout.font, smallest: layout.room.digits, glyph: layout.room.glyph };
    const shown = { data, layout, at, step: choice.step, type };
    this.scene.draw(() => drawHeads(this.scene, shown));
    const { row, column, followed, pair, part } = at;
    Object.assign(this.svg.dataset, { row, column, followed, pair, part, step: choice.step });
    this.stops.mark(data, completed(data, choice), choice);
    this.editing.refresh();
    writeDerivation(this.derivation, shown);
    clearTimeout(this.reaching);
    this.reaching = setTimeout(() => reachFrames(this.derivation), REST_MS); // it makes the browser lay the whole page out
  }

  /** @param {Partial<Chosen>} choice */
  choose(choice) {
    this.preview = null;
    this.doing.choose(choice);
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    /** @param {Event} event */
    const nameOf = (event) => nameIn(around(event, "[data-name], [data-copy]"));
    this.svg.addEventListener("pointerover", (event) => this.point(nameOf(event)), { signal });
    this.svg.addEventListener("pointerleave", () => this.point(undefined), { signal });
    this.svg.addEventListener("focusin", (event) => this.tell(nameOf(event)), { signal });
    this.svg.addEventListener("focusout", () => this.tell(undefined), { signal });
    this.svg.addEventListener("click", (event) => this.click(nameOf(event)), { signal });
    this.svg.addEventListener("keydown", (event) => this.key(event), { signal });
    const choose = (/** @type {Event} */ event) => {
      const chosen = around(event, "[data-choose]")?.dataset.choose;
      if (chosen) this.choose(JSON.parse(chosen));
    };
    this.derivation.addEventListener("click", choose, { signal });
  }

  /**
   * A number of y, or a weight of the followed row, shows its trace while the pointer is on it; all others only say what they are.
   *
   * @param {string | undefined} name
   */
  point(name) {
    if (name === this.pointed || this.editing.dragging) return;
    this.pointed = name;
    this.tell(name);
    const at = completed(this.data, this.choice);
    const traced = new RegExp(`^(y|head/${at.followed}/[sw]/${at.row})/`).test(name ?? "");
    const chosen = traced && name ? choiceOf(name, this.layout.headDim) : null;
    if (JSON.stringify(chosen) === JSON.stringify(this.preview)) return;
    this.preview = chosen;
    this.draw();
  }

  /** @param {string | undefined} name */
  tell(name) {
    this.doing.say(name ? describe(name, this.data) : "");
  }

  /**
   * What was followed by a click is let go by another.
   *
   * @param {string | undefined} name
   */
  click(name) {
    if (name?.startsWith("toggle/")) return this.toggle(name);
    const chosen = name && choiceOf(name, this.layout.headDim);
    if (!chosen) return;
    const kept = Object.entries(chosen).every(([key, value]) => this.choice[/** @type {keyof Chosen} */ (key)] === value);
    const free = kept && !name.startsWith("y/") && !name.startsWith("row/");
    this.choose(free ? OPEN : chosen);
  }

  /** @param {string} name */
  toggle(name) {
    const [row, column] = name.split("/").slice(1).map(Number);
    this.doing.toggle(row, column);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const node = around(event, "[data-stop]");
    const stop = node?.dataset.stop;
    const name = nameIn(node);
    const next = event.key === "Escape" ? OPEN : stop ? moved(this.data, this.choice, stop, event.key) : null;
    if (!next && !(name && PRESSES.includes(event.key))) return;
    event.preventDefault();
    this.refocus = stop ?? null;
    if (next) return this.choose(next);
    if (stop === "toggle") this.choose({ pair: Number(name?.split("/")[2]) }); // else the focus would follow the largest weight
    this.refocus = stop ?? null;
    this.click(name);
  }
}

/** @param {HTMLElement | SVGElement | null} node */
const nameIn = (node) => node?.dataset.name ?? node?.dataset.copy;
