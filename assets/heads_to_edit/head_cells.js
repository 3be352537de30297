// The heads of the model as it is, a row a layer: what each looks at, and what is done to it.
import { HeadsImage } from "../figures/heads_image.js";
import { gapOf, sizeOf, uprightOf } from "../figures/heads_layout.js";
import { layerName } from "../view/settings.js";
import { element, find } from "../figures/elements.js";
import { kindName, kindOf } from "../edits/acts_text.js";

/** @import { Side } from "../compare/side.js" */
/** @import { ExplorerData } from "../view/exploration.js" */
/** @import { Shape } from "../figures/heads_layout.js" */
/** @import { Acts } from "../edits/acts.js" */

/**
 * @typedef {object} Owner
 * @property {Acts} acts
 * @property {(layer: number) => number} call the number by which a drawn layer's edits name it
 * @property {(layer: number, head: number | null) => void} onHead a click on a head, or on a whole layer
 */

const NARROW = matchMedia("(max-width: 767px)");
/** @type {Record<string, [number, number]>} */
const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
/** What stands on a head to which something is done. @type {Record<string, string>} */
const MARKS = { off: "×", mean: "m", even: "=", in: "□", out: "■" };

/** @param {string} kind */
export function markOf(kind) {
  if (kind.startsWith("t")) return Number(kind.slice(1)) < 1 ? "∧" : "~";
  return MARKS[/^[a-z]+/.exec(kind)?.[0] ?? ""] ?? "";
}

export class HeadCells {
  image = new HeadsImage();
  /** By layer and head. @type {HTMLButtonElement[][]} */ buttons = [];
  /** By layer. @type {HTMLButtonElement[]} */ wholes = [];
  /** What was built, and what is marked in it. */ about = "";
  marked = "";
  /** Whether a layer is a column: so the grid is low enough to stand over the pictures of a phone. */ turned = false;
  /** Where Tab comes to: the head that had the focus last. @type {{ layer: number, head: number | null } | null} */ stop =
    null;
  /** How far a head moves the model, by layer and head, where that is known. @type {(number | null)[][] | null} */ effects =
    null;

  /**
   * @param {HTMLElement} root
   * @param {HTMLElement} told
   * @param {Side} side
   * @param {Owner} owner
   */
  constructor(root, told, side, owner) {
    this.root = root;
    this.told = told;
    this.side = side;
    this.owner = owner;
    this.maps = find(root, ".maps");
    this.cells = find(root, ".cells");
    this.down = find(root, ".down");
    this.maps.prepend(this.image.canvas);
    root.addEventListener("click", ({ target }) => {
      const place = placeOf(target);
      if (place) owner.onHead(place.layer, place.head);
    });
    root.addEventListener("keydown", (event) => this.key(event));
    root.addEventListener("focusin", ({ target }) => this.stopAt(placeOf(target)));
    for (const event of ["pointerover", "focusin"]) root.addEventListener(event, ({ target }) => this.tell(placeOf(target)));
    for (const event of ["pointerleave", "focusout"]) root.addEventListener(event, () => this.tell(null));
  }

  close() {
    this.image.canvas.remove();
  }

  draw() {
    const { exploration, data } = this.side;
    if (!data) return;
    this.build(data);
    this.mark(data);
    if (!data.inBrowser) return;
    let changed = false;
    data.layers.forEach((of, layer) => {
      const found = exploration.rowsOf(layer);
      changed = this.image.paint(layer, of, found, exploration.settings) || changed;
      for (const button of this.buttons[layer]) button.classList.toggle("absent", !found);
    });
    if (changed) this.image.show();
  }

  /** @param {ExplorerData} data */
  build(data) {
    const shape = { ...uprightOf(data), turned: NARROW.matches };
    const about = JSON.stringify([data.recording, shape]);
    if (about === this.about) return;
    Object.assign(this, { about, marked: "", stop: null, turned: shape.turned });
    this.root.classList.toggle("turned", shape.turned);
    this.image.resize(shape);
    this.layOut(shape);
    this.buttons = data.layers.map(({ numHeads }, layer) =>
      Array.from({ length: shape.heads }, (_, head) => cell(layerName(data, layer), layer, head, head < numHeads)),
    );
    for (const button of this.buttons.flat()) button.classList.toggle("absent", true);
    this.cells.replaceChildren(...this.buttons.flat());
    this.wholes = data.layers.map((_, layer) => cell(layerName(data, layer), layer, null, true));
    this.down.replaceChildren(...this.wholes);
    const heads = Array.from({ length: shape.heads }, (_, head) => element("span", "", String(head)));
    find(this.root, ".across").replaceChildren(...heads);
    this.tell(null);
  }

  /** @param {Shape} shape */
  layOut(shape) {
    const { width, height } = sizeOf(shape);
    const gap = gapOf(shape);
    for (const [name, value] of Object.entries({ aspect: width / height, layers: shape.layers, heads: shape.heads }))
      this.root.style.setProperty(`--${name}`, String(value));
    this.root.style.setProperty("--gap-down", `${(100 * gap) / height}%`);
    this.root.style.setProperty("--gap-across", `${(100 * gap) / width}%`);
  }

  /** What is done to each, and which layer is on the pictures. @param {ExplorerData} data */
  mark(data) {
    const { acts, call } = this.owner;
    const { layer: shown } = this.side;
    const stop = this.stop ?? { layer: shown, head: 0 };
    const marked = JSON.stringify([acts.wanted.edits, shown, stop]);
    if (marked === this.marked) return;
    this.marked = marked;
    const { list } = acts;
    this.buttons.forEach((heads, layer) =>
      heads.forEach((button, head) => {
        const kind = kindOf(list, call(layer), head);
        button.ariaPressed = String(kind !== "");
        button.dataset.mark = markOf(kind);
        button.title = `Layer ${layerName(data, layer)}, head ${head}${kind ? `: ${kindName(kind)}` : ""}`;
        button.ariaLabel = button.title;
        button.tabIndex = layer === stop.layer && head === stop.head ? 0 : -1;
      }),
    );
    this.wholes.forEach((button, layer) => {
      button.classList.toggle("shown", layer === shown);
      button.tabIndex = stop.head === null && layer === stop.layer ? 0 : -1;
    });
  }

  get hint() {
    const whole = `A number ${this.turned ? "above" : "on the left"}: its whole layer.`;
    return this.side.data.inBrowser ? whole : `${whole} What heads look at stands below the pictures.`;
  }

  /** @param {{ layer: number, head: number | null } | null} place */
  tell(place) {
    const { data } = this.side;
    if (!data) this.told.textContent = "";
    else if (!place) this.told.textContent = this.hint;
    else if (place.head === null) this.told.textContent = `Layer ${layerName(data, place.layer)}: all its heads`;
    else this.told.textContent = `Layer ${layerName(data, place.layer)}, head ${place.head}`;
  }

  /** @param {{ layer: number, head: number | null } | null} place */
  stopAt(place) {
    if (!place || !this.side.data) return;
    this.stop = place;
    this.mark(this.side.data);
  }

  /** The arrow keys walk through heads and layers' numbers, which stand before head 0. @param {KeyboardEvent} event */
  key(event) {
    const place = placeOf(event.target);
    if (!place || !(event.key in STEPS)) return;
    event.preventDefault();
    const [down, right] = STEPS[event.key];
    const [byLayer, byHead] = this.turned ? [right, down] : [down, right];
    const [layer, head] = [place.layer + byLayer, (place.head ?? -1) + byHead];
    const next = head < 0 ? this.wholes[layer] : this.buttons[layer]?.[head];
    if (next && !next.disabled) next.focus();
  }
}

/**
 * @param {string} name of the layer
 * @param {number} layer
 * @param {number | null} head null for all
 * @param {boolean} exists
 */
function cell(name, layer, head, exists) {
  const button = Object.assign(element("button", "", head === null ? name : ""), { type: "button", disabled: !exists });
  button.dataset.layer = String(layer);
  if (head === null) Object.assign(button, { title: `All heads of layer ${name}`, ariaLabel: `All heads of layer ${name}` });
  else button.dataset.head = String(head);
  return button;
}

/** @param {EventTarget | null} target */
function placeOf(target) {
  if (!(target instanceof HTMLButtonElement) || target.dataset.layer === undefined) return null;
  const { layer, head } = target.dataset;
  return { layer: Number(layer), head: head === undefined ? null : Number(head) };
}
