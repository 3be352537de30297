// What the canvas shows: the row of one token, of the pinned patch or else of the one under the pointer.
import { attentionColumn, attentionRow, combineHeads, largest } from "../shared/attention_math.js";
import { contextOf, find, findAs } from "../shared/elements.js";
import { onStored, stored } from "../shared/stored.js";
import { MapImage, drawGradient, drawGrid, drawMap, fitToScreen, label, outline } from "./draw.js";
import { HeadStrip } from "./head_strip.js";
import { CanvasInput } from "./input.js";
import { Readout, writeWeight } from "./readout.js";
import { savePicture, saveWeights } from "./save.js";
import { SCALE_NAMES, facts, hint, topName } from "./words.js";

/** @import { AttentionEntry } from "../shared/stored.js" */
/** @import { CanvasData } from "./canvas.js" */

const TOP_COUNT = 5;
const REST_MS = 120;
const OUTLINE = { query: "#ffffff", pointer: "#ffb000" };

export class AttentionView {
  /** @type {CanvasData} */ data;
  /** @type {(name: "pin" | "head", value: unknown) => void} */ setState;
  /** The patch that is pinned. @type {number | null} */ pin = null;
  /** The patch under the pointer. @type {number | null} */ hovered = null;
  /** A pin that Python has not confirmed yet. @type {number | null | undefined} */ unsent;
  /** The weights of each selected head. @type {Float32Array[]} */ rows = [];
  /** The one vector shown. @type {Float32Array} */ weights = new Float32Array();
  /** Its part that lies on the picture. @type {Float32Array} */ patchWeights = new Float32Array();
  /** The largest of them, by patch. @type {number[]} */ top = [];
  /** The index of the head that is shown alone. @type {number | null} */ active = null;
  /** The token whose rows Python computed; null where the browser does. @type {number | null} */ givenToken = null;
  /** @type {string | undefined} */ pictureId;
  /** @type {string | undefined} */ pictureUrl;
  combined = new Float32Array();
  frame = 0;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.stage = find(root, ".stage");
    this.canvas = findAs(root, ".map", HTMLCanvasElement);
    this.picture = findAs(root, ".picture", HTMLImageElement);
    this.waiting = find(root, ".waiting");
    this.readout = new Readout(find(root, ".readout"));
    this.image = new MapImage();
    this.input = new CanvasInput(this.canvas, this);
    this.strip = new HeadStrip(find(root, ".heads"), (head) => this.setState("head", head));
    this.stopListening = onStored(() => this.draw());
    this.observer = new ResizeObserver(() => this.draw());
    this.observer.observe(this.canvas);
    const [csv, png] = [".save-csv", ".save-png"].map((name) => findAs(root, name, HTMLButtonElement));
    this.savers = [csv, png]; // enabled by `draw`, once there is something to save
    csv.addEventListener("click", () => saveWeights(this));
    png.addEventListener("click", () => savePicture(this));
  }

  close() {
    this.stopListening();
    this.observer.disconnect();
    cancelAnimationFrame(this.frame);
    if (this.pictureUrl) URL.revokeObjectURL(this.pictureUrl);
  }

  /**
   * New settings from Python. A pin that is still on its way there is not overwritten by an older answer.
   *
   * @param {CanvasData} data
   */
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
    this.stage.style.setProperty("--aspect", String(data.grid.cols / data.grid.rows));
    this.canvas.setAttribute("aria-label", data.name);
    this.picture.alt = data.alt;
    drawGradient(findAs(this.root, ".gradient", HTMLCanvasElement), data.colourMap);
    this.draw();
  }

  /** The patch whose row is shown; null where a prefix token asks. A row that Python computed is that of one patch, wherever
   *  the pointer is. */
  queryPatch() {
    const { query, prefix, opening, grid } = this.data;
    if (query === "prefix") return null;
    if (this.givenToken !== null) return this.givenToken - prefix.length;
    return this.pin ?? this.hovered ?? opening[0] * grid.cols + opening[1];
  }

  queryName() {
    const patch = this.queryPatch();
    const { grid, prefix } = this.data;
    return patch === null ? prefix[0] : `Patch (row ${Math.floor(patch / grid.cols)}, column ${patch % grid.cols})`;
  }

  /** @param {number | null} patch */
  hover(patch) {
    if (patch === this.hovered) return;
    if (patch === null && this.pin === null && this.data.query !== "prefix") return; // the last row stays to be read
    this.hovered = patch;
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.draw());
  }

  /**
   * Pin a patch, or release with null; Python is told so that the link and the matrix follow.
   *
   * @param {number | null} patch
   */
  setPin(patch) {
    if (this.data.query === "prefix" || patch === this.pin) return;
    this.pin = patch;
    this.unsent = patch;
    this.draw();
    this.speak();
    clearTimeout(this.sending);
    const { cols } = this.data.grid;
    const place = patch === null ? null : [Math.floor(patch / cols), patch % cols];
    this.sending = setTimeout(() => this.setState("pin", place), REST_MS);
  }

  draw() {
    if (!this.data) return;
    this.showPicture();
    const record = stored("record", this.data.record);
    const logSumExp = stored("logSumExp", this.data.logSumExp)?.values;
    const ready = Boolean(record && (record.rows || this.data.direction === "outgoing" || logSumExp));
    this.givenToken = record?.rows ? record.token : null;
    this.waiting.hidden = ready;
    for (const button of this.savers) button.disabled = !ready;
    if (!record || !ready) {
      contextOf(this.canvas).clearRect(0, 0, this.canvas.width, this.canvas.height);
      return;
    }
    this.compute(record, logSumExp);
    this.paint();
    this.writeReadout();
  }

  /**
   * @param {AttentionEntry} record
   * @param {Float32Array | Float64Array | undefined} logSumExp needed where columns are to be computed
   */
  compute(record, logSumExp) {
    const { heads, combine, head, prefix } = this.data;
    const { numTokens } = record;
    this.rows = heads.map((h, i) => {
      if (record.rows) return record.rows.subarray(h * numTokens, (h + 1) * numTokens);
      const out = this.rows[i]?.length === numTokens ? this.rows[i] : new Float32Array(numTokens);
      return this.rowOf(record, logSumExp, h, out);
    });
    this.active = combine === "one" ? Math.max(0, heads.indexOf(head)) : null;
    if (this.combined.length !== numTokens) this.combined = new Float32Array(numTokens);
    this.weights = this.active === null ? combineHeads(this.rows, combine, this.combined) : this.rows[this.active];
    this.patchWeights = this.weights.subarray(prefix.length);
    this.top = largest(this.patchWeights, TOP_COUNT);
  }

  /**
   * @param {Extract<AttentionEntry, { rows?: undefined }>} record
   * @param {Float32Array | Float64Array | undefined} logSumExp
   * @param {number} head
   * @param {Float32Array} out
   */
  rowOf(record, logSumExp, head, out) {
    const { direction, temperature, prefix } = this.data;
    const patch = this.queryPatch();
    const token = patch === null ? 0 : prefix.length + patch;
    return direction === "incoming" && logSumExp
      ? attentionColumn(record, logSumExp, head, token, temperature, out)
      : attentionRow(record, head, token, temperature, out);
  }

  paint() {
    const { grid, opacity, scale, colourMap, gridLines, prefix } = this.data;
    fitToScreen(this.canvas);
    const context = contextOf(this.canvas);
    const domain = this.image.draw(this.patchWeights, grid, scale, colourMap);
    drawMap(context, this.image.canvas, opacity);
    if (gridLines) drawGrid(context, grid);
    this.top.forEach((index, rank) => label(context, grid, index, String(rank + 1)));
    const query = this.queryPatch();
    if (this.hovered !== null && this.hovered !== query) outline(context, grid, this.hovered, OUTLINE.pointer, 1.5);
    if (this.pin !== null && this.pin !== query) outline(context, grid, this.pin, OUTLINE.pointer, 2.5); // its row is on its way
    if (query !== null) outline(context, grid, query, OUTLINE.query, this.pin === null ? 1.5 : 2.5);
    const onPatches = this.rows.map((row) => row.subarray(prefix.length));
    this.strip.draw(this.data, onPatches, this.active);
    writeWeight(find(this.root, ".low"), domain.low);
    writeWeight(find(this.root, ".high"), domain.high);
    find(this.root, ".scale-name").textContent = SCALE_NAMES[scale];
  }

  writeReadout() {
    const { root, data, patchWeights } = this;
    const { cols } = data.grid;
    find(root, ".query-name").textContent = this.queryName();
    find(root, ".pinned").hidden = this.pin === null || data.query === "prefix";
    find(root, ".top-name").textContent = topName(data.direction);
    find(root, ".hint").textContent = hint(this);
    this.readout.showFacts(facts(this));
    this.readout.showTop(
      this.top.map((index) => ({
        row: Math.floor(index / cols),
        col: index % cols,
        token: index + data.prefix.length,
        weight: patchWeights[index],
      })),
    );
  }

  /** For screen readers, on keyboard and click, not on every move of the mouse. */
  speak() {
    const { root } = this;
    if (!stored("record", this.data.record)) return;
    const places = [...root.querySelectorAll(".top .place")].map((place) => place.textContent);
    const query = `${this.queryName()}${this.pin === null ? "" : " pinned"}`;
    find(root, ".spoken").textContent =
      `${query}. ${topName(this.data.direction)} ${places.length} patches, first ${places[0]}.`;
  }

  showPicture() {
    const { picture } = this.data;
    const entry = stored("picture", picture);
    if (!entry || this.pictureId === picture) return;
    this.pictureId = picture;
    if (this.pictureUrl) URL.revokeObjectURL(this.pictureUrl);
    this.pictureUrl = URL.createObjectURL(new Blob([entry.bytes], { type: entry.type }));
    this.picture.src = this.pictureUrl;
  }
}
