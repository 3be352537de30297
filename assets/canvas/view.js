import { attentionColumn, attentionRow, combineHeads, entropyBits, largest, total } from "../shared/attention_math.js";
import { MapImage, drawGradient, drawGrid, drawMap, fitToScreen, label, outline } from "./draw.js";
import { Readout, setNumber } from "./readout.js";
import { CanvasInput } from "./input.js";
import { HeadStrip } from "./head_strip.js";
import { saveCsv, savePng } from "./save.js";
import { onStored, stored } from "../shared/stored.js";

const TOP_COUNT = 5;
const OUTLINE = { query: "#ffffff", pointer: "#ffb000" };

export class AttentionView {
  constructor(root) {
    this.root = root;
    this.stage = root.querySelector(".stage");
    this.canvas = root.querySelector(".map");
    this.picture = root.querySelector(".picture");
    this.waiting = root.querySelector(".waiting");
    this.readout = new Readout(root.querySelector(".readout"));
    this.image = new MapImage();
    this.rows = [];
    this.pin = null; // patch index
    this.hovered = null; // patch index
    this.unsent = undefined; // a pin that Python has not confirmed yet
    this.input = new CanvasInput(this.canvas, this);
    this.strip = new HeadStrip(root.querySelector(".heads"), (head) => this.setState("head", head));
    this.stopListening = onStored(() => this.draw());
    this.observer = new ResizeObserver(() => this.draw());
    this.observer.observe(this.canvas);
    this.savers = [...root.querySelectorAll(".actions button")]; // enabled by `draw`, once there is something to save
    root.querySelector(".save-csv").addEventListener("click", () => saveCsv(this));
    root.querySelector(".save-png").addEventListener("click", () => savePng(this));
  }

  close() {
    this.stopListening();
    this.observer.disconnect();
    cancelAnimationFrame(this.frame);
    if (this.pictureUrl) URL.revokeObjectURL(this.pictureUrl);
  }

  /** New settings from Python. A pin that is still on its way there is not overwritten by an older answer. */
  show(data) {
    const grid = this.data?.grid;
    if (grid && (grid.rows !== data.grid.rows || grid.cols !== data.grid.cols)) this.hovered = null;
    if (this.data?.record !== data.record && this.unsent === undefined) this.hovered = null;
    this.data = data;
    const pin = data.pin ? data.pin[0] * data.grid.cols + data.pin[1] : null;
    if (this.unsent === undefined || this.unsent === pin) {
      this.pin = pin;
      this.unsent = undefined;
    }
    this.stage.style.setProperty("--aspect", data.grid.cols / data.grid.rows);
    this.canvas.setAttribute("aria-label", data.name);
    this.picture.alt = data.alt;
    drawGradient(this.root.querySelector(".gradient"), data.colourMap);
    this.draw();
  }

  record() {
    return stored(this.data?.record);
  }

  /** The patch whose row is shown; null where a prefix token asks. */
  queryPatch() {
    if (this.data.query === "prefix") return null;
    const given = this.record()?.rows && this.record().token - this.data.prefix.length;
    if (given !== undefined) return given; // a row that Python computed is that of one patch, wherever the pointer is
    return this.pin ?? this.hovered ?? this.data.opening[0] * this.data.grid.cols + this.data.opening[1];
  }

  hover(patch) {
    if (patch === this.hovered) return;
    if (patch === null && this.pin === null && this.data.query !== "prefix") return; // the last row stays to be read
    this.hovered = patch;
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.draw());
  }

  /** Pin a patch, or release with null; Python is told so that the link and the matrix follow. */
  setPin(patch) {
    if (this.data.query === "prefix" || patch === this.pin) return;
    this.pin = patch;
    this.unsent = patch;
    this.draw();
    this.speak();
    clearTimeout(this.sending);
    const { cols } = this.data.grid;
    this.sending = setTimeout(
      () => this.setState("pin", patch === null ? null : [Math.floor(patch / cols), patch % cols]), 120);
  }

  draw() {
    if (!this.data) return;
    this.showPicture();
    const record = this.record();
    const normalisers = stored(this.data.normalisers)?.values;
    const ready = Boolean(record?.rows) || (Boolean(record) && (this.data.direction === "outgoing" || Boolean(normalisers)));
    this.waiting.hidden = ready;
    this.savers.forEach((button) => { button.disabled = !ready; });
    if (!ready) {
      this.canvas.getContext("2d").clearRect(0, 0, this.canvas.width, this.canvas.height);
      return;
    }
    this.compute(record, normalisers);
    this.paint();
    this.writeReadout();
  }

  /** Rows of the selected heads, and `weights`: the one vector shown. */
  compute(record, normalisers) {
    const { heads, combine, head, direction, temperature, prefix } = this.data;
    const patch = this.queryPatch();
    const token = patch === null ? 0 : prefix.length + patch;
    const given = (i) => record.rows.subarray(i * record.numTokens, (i + 1) * record.numTokens);
    this.rows = heads.map((h, i) => {
      if (record.rows) return given(h);
      const out = this.rows[i]?.length === record.numTokens ? this.rows[i] : new Float32Array(record.numTokens);
      return direction === "outgoing"
        ? attentionRow(record, h, token, temperature, out)
        : attentionColumn(record, normalisers, h, token, temperature, out);
    });
    this.active = combine === "one" ? Math.max(0, heads.indexOf(head)) : null;
    if (this.combined?.length !== record.numTokens) this.combined = new Float32Array(record.numTokens);
    this.weights = this.active === null ? combineHeads(this.rows, combine, this.combined) : this.rows[this.active];
    this.patchWeights = this.weights.subarray(prefix.length);
    this.top = largest(this.patchWeights, TOP_COUNT);
  }

  paint() {
    const { grid, opacity, scale, colourMap, gridLines, prefix } = this.data;
    fitToScreen(this.canvas);
    const context = this.canvas.getContext("2d");
    this.domain = this.image.draw(this.patchWeights, grid, scale, colourMap);
    drawMap(context, this.image.canvas, opacity);
    if (gridLines) drawGrid(context, grid);
    this.top.forEach((index, rank) => label(context, grid, index, String(rank + 1)));
    const query = this.queryPatch();
    if (this.hovered !== null && this.hovered !== query) outline(context, grid, this.hovered, OUTLINE.pointer, 1.5);
    if (this.pin !== null && this.pin !== query) outline(context, grid, this.pin, OUTLINE.pointer, 2.5); // its row is on its way
    if (query !== null) outline(context, grid, query, OUTLINE.query, this.pin === null ? 1.5 : 2.5);
    this.strip.draw(this.data, this.rows.map((row) => row.subarray(prefix.length)), this.active);
  }

  writeReadout() {
    const { root } = this;
    const { grid, scale, direction } = this.data;
    const place = (index) => ({ row: Math.floor(index / grid.cols), col: index % grid.cols });
    setNumber(root.querySelector(".low"), this.domain.low);
    setNumber(root.querySelector(".high"), this.domain.high);
    root.querySelector(".scale-name").textContent =
      { linear: "linear", log: "log", robust: "to the 99.5th percentile" }[scale];
    root.querySelector(".query-name").textContent = this.queryName();
    root.querySelector(".pinned").hidden = this.pin === null || this.data.query === "prefix";
    root.querySelector(".top-name").textContent = direction === "outgoing" ? "looks most at (row, column)" : "is looked at most by (row, column)";
    root.querySelector(".hint").textContent = this.hint();
    this.readout.showFacts(this.facts(place));
    this.readout.showTop(
      this.top.map((index) => ({
        ...place(index), token: index + this.data.prefix.length, weight: this.patchWeights[index],
      })));
  }

  facts(place) {
    const { combine, direction, prefix } = this.data;
    const sum = total(this.weights);
    const distribution = direction === "outgoing" && combine !== "max";
    const facts = [
      distribution
        ? { term: "Entropy", value: entropyBits(this.weights), text: `${entropyBits(this.weights).toFixed(3)} bits` }
        : { term: direction === "outgoing" ? "Sum of the maxima" : "Received in total", value: sum },
      distribution
        ? { term: "Entropy at most", value: this.mostBits(), text: `${this.mostBits().toFixed(3)} bits` }
        : { term: "Entropy", text: "not a distribution" },
    ];
    if (prefix.length) {
      const share = total(this.weights.subarray(0, prefix.length));
      const term = direction === "outgoing" ? `Share of ${prefix.join(", ")}` : `From ${prefix.join(", ")}`;
      facts.push({ term, value: share });
    }
    const pointed = this.hovered ?? this.queryPatch();
    facts.push(
      pointed === null
        ? { term: "Under the pointer", text: "–" }
        : { term: "Under the pointer", value: this.patchWeights[pointed] });
    return facts;
  }

  /** Of evenly spread weights; a window's patch looks at those in its window only. */
  mostBits() {
    const weights = this.record()?.rows ? this.weights.filter((weight) => weight > 0) : this.weights;
    return Math.log2(weights.length);
  }

  hint() {
    if (this.record()?.rows && this.pin !== null && this.pin !== this.queryPatch()) return "The row of the new patch is being computed…";
    if (this.record()?.rows) return "Computed on the server for this patch: click another, or move with the arrow keys.";
    const finger = globalThis.matchMedia?.("(pointer: coarse)").matches;
    if (this.data.query === "prefix") return `${this.data.prefix[0]} asks; point at a patch to read its weight.`;
    if (this.pin === null) return finger ? "Tap to pin a patch, drag to look around." : "Click to pin a patch, arrow keys to move it.";
    return finger ? "Tap the pinned patch to release it." : "Arrow keys move the pin; click it or press Escape to release it.";
  }

  queryName() {
    const patch = this.queryPatch();
    const { grid, prefix } = this.data;
    return patch === null ? prefix[0] : `Patch (row ${Math.floor(patch / grid.cols)}, column ${patch % grid.cols})`;
  }

  /** For screen readers, on keyboard and click, not on every move of the mouse. */
  speak() {
    if (!this.record()) return;
    const items = [...this.root.querySelectorAll(".top li")].map((item) => item.textContent);
    this.root.querySelector(".spoken").textContent =
      `${this.queryName()}${this.pin === null ? "" : " pinned"}. ${this.root.querySelector(".top-name").textContent} ${items.length} patches, first ${this.root.querySelector(".top .place")?.textContent}.`;
  }

  showPicture() {
    const { picture } = this.data;
    const entry = stored(picture);
    if (!entry || this.pictureId === picture) return;
    this.pictureId = picture;
    if (this.pictureUrl) URL.revokeObjectURL(this.pictureUrl);
    this.pictureUrl = URL.createObjectURL(new Blob([entry.bytes], { type: entry.type }));
    this.picture.src = this.pictureUrl;
  }
}
