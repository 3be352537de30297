// What the figure of the lessons shows and how it is handled: the chosen row, the step, the key under the pointer.
import { ChoiceReports } from "../shared/choice_reports.js";
import { downloadCsv } from "../shared/download.js";
import { around, find, findAs } from "../shared/elements.js";
import { saveFigurePng, saveFigureSvg } from "../shared/figure_files.js";
import { reachFrames, reveal, watchFrames } from "../shared/scroll_frames.js";
import { setAttributes } from "../shared/svg.js";
import { Scene } from "../shared/svg_scene.js";
import { toyCsv } from "./csv.js";
import { drawToy } from "./draw.js";
import { writeEquations } from "./equations.js";
import { layOut } from "./layout.js";
import { Stepper } from "./stepper.js";
import { writeTerms } from "./terms.js";
import { STEPS, keyNames } from "./trace.js";

/** @import { Choice } from "../shared/choice_reports.js" */
/** @import { Layout } from "./layout.js" */
/** @import { ToyData } from "./toy_figure.js" */

/** @type {Record<string, number>} */
const MOVES = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

export class ToyView {
  /** @type {ToyData} */ data;
  /** @type {Layout} */ layout;
  /** @type {(choice: Choice) => void} */ send;
  row = 0;
  step = STEPS.sum;
  /** The key that is pinned. @type {number | null} */ pair = null;
  /** The key under the pointer. @type {number | null} */ hovered = null;
  /** The token that is lit up in all its places. @type {number | null} */ marked = null;
  revealed = false;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.svg = findAs(root, "svg.toy", SVGSVGElement);
    this.scene = new Scene(this.svg);
    this.reports = new ChoiceReports();
    this.stepper = new Stepper(root, (step) => this.choose({ step }));
    this.frames = watchFrames(root);
    this.listen();
    this.offerFiles();
  }

  close() {
    this.stepper.stop();
    this.frames.disconnect();
  }

  /**
   * New numbers from Python. The choice on screen stays unless Python chose otherwise.
   *
   * @param {ToyData} data
   */
  show(data) {
    const { row, step, pair } = data;
    if (this.reports.isNews({ row, step, pair })) Object.assign(this, { row, step, pair });
    this.data = data;
    this.row = Math.min(this.row, data.output.length - 1);
    if (this.pair !== null && this.pair >= data.k.length) this.pair = null;
    this.hovered = null;
    this.layout = layOut({
      queries: data.q.length,
      keys: data.k.length,
      dim: data.x[0].length,
      headDim: data.q[0].length,
      valueDim: data.v[0].length,
      projected: data.projected,
      cross: data.cross,
    });
    const { width, height } = this.layout;
    setAttributes(this.svg, { viewBox: `0 0 ${width} ${height}`, width, height, "aria-label": data.name });
    this.svg.style.setProperty("--natural", `${width}px`);
    this.draw();
    if (!this.revealed) this.revealed = reveal(this.svg.querySelector("g.name.output.chosen"));
  }

  draw() {
    const { data, layout, step, row, pair, hovered } = this;
    const shown = { data, layout, step, row, lit: hovered ?? pair, pinned: pair, dimming: hovered !== null };
    this.scene.draw(() => drawToy(this.scene, shown));
    Object.assign(this.root.dataset, { step, row });
    this.stepper.show(data.steps, step);
    this.makeReachable();
    writeTerms(find(this.root, ".terms"), shown);
    writeEquations(find(this.root, ".equations"), shown);
    this.showMark();
    reachFrames(this.root);
  }

  /** One stop of the Tab key for the weights, one for the outputs; arrows go on from there. */
  makeReachable() {
    const { names } = this.data;
    /** @param {string} selector @returns {NodeListOf<SVGElement>} */
    const all = (selector) => this.svg.querySelectorAll(selector);
    for (const node of all("g.weight")) {
      const key = Number(node.dataset.key);
      makeButton(node, key === (this.pair ?? 0), key === this.pair, `Weight of ${names.y[this.row]} for key ${key + 1}`);
    }
    for (const node of all("g.name.output")) {
      const row = Number(node.dataset.row);
      makeButton(node, row === this.row, row === this.row, `Row of ${names.y[row]}`);
    }
  }

  /**
   * Change what is shown and, once it rests, tell Python for the link and the charts.
   *
   * @param {{ row?: number, step?: number, pair?: number | null }} choice
   */
  choose(choice) {
    if (choice.step === undefined) this.stepper.stop();
    Object.assign(this, choice);
    this.draw();
    this.reports.soon(
      () => ({ row: this.row, step: this.step, pair: this.pair }),
      (chosen) => this.send(chosen),
    );
  }

  listen() {
    /** @param {Event} event */
    const keyOf = (event) => numberOr(around(event, "g.weight")?.dataset.key, null);
    /** @param {Event} event */
    const mark = (event) => this.markToken(around(event, "[class*=token-]"));
    this.svg.addEventListener("pointerover", (event) => {
      this.hover(keyOf(event));
      mark(event);
    });
    this.svg.addEventListener("pointerleave", () => {
      this.hover(null);
      this.markToken(null);
    });
    this.svg.addEventListener("click", (event) => {
      const [key, row] = [keyOf(event), numberOr(around(event, "g.output")?.dataset.row, null)];
      if (key !== null) this.choose({ pair: this.pair === key ? null : key });
      else if (row !== null) this.choose({ row });
    });
    this.root.addEventListener("keydown", (event) => this.key(event));
    const equations = find(this.root, ".equations");
    equations.addEventListener("pointerover", mark);
    equations.addEventListener("pointerleave", () => this.markToken(null));
  }

  offerFiles() {
    /** @param {string} selector @param {() => void} save */
    const offer = (selector, save) => find(this.root, selector).addEventListener("click", save);
    offer(".save-svg", () => saveFigureSvg(this.svg, `${this.data.file}.svg`));
    offer(".save-png", () => saveFigurePng(this.svg, `${this.data.file}.png`));
    offer(".save-csv", () => downloadCsv(toyCsv(this.data), `${this.data.file}.csv`));
  }

  /** @param {number | null} key */
  hover(key) {
    if (key === this.hovered || !this.data) return;
    this.hovered = key;
    this.draw();
  }

  /**
   * The three places of one vector: everywhere the token stands, the equations among them.
   *
   * @param {Element | null} node
   */
  markToken(node) {
    const token = numberOr(node?.getAttribute("class")?.match(/token-(\d+)/)?.[1], null);
    if (token === this.marked) return;
    this.marked = token;
    this.showMark();
  }

  showMark() {
    const { root, marked, data } = this;
    for (const place of root.querySelectorAll(".marked")) place.classList.remove("marked");
    if (marked !== null) for (const place of root.querySelectorAll(`.token-${marked}`)) place.classList.add("marked");
    const name = marked === null ? "" : (keyNames(data)[marked]?.replace("_", "") ?? "");
    find(root, ".places").textContent = marked === null ? data.hint : data.places.replaceAll("{x}", name);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.data) return;
    const [steps, output, weight] = [".steps", "g.output", "g.weight"].map((selector) => around(event, selector));
    const move = MOVES[event.key];
    const { k, output: rows } = this.data;
    if (steps && move) this.stepper.choose(within(this.step + move, 1, STEPS.sum));
    else if (output && move) this.choose({ row: within(this.row + move, 0, rows.length - 1) });
    else if (weight && move) this.choose({ pair: within((this.pair ?? 0) + move, 0, k.length - 1) });
    else if (around(event, "g[role=button]") && ["Enter", " "].includes(event.key)) click(event);
    else if (event.key === "Escape") this.choose({ pair: null });
    else return;
    event.preventDefault();
    // The keyboard's place follows the choice.
    const group = steps ? ".steps" : weight ? "g.weight" : output ? "g.name.output" : null;
    if (group === ".steps") find(this.root, ".steps [tabindex='0']").focus();
    else if (group) findAs(this.svg, `${group}[tabindex='0']`, SVGElement).focus();
  }
}

/**
 * @param {SVGElement} node
 * @param {boolean} stop of the Tab key
 * @param {boolean} pressed
 * @param {string} label
 */
function makeButton(node, stop, pressed, label) {
  const says = { "aria-label": label.replaceAll("_", " "), "aria-pressed": String(pressed) };
  setAttributes(node, { role: "button", tabindex: stop ? 0 : -1, ...says });
}

/** A key's press as the click that it stands for. @param {Event} event */
function click(event) {
  event.target?.dispatchEvent(new Event("click", { bubbles: true }));
}

/**
 * @template T
 * @param {string | undefined} digits
 * @param {T} otherwise
 */
const numberOr = (digits, otherwise) => (digits === undefined ? otherwise : Number(digits));

/**
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
const within = (value, low, high) => Math.min(high, Math.max(low, value));
