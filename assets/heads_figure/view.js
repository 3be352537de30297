// What the multi-head figure shows and how it is handled: the chosen number of y, the head, the key and the part that are followed.
import { ChoiceReports } from "../shared/choice_reports.js";
import { downloadCsv } from "../shared/download.js";
import { around, find, findAs } from "../shared/elements.js";
import { saveFigurePng, saveFigureSvg } from "../shared/figure_files.js";
import { reachFrames, reveal, watchFrames } from "../shared/scroll_frames.js";
import { setAttributes } from "../shared/svg.js";
import { headsCsv } from "./csv.js";
import { drawHeads } from "./draw.js";
import { LayeredScene } from "./grid.js";
import { layOut } from "./layout.js";
import { Stops } from "./stops.js";
import { writeDerivation } from "./terms.js";
import { choiceOf, completed } from "./trace.js";
import { describe } from "./words.js";

/** @import { Choice } from "../shared/choice_reports.js" */
/** @import { HeadsData } from "./heads_figure.js" */
/** @import { Layout } from "./layout.js" */
/** @import { Chosen } from "./trace.js" */

const HINT = "Point at a number to see what it is; click one to follow it. Arrow keys walk over y.";
const OPEN = { followed: null, pair: null, part: null };
/** @type {Record<string, [number, number]>} */
const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

export class HeadsView {
  /** @type {HeadsData} */ data;
  /** @type {Layout} */ layout;
  /** @type {(choice: Choice) => void} */ send;
  /** @type {Chosen} */ choice = { row: 0, column: 0, ...OPEN };
  /** What the pointer chooses while it is there. @type {Partial<Chosen> | null} */ preview = null;
  /** The name of the number under the pointer. @type {string | undefined} */ pointed;
  shape = { tokens: 1, dim: 1, heads: 1 };
  revealed = false;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.svg = findAs(root, "svg.toy", SVGSVGElement);
    this.scene = new LayeredScene(this.svg);
    this.stops = new Stops(this.svg);
    this.reports = new ChoiceReports();
    this.frames = watchFrames(root);
    this.listen();
    this.offerFiles();
  }

  close() {
    this.frames.disconnect();
  }

  /**
   * New numbers from Python. The choice on screen stays unless Python chose otherwise.
   *
   * @param {HeadsData} data
   */
  show(data) {
    const { row, column, followed, pair } = data;
    if (this.reports.isNews({ row, column, followed, pair })) this.choice = { row, column, followed, pair, part: null };
    this.data = data;
    this.shape = { tokens: data.x.length, dim: data.x[0].length, heads: data.heads.length };
    this.layout = layOut({ ...this.shape, split: data.split, joined: Boolean(data.W_0), biased: Boolean(data.b_0) });
    this.choice = this.within(this.choice);
    this.preview = null;
    this.pointed = undefined; // the number under the pointer may be gone
    const { width, height } = this.layout;
    setAttributes(this.svg, { viewBox: `0 0 ${width} ${height}`, width, height, "aria-label": data.name });
    this.svg.style.setProperty("--natural", `${width}px`);
    find(this.root, ".frame").dataset.label = data.name;
    this.draw();
    if (!this.revealed) this.revealed = reveal(this.svg.querySelector(".panel.followed"));
  }

  /**
   * The choice, with what these numbers no longer have left open.
   *
   * @param {Chosen} choice
   * @returns {Chosen}
   */
  within({ row, column, followed, part, pair }) {
    const { tokens, dim, heads } = this.shape;
    /** @param {number | null} value @param {number} size */
    const kept = (value, size) => (value !== null && value < size ? value : null);
    return {
      row: Math.min(row, tokens - 1),
      column: Math.min(column, dim - 1),
      followed: kept(followed, heads),
      part: kept(part, dim / heads),
      pair: kept(pair, tokens),
    };
  }

  draw() {
    const at = completed(this.data, { ...this.choice, ...this.preview });
    const shown = { data: this.data, layout: this.layout, at };
    this.scene.draw(() => drawHeads(this.scene, shown));
    const { row, column, followed, pair, part } = at;
    Object.assign(this.root.dataset, { row, column, followed, pair, part });
    this.stops.mark(this.data, completed(this.data, this.choice), this.choice);
    writeDerivation(find(this.root, ".derivation"), shown);
    this.hint();
    reachFrames(this.root);
  }

  /**
   * Change what is shown and, once it rests, tell Python for the link.
   *
   * @param {Partial<Chosen>} choice
   */
  choose(choice) {
    this.preview = null;
    this.choice = { ...this.choice, ...choice };
    this.draw();
    const read = () => {
      const { row, column, followed, pair } = this.choice;
      return { row, column, followed, pair };
    };
    this.reports.soon(read, (chosen) => this.send(chosen));
  }

  listen() {
    /** @param {Event} event */
    const nameOf = (event) => around(event, "[data-name]")?.dataset.name;
    this.svg.addEventListener("pointerover", (event) => this.point(nameOf(event)));
    this.svg.addEventListener("pointerleave", () => this.point(undefined));
    this.svg.addEventListener("click", (event) => this.click(nameOf(event)));
    find(this.root, ".derivation").addEventListener("click", (event) => {
      const chosen = around(event, "[data-choose]")?.dataset.choose;
      if (chosen) this.choose(JSON.parse(chosen));
    });
    this.root.addEventListener("keydown", (event) => this.key(event));
  }

  offerFiles() {
    /** @param {string} selector @param {() => void} save */
    const offer = (selector, save) => find(this.root, selector).addEventListener("click", save);
    offer(".save-svg", () => saveFigureSvg(this.svg, `${this.data.file}.svg`));
    offer(".save-png", () => saveFigurePng(this.svg, `${this.data.file}.png`));
    offer(".save-csv", () => downloadCsv(headsCsv(this.data), `${this.data.file}.csv`));
  }

  /**
   * A number of y, or a weight of the followed row, shows its trace while the pointer is on it; all others only say what they are.
   *
   * @param {string | undefined} name
   */
  point(name) {
    if (!this.data || name === this.pointed) return;
    this.pointed = name;
    const at = completed(this.data, this.choice);
    const traced = name?.startsWith("y/") || name?.startsWith(`head/${at.followed}/w/${at.row}/`);
    const chosen = traced ? this.chosenBy(name) : null;
    if (JSON.stringify(chosen) === JSON.stringify(this.preview)) return this.hint();
    this.preview = chosen;
    this.draw();
  }

  hint() {
    find(this.root, ".hint").textContent = (this.pointed && describe(this.pointed, this.data)) || HINT;
  }

  /**
   * What was followed by a click is let go by another.
   *
   * @param {string | undefined} name
   */
  click(name) {
    const chosen = this.chosenBy(name);
    if (!chosen) return;
    const same = Object.entries({ ...this.choice, ...chosen }).every(
      ([key, value]) => this.choice[/** @type {keyof Chosen} */ (key)] === value,
    );
    this.choose(same && !name?.startsWith("y/") ? OPEN : chosen);
  }

  /** @param {string | undefined} name */
  chosenBy(name) {
    return name ? choiceOf(name, this.layout.headDim) : null;
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.data) return;
    const node = around(event, "[data-stop]");
    const stop = node?.dataset.stop;
    const move = MOVES[event.key];
    if (event.key === "Escape") this.choose(OPEN);
    else if (stop && move) this.choose(this.moved(stop, move));
    else if (stop && ["Enter", " "].includes(event.key)) this.click(node.dataset.name);
    else return;
    event.preventDefault();
    if (stop) this.stops.focus(stop);
  }

  /**
   * @param {string} stop
   * @param {[number, number]} by
   * @returns {Partial<Chosen>}
   */
  moved(stop, [down, right]) {
    const at = completed(this.data, this.choice);
    const { tokens, dim, heads } = this.shape;
    /** @param {number} value @param {number} size */
    const within = (value, size) => Math.min(size - 1, Math.max(0, value));
    if (stop === "y") return { row: within(at.row + down, tokens), column: within(at.column + right, dim) };
    if (stop === "head") return { followed: within(at.followed + down + right, heads) };
    if (stop === "weight") return { followed: at.followed, pair: within(at.pair + down + right, tokens) };
    return { followed: at.followed, part: within(at.part + down + right, dim / heads) };
  }
}
