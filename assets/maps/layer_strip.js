// Depth: a small live map a layer. The pointer over them scrubs, a click chooses, and they play one after another.
import { element, find, findAs } from "../figures/elements.js";
import { MAP_METHODS } from "../data/map_methods.js";
import { MapImage } from "../figures/draw.js";
import { layerName } from "../view/settings.js";

/** @import { ExplorerData } from "../view/exploration.js" */

/**
 * What has layers: an exploration, or one side of a comparison.
 *
 * @typedef {object} Layered
 * @property {ExplorerData} data
 * @property {{ depth: string, layer: number }} settings
 * @property {number} layer the shown one
 * @property {(changes: { depth: string }) => void} set
 * @property {(layer: number | null) => void} scrub
 * @property {(layer: number) => void} choose
 * @property {(by: number) => void} step
 * @property {(layer: number) => boolean} has
 * @property {(layer: number, image: MapImage) => boolean} drawThumb false while there is none
 */

const STEP_MS = 450;
/** @type {Record<string, number>} */
const STEPS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, Home: -Infinity, End: Infinity };

export class LayerStrip {
  /** @type {ReturnType<LayerStrip["newItem"]>[]} */ items = [];
  /** @type {ReturnType<typeof setInterval> | undefined} */ playing;
  /** @type {((layer: number) => void) | undefined} called where a layer is wanted that is not there */ wants;

  /**
   * @param {HTMLElement} root
   * @param {Layered} exploration
   */
  constructor(root, exploration) {
    this.root = root;
    this.exploration = exploration;
    this.layers = find(root, ".layers");
    this.play = findAs(root, ".play", HTMLButtonElement);
    this.methods = Object.entries(MAP_METHODS).map(([name, { button }]) => this.newMethod(name, button));
    root.append(...this.methods.map(({ button }) => button));
    this.play.addEventListener("click", () => (this.playing ? this.stop() : this.start()));
    this.layers.addEventListener("pointermove", (event) => this.point(event));
    this.layers.addEventListener("pointerdown", (event) => this.press(event));
    this.layers.addEventListener("pointerup", (event) => event.pointerType === "touch" && this.choose(this.at(event)));
    this.layers.addEventListener("pointerleave", () => !this.playing && exploration.scrub(null));
    this.layers.addEventListener("click", (event) => this.choose(this.at(event)));
    this.layers.addEventListener("keydown", (event) => this.key(event));
  }

  close() {
    clearInterval(this.playing);
  }

  draw() {
    this.mark();
    this.drawThumbs();
  }

  /** Which layers there are, which is chosen, and which is shown. */
  mark() {
    const { data, settings, layer } = this.exploration;
    this.root.hidden = data.layers.length < 2;
    if (this.root.hidden) return;
    const rolled = settings.depth !== "layer";
    while (this.items.length < data.layers.length) this.items.push(this.newItem());
    this.layers.style.setProperty("--aspect", String(data.grid.cols / data.grid.rows));
    this.items.forEach(({ button }, at) => {
      button.hidden = at >= data.layers.length;
      if (button.hidden) return;
      const chosen = !rolled && at === settings.layer;
      button.setAttribute("aria-checked", String(chosen));
      button.tabIndex = at === settings.layer ? 0 : -1;
      button.classList.toggle("shown", !rolled && at === layer);
    });
    for (const { name, button } of this.methods) {
      button.hidden = !data.rollout;
      button.setAttribute("aria-pressed", String(settings.depth === name));
    }
  }

  drawThumbs() {
    if (this.root.hidden) return;
    this.items.forEach(({ button, image }, at) => {
      if (button.hidden) return;
      const drawn = this.exploration.drawThumb(at, image);
      button.classList.toggle("absent", !drawn);
      if (!drawn) image.context.clearRect(0, 0, image.canvas.width, image.canvas.height);
    });
  }

  /** A button of two lines that shows the map through all layers, and again the layer. @param {string} name @param {string[]} lines */
  newMethod(name, [first, second]) {
    const button = Object.assign(element("button", "rollout", first), { type: "button" });
    button.append(element("small", "", second));
    button.addEventListener("click", () => {
      this.stop();
      this.exploration.set({ depth: this.exploration.settings.depth === name ? "layer" : name });
    });
    return { name, button };
  }

  newItem() {
    const at = this.items.length;
    const button = Object.assign(document.createElement("button"), { type: "button" });
    const image = new MapImage();
    const name = layerName(this.exploration.data, at);
    button.setAttribute("role", "radio");
    button.ariaLabel = `Layer ${name}`;
    button.dataset.layer = String(at);
    button.append(image.canvas, element("span", "", name));
    this.layers.append(button);
    return { button, image };
  }

  /**
   * The layer under the pointer; between two thumbnails the nearer one.
   *
   * @param {MouseEvent} event
   */
  at({ clientX }) {
    const { left, width } = this.layers.getBoundingClientRect();
    const count = this.exploration.data.layers.length;
    return Math.max(0, Math.min(count - 1, Math.floor(((clientX - left) / width) * count)));
  }

  /** @param {PointerEvent} event */
  point(event) {
    if (!this.playing && (event.pointerType !== "touch" || event.buttons)) this.exploration.scrub(this.at(event));
  }

  /** @param {PointerEvent} event */
  press(event) {
    this.stop();
    if (event.pointerType === "touch") this.layers.setPointerCapture(event.pointerId);
    this.exploration.scrub(this.at(event));
  }

  /** @param {number} layer */
  choose(layer) {
    this.exploration.choose(layer);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (!(event.key in STEPS) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.stop();
    this.exploration.step(STEPS[event.key]);
    this.items[this.exploration.settings.layer].button.focus();
  }

  start() {
    const { exploration } = this;
    if (exploration.settings.depth !== "layer") exploration.set({ depth: "layer" });
    this.play.setAttribute("aria-pressed", "true");
    const next = () => {
      const following = (exploration.layer + 1) % exploration.data.layers.length;
      if (!exploration.data.inBrowser || exploration.has(following)) exploration.scrub(following);
      else this.wants?.(following);
    };
    this.playing = setInterval(next, STEP_MS);
    next();
  }

  /** What is shown stays. */
  stop() {
    if (!this.playing) return;
    clearInterval(this.playing);
    this.playing = undefined;
    this.play.setAttribute("aria-pressed", "false");
    this.choose(this.exploration.layer);
  }
}
