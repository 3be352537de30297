// What the figure of the lessons shows and how it is handled: the chosen row, the step, the key under the pointer.
import { ChoiceReports } from "../shared/choice_reports.js";
import { downloadCsv, downloadPng, downloadSvg } from "../shared/figure_save.js";
import { reachFrames, reveal, watchFrames } from "../shared/scroll_frames.js";
import { Scene, setAttributes } from "../shared/svg_scene.js";
import { drawToy } from "./draw.js";
import { writeEquations } from "./equations.js";
import { layOut } from "./layout.js";
import { writeTerms } from "./terms.js";

const PLAY_MS = 1300;
const LAST_STEP = 6;

export class ToyView {
  constructor(root) {
    this.root = root;
    this.find = (selector) => root.querySelector(selector);
    this.svg = this.find("svg.toy");
    this.scene = new Scene(this.svg);
    this.hovered = null;
    this.reports = new ChoiceReports();
    this.listen();
    watchFrames(root);
  }

  /** New numbers from Python. The choice on screen stays unless Python chose otherwise. */
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
    const view = { data: this.data, layout: this.layout, step: this.step, row: this.row, lit: this.hovered ?? this.pair, pinned: this.pair, dimming: this.hovered !== null };
    this.scene.draw(() => drawToy(this.scene, view));
    this.root.dataset.step = this.step;
    this.root.dataset.row = this.row;
    this.drawSteps();
    this.makeReachable();
    writeTerms(this.find(".terms"), view);
    writeEquations(this.find(".equations"), view);
    this.showMark();
    reachFrames(this.root);
  }

  drawSteps() {
    const list = this.find(".steps");
    while (list.children.length < this.data.steps.length) {
      const button = Object.assign(document.createElement("button"), { type: "button" });
      const step = list.children.length + 1;
      button.addEventListener("click", () => this.choose({ step }));
      list.append(button);
    }
    [...list.children].forEach((button, i) => {
      button.textContent = `${i + 1} ${this.data.steps[i].title}`;
      button.setAttribute("aria-pressed", String(i + 1 === this.step));
      button.tabIndex = i + 1 === this.step ? 0 : -1;
    });
    this.find(".step-text").textContent = this.data.steps[this.step - 1].text;
  }

  /** One stop of the Tab key for the weights, one for the outputs; arrows go on from there. */
  makeReachable() {
    const pair = this.pair ?? 0;
    for (const node of this.svg.querySelectorAll("g.weight")) {
      this.makeButton(node, Number(node.dataset.key) === pair, `Weight of ${this.data.names.y[this.row]} for key ${Number(node.dataset.key) + 1}`);
      node.setAttribute("aria-pressed", String(Number(node.dataset.key) === this.pair));
    }
    for (const node of this.svg.querySelectorAll("g.name.output")) {
      this.makeButton(node, Number(node.dataset.row) === this.row, `Row of ${this.data.names.y[node.dataset.row]}`);
      node.setAttribute("aria-pressed", String(Number(node.dataset.row) === this.row));
    }
  }

  makeButton(node, stop, label) {
    setAttributes(node, { role: "button", tabindex: stop ? 0 : -1, "aria-label": label.replaceAll("_", " ") });
  }

  /** Change what is shown and, once it rests, tell Python for the link and the charts. */
  choose(choice, playing = false) {
    if (!playing) this.stop();
    Object.assign(this, choice);
    this.draw();
    this.reports.soon(() => ({ row: this.row, step: this.step, pair: this.pair }), (choice) => this.send(choice));
  }

  listen() {
    const keyOf = (event) => event.target.closest?.("g.weight")?.dataset.key;
    const rowOf = (event) => event.target.closest?.("g.output")?.dataset.row;
    this.svg.addEventListener("pointerover", (event) => {
      this.hover(keyOf(event));
      this.markToken(event.target.closest?.("[class*=token-]"));
    });
    this.svg.addEventListener("pointerleave", () => {
      this.hover(undefined);
      this.markToken(null);
    });
    this.svg.addEventListener("click", (event) => {
      const [key, row] = [keyOf(event), rowOf(event)];
      if (key !== undefined) this.choose({ pair: this.pair === Number(key) ? null : Number(key) });
      else if (row !== undefined) this.choose({ row: Number(row) });
    });
    this.root.addEventListener("keydown", (event) => this.key(event));
    this.find(".equations").addEventListener("pointerover", (event) => this.markToken(event.target.closest("[class*=token-]")));
    this.find(".equations").addEventListener("pointerleave", () => this.markToken(null));
    this.find(".back").addEventListener("click", () => this.choose({ step: Math.max(1, this.step - 1) }));
    this.find(".next").addEventListener("click", () => this.choose({ step: (this.step % LAST_STEP) + 1 }));
    this.find(".play").addEventListener("click", () => this.play());
    this.find(".save-svg").addEventListener("click", () => downloadSvg(this.svg, `${this.data.file}.svg`));
    this.find(".save-png").addEventListener("click", () => downloadPng(this.svg, `${this.data.file}.png`));
    this.find(".save-csv").addEventListener("click", () => downloadCsv(this.data, `${this.data.file}.csv`));
  }

  hover(key) {
    const hovered = key === undefined ? null : Number(key);
    if (hovered === this.hovered || !this.data) return;
    this.hovered = hovered;
    this.draw();
  }

  /** The three places of one vector: everywhere the token stands, the equations among them. */
  markToken(node) {
    const token = node?.getAttribute("class").match(/token-(\d+)/)?.[1] ?? null;
    if (token === this.marked) return;
    this.marked = token;
    this.showMark();
  }

  showMark() {
    const token = this.marked ?? null;
    for (const marked of this.root.querySelectorAll(".marked")) marked.classList.remove("marked");
    if (token !== null) for (const place of this.root.querySelectorAll(`.token-${token}`)) place.classList.add("marked");
    this.find(".places").textContent = token === null ? this.data.hint : this.data.places.replaceAll("{x}", this.plainName(token));
  }

  plainName(token) {
    return (this.data.cross ? this.data.names.z : this.data.names.x)[token]?.replace("_", "") ?? "";
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.data) return;
    const move = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    const focused = event.target;
    if (focused.closest(".steps") && move) this.choose({ step: within(this.step + move, 1, LAST_STEP) });
    else if (focused.closest("g.output") && move) this.choose({ row: within(this.row + move, 0, this.data.output.length - 1) });
    else if (focused.closest("g.weight") && move) this.choose({ pair: within((this.pair ?? 0) + move, 0, this.data.k.length - 1) });
    else if (focused.closest("g[role=button]") && ["Enter", " "].includes(event.key)) focused.dispatchEvent(new Event("click", { bubbles: true }));
    else if (event.key === "Escape") this.choose({ pair: null });
    else return;
    event.preventDefault();
    this.refocus(focused);
  }

  /** The keyboard's place follows the choice. */
  refocus(focused) {
    if (focused.closest(".steps")) this.find(".steps [tabindex='0']").focus();
    else if (focused.closest("g.weight")) this.find("g.weight[tabindex='0']").focus();
    else if (focused.closest("g.output")) this.find("g.name.output[tabindex='0']").focus();
  }

  /** From the first step to the last, once. */
  play() {
    if (this.playing) return this.stop();
    this.choose({ step: 1 });
    this.playing = setInterval(() => {
      if (!this.root.isConnected || this.step >= LAST_STEP) this.stop();
      else this.choose({ step: this.step + 1 }, true);
    }, PLAY_MS);
    this.labelPlay("❚❚", "Stop");
  }

  stop() {
    clearInterval(this.playing);
    this.playing = null;
    this.labelPlay("▶", "Play the steps");
  }

  labelPlay(text, label) {
    const button = this.find(".play");
    button.textContent = text;
    button.setAttribute("aria-label", label);
  }
}

const within = (value, low, high) => Math.min(high, Math.max(low, value));
