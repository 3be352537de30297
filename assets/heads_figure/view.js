// What the multi-head figure shows and how it is handled: the chosen number of y, the head, the key and the part that are followed.
import { ChoiceReports } from "../shared/choice_reports.js";
import { downloadPng, downloadSvg } from "../shared/figure_save.js";
import { downloadHeadsCsv } from "./csv.js";
import { drawHeads } from "./draw.js";
import { layOut } from "./layout.js";
import { Stops } from "./stops.js";
import { writeDerivation } from "./terms.js";
import { choiceOf, completed } from "./trace.js";
import { describe } from "./words.js";
import { reachFrames, reveal, watchFrames } from "../shared/scroll_frames.js";
import { Scene, setAttributes, svgElement } from "../shared/svg_scene.js";

const HINT = "Point at a number to see what it is; click one to follow it. Arrow keys walk over y.";

export class HeadsView {
  constructor(root) {
    this.root = root;
    this.find = (selector) => root.querySelector(selector);
    this.svg = this.find("svg.toy");
    this.scene = new Scene(this.svg);
    this.scene.ground = svgElement("g"); // the heads' panels lie below the wires
    this.scene.frames = svgElement("g"); // and the frames above everything
    this.svg.prepend(this.scene.ground);
    this.svg.append(this.scene.frames);
    this.stops = new Stops(this.svg);
    this.choice = { row: 0, column: 0, followed: null, part: null, pair: null };
    this.preview = null;
    this.reports = new ChoiceReports();
    this.listen();
    watchFrames(root);
  }

  /** New numbers from Python. The choice on screen stays unless Python chose otherwise. */
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
    this.find(".frame").dataset.label = data.name;
    this.draw();
    if (!this.revealed) this.revealed = reveal(this.svg.querySelector(".panel.followed"));
  }

  /** The choice, with what these numbers no longer have left open. */
  within({ row, column, followed, part, pair }) {
    const { tokens, dim, heads } = this.shape;
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
    const view = { data: this.data, layout: this.layout, at };
    this.scene.draw(() => drawHeads(this.scene, view));
    for (const name of ["row", "column", "followed", "pair", "part"]) this.root.dataset[name] = at[name];
    this.stops.mark(this.data, completed(this.data, this.choice), this.choice);
    writeDerivation(this.find(".derivation"), view);
    this.hint();
    reachFrames(this.root);
  }

  /** Change what is shown and, once it rests, tell Python for the link. */
  choose(choice) {
    this.preview = null;
    this.choice = { ...this.choice, ...choice };
    this.draw();
    const chosen = () => {
      const { row, column, followed, pair } = this.choice;
      return { row, column, followed, pair };
    };
    this.reports.soon(chosen, (choice) => this.send(choice));
  }

  listen() {
    const nameOf = (event) => event.target.closest?.("[data-name]")?.dataset.name;
    this.svg.addEventListener("pointerover", (event) => this.point(nameOf(event)));
    this.svg.addEventListener("pointerleave", () => this.point(undefined));
    this.svg.addEventListener("click", (event) => this.click(nameOf(event)));
    this.find(".derivation").addEventListener("click", (event) => {
      const chosen = event.target.closest("[data-choose]")?.dataset.choose;
      if (chosen) this.choose(JSON.parse(chosen));
    });
    this.root.addEventListener("keydown", (event) => this.key(event));
    this.find(".save-svg").addEventListener("click", () => downloadSvg(this.svg, `${this.data.file}.svg`));
    this.find(".save-png").addEventListener("click", () => downloadPng(this.svg, `${this.data.file}.png`));
    this.find(".save-csv").addEventListener("click", () => downloadHeadsCsv(this.data, `${this.data.file}.csv`));
  }

  /** A number of y, or a weight of the followed row, shows its trace while the pointer is on it; all others only say what they are. */
  point(name) {
    if (!this.data || name === this.pointed) return;
    this.pointed = name;
    const at = completed(this.data, this.choice);
    const chosen = name?.startsWith("y/") || name?.startsWith(`head/${at.followed}/w/${at.row}/`) ? this.chosenBy(name) : null;
    if (JSON.stringify(chosen) === JSON.stringify(this.preview)) return this.hint();
    this.preview = chosen;
    this.draw();
  }

  hint() {
    this.find(".hint").textContent = (this.pointed && describe(this.pointed, this.data)) || HINT;
  }

  /** What was followed by a click is let go by another. */
  click(name) {
    const chosen = this.chosenBy(name);
    if (!chosen) return;
    const same = Object.entries(chosen).every(([key, value]) => this.choice[key] === value);
    if (same && !name.startsWith("y/")) this.choose({ followed: null, pair: null, part: null });
    else this.choose(chosen);
  }

  chosenBy(name) {
    return name ? choiceOf(name, this.layout.headDim) : null;
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.data) return;
    const stop = event.target.dataset.stop;
    const move = MOVES[event.key];
    if (event.key === "Escape") this.choose({ followed: null, pair: null, part: null });
    else if (stop && move) this.choose(this.moved(stop, move));
    else if (stop && ["Enter", " "].includes(event.key)) this.click(event.target.dataset.name);
    else return;
    event.preventDefault();
    if (stop) this.stops.focus(stop);
  }

  moved(stop, [down, right]) {
    const at = completed(this.data, this.choice);
    const { tokens, dim, heads } = this.shape;
    const within = (value, size) => Math.min(size - 1, Math.max(0, value));
    if (stop === "y") return { row: within(at.row + down, tokens), column: within(at.column + right, dim) };
    if (stop === "head") return { followed: within(at.followed + down + right, heads) };
    if (stop === "weight") return { followed: at.followed, pair: within(at.pair + down + right, tokens) };
    return { followed: at.followed, part: within(at.part + down + right, dim / heads) };
  }
}

const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
