// Files of what is on the map, made by the server, and the Python that makes them again.
import { download, made } from "../data/made.js";
import { explorationOf } from "../view/exploration.js";
import { element, find, findAs } from "../figures/elements.js";
import { mounted } from "../controls/mounted.js";
import { Segments } from "../controls/segments.js";

/** @import { Exploration } from "../view/exploration.js" */

/**
 * key: of the exploration. picture: the name of the picture's file, for Python. formats, live: titles of files and of live pages,
 * by the ending of the file's name.
 *
 * @typedef {{ key: string, picture: string, formats: Record<string, string>, live: Record<string, string> }} FilesData
 */

const SIZES = { 1: "1×", 2: "2×", 4: "4×" };

export class MapFiles {
  size = "1";
  /** @type {HTMLButtonElement[]} */ live = [];
  /** @type {Exploration | undefined} */ exploration;
  /** @type {FilesData} */ data;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.sizes = new Segments(find(root, ".sizes"), (size) => {
      this.size = size;
      this.draw();
    });
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
    if (!this.exploration) this.offer(data);
    this.exploration ??= explorationOf(data.key);
    this.exploration.figures.add(this.figure);
    this.draw();
  }

  /** @param {FilesData} data */
  offer({ formats, live }) {
    const buttons = (/** @type {Record<string, string>} */ titles) =>
      Object.entries(titles).map(([format, name]) => this.button(format, name));
    this.live = buttons(live);
    find(this.root, ".formats").append(...buttons(formats));
    find(this.root, ".live").append(...this.live);
  }

  /** @param {string} format @param {string} name */
  button(format, name) {
    const button = Object.assign(element("button", "", name), { type: "button" });
    button.addEventListener("click", () => {
      const wanted = { kind: "file", body: this.asked(format) };
      void download(button, this.exploration?.source, wanted, (says) => this.say(says));
    });
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
    find(this.root, ".live").hidden = !data.inBrowser || settings.depth !== "layer";
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

  async writePython() {
    const asked = this.asked("png");
    const about = JSON.stringify(asked);
    if (this.python.dataset.about === about) return;
    this.python.dataset.about = about;
    const wanted = { kind: "snippet", body: asked };
    const written = await made(this.exploration?.source, wanted, (says) => this.say(says));
    if (written && this.python.dataset.about === about) find(this.root, "code").textContent = written.entry.code;
  }

  /** @param {string} says */
  say(says) {
    const node = find(this.root, ".says");
    node.textContent = says;
    node.hidden = !says;
  }
}

export default mounted(MapFiles, ".regard-map-files");
