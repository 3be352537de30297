// Files of what is on the map, made by the server, and the Python that makes them again.
import { explorationOf } from "../explorer/exploration.js";
import { made } from "../data/made.js";
import { downloadBlob } from "../shared/download.js";
import { element, find, findAs } from "../shared/elements.js";
import { mounted } from "../shared/mounted.js";
import { Segments } from "../shared/segments.js";

/** @import { Exploration } from "../explorer/exploration.js" */

/** key: of the exploration. picture: the name of the picture's file, for Python. @typedef {{ key: string, picture: string }} FilesData */

/** Names of buttons, by format (ui/data/files.py). */
const FORMATS = { png: "PNG", svg: "SVG", pdf: "PDF", csv: "Weights (CSV)", npz: "Arrays (NPZ)" };
const LIVE = { html: "Live page (HTML)", "all-layers.html": "Live page, all layers" };
const SIZES = { 1: "1×", 2: "2×", 4: "4×" };

export class MapFiles {
  size = "1";
  /** @type {Exploration | undefined} */ exploration;
  /** @type {FilesData} */ data;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.sizes = new Segments(find(root, ".sizes"), (size) => {
      this.size = size;
      this.draw();
    });
    this.live = Object.entries(LIVE).map(([format, name]) => this.button(format, name));
    find(root, ".formats").append(...Object.entries(FORMATS).map(([format, name]) => this.button(format, name)));
    find(root, ".live").append(...this.live);
    this.python = findAs(root, ".python", HTMLDetailsElement);
    this.python.addEventListener("toggle", () => this.draw());
    root.addEventListener("change", () => this.draw());
    find(root, ".copy").addEventListener("click", () => void navigator.clipboard.writeText(this.code));
    this.figure = { draw: () => this.draw(), seen: () => this.root.checkVisibility() };
  }

  close() {
    this.exploration?.figures.delete(this.figure);
  }

  /** @param {FilesData} data */
  show(data) {
    this.data = data;
    this.exploration ??= explorationOf(data.key);
    this.exploration.figures.add(this.figure);
    this.draw();
  }

  /** @param {string} format @param {string} name */
  button(format, name) {
    const button = Object.assign(element("button", "", name), { type: "button" });
    button.addEventListener("click", () => void this.download(format, button));
    return button;
  }

  get code() {
    return find(this.root, "code").textContent ?? "";
  }

  draw() {
    const { exploration } = this;
    if (!exploration?.data) return;
    const { data, settings } = exploration;
    this.sizes.show(SIZES, this.size);
    find(this.root, ".live").hidden = !data.inBrowser || settings.depth === "rollout";
    this.live[1].hidden = data.layers.length < 2;
    if (this.python.open) void this.writePython();
  }

  /** What the server is asked for. @param {string} format */
  asked(format) {
    const { exploration, size, data } = this;
    const view = { ...exploration?.settings, pin: exploration?.askingPlace };
    const boxes = [...this.root.querySelectorAll("input")].map(({ name, checked }) => [name, checked]);
    return { view, format, figure: { size: Number(size), ...Object.fromEntries(boxes) }, picture: data.picture };
  }

  /** @param {string} format @param {HTMLButtonElement} button */
  async download(format, button) {
    button.disabled = true;
    const file = await this.made("file", this.asked(format));
    button.disabled = false;
    if (file) downloadBlob(new Blob([file.arrays.bytes], { type: file.entry.type }), file.entry.name);
  }

  async writePython() {
    const asked = this.asked("png");
    const about = JSON.stringify(asked);
    if (this.python.dataset.about === about) return;
    this.python.dataset.about = about;
    const written = await this.made("snippet", asked);
    if (written && this.python.dataset.about === about) find(this.root, "code").textContent = written.entry.code;
  }

  /** What the server makes; null if it fails, which is said. @param {string} kind @param {Record<string, unknown>} body */
  made(kind, body) {
    return made(this.exploration?.source, { kind, body }, (says) => this.say(says));
  }

  /** @param {string} says */
  say(says) {
    const node = find(this.root, ".says");
    node.textContent = says;
    node.hidden = !says;
  }
}

export default mounted(MapFiles, ".regard-map-files");
