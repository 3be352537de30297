// Every head of every layer at once, for the token that asks: a row a layer, a column a head.
import { element } from "../figures/elements.js";
import { chooseHead, showHead } from "../view/head_choice.js";
import { HeadsImage } from "../figures/heads_image.js";
import { HeadsMarks } from "./heads_marks.js";
import { countsOf, everyNth, gapOf, sizeOf, uprightOf } from "../figures/heads_layout.js";
import { layerName } from "../view/settings.js";

/** @import { Exploration, ExplorerData } from "../view/exploration.js" */
/** @import { HeadPlace } from "../view/head_choice.js" */
/** @import { Numbered } from "./heads_marks.js" */
/** @import { Shape } from "../figures/heads_layout.js" */

const NUMBER_PX = { down: 13, across: 18 }; // that a written number needs
/** @type {Record<string, [number, number]>} */
const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

export class AllHeads {
  image = new HeadsImage();
  cells = element("div", "cells");
  numbers = { down: element("div", "numbers down"), across: element("div", "numbers across") };
  /** By layer and head. @type {HTMLButtonElement[][]} */ buttons = [];
  /** @type {Shape | undefined} */ shape;
  inSight = false;
  /** Heads in another order than that of the layers. @type {readonly HeadPlace[] | null} */ order = null;
  /** Numbers that stand, with their colours, in place of the maps. @type {Numbered | null} */ numbered = null;
  /** The first of a ranking, which are marked. @type {readonly HeadPlace[]} */ first = [];
  /** What was built, and what is marked in it. */ about = "";
  marked = "";
  marks = new HeadsMarks();

  /**
   * @param {HTMLElement} root
   * @param {Exploration} exploration
   * @param {(shape: Omit<Shape, "turned">) => boolean} turns whether layers stand beside each other
   */
  constructor(root, exploration, turns = () => false) {
    this.root = root;
    this.exploration = exploration;
    this.turns = turns;
    this.cells.setAttribute("role", "group");
    root.append(this.image.canvas, this.cells, this.numbers.down, this.numbers.across);
    this.listen();
    this.sights = new IntersectionObserver((seen) => {
      this.inSight = seen[seen.length - 1].isIntersecting;
      this.draw();
    });
    this.sights.observe(root);
    this.sizes = new ResizeObserver(() => {
      this.draw();
      this.thin();
    });
    this.sizes.observe(root);
  }

  close() {
    this.sights.disconnect();
    this.sizes.disconnect();
  }

  listen() {
    this.cells.addEventListener("click", ({ target, shiftKey, ctrlKey, metaKey }) => {
      const place = placeOf(target);
      if (place) chooseHead(this.exploration, place, shiftKey || ctrlKey || metaKey);
    });
    this.cells.addEventListener("keydown", (event) => this.key(event));
    for (const event of ["pointerover", "focusin"])
      this.cells.addEventListener(event, ({ target }) => this.exploration.pointAt(placeOf(target)));
    for (const event of ["pointerleave", "focusout"]) this.cells.addEventListener(event, () => this.exploration.pointAt(null));
  }

  /** Whether the browser has, or will have, what the heads of all layers need. @param {Exploration} exploration */
  static fits({ data }) {
    return data.inBrowser && data.allLayers;
  }

  draw() {
    const { exploration, image } = this;
    const { data, settings } = exploration;
    if (!data || !AllHeads.fits(exploration)) return;
    this.build(data);
    this.mark();
    this.marks.arrange(this);
    this.point(exploration.head);
    if (!this.inSight) return;
    if (this.numbered) return this.marks.colour(this, this.numbered);
    this.marks.uncolour(this);
    let changed = false;
    data.layers.forEach((of, layer) => {
      const found = exploration.rowsOf(layer);
      if (!image.paint(layer, of, found, settings)) return;
      changed = true;
      for (const button of this.buttons[layer]) button.classList.toggle("absent", !found);
    });
    if (changed) image.show();
  }

  /** Image and cells anew, where the model, the grid or the room is another. @param {ExplorerData} data */
  build(data) {
    const upright = uprightOf(data);
    const { heads } = upright;
    const shape = { ...upright, turned: this.turns(upright) };
    const about = JSON.stringify([data.recording, shape]);
    if (about === this.about) return;
    Object.assign(this, { about, shape, marked: "" });
    this.marks.arranged = "";
    this.image.resize(shape);
    const { width, height } = sizeOf(shape);
    this.root.style.setProperty("--aspect", String(width / height));
    const { down, across } = countsOf(shape);
    const gap = `${(100 * gapOf(shape)) / height}% ${(100 * gapOf(shape)) / width}%`;
    this.cells.style.cssText = `grid: repeat(${down}, 1fr) / repeat(${across}, 1fr); gap: ${gap}`;
    this.cells.ariaLabel = `All heads: ${shape.turned ? "a column a layer, a row a head" : "a row a layer, a column a head"}`;
    this.buttons = data.layers.map(({ numHeads }, layer) =>
      Array.from({ length: heads }, (_, head) => newCell(layerName(data, layer), layer, head, head < numHeads)),
    );
    const reading = shape.turned
      ? Array.from({ length: heads }, (_, head) => this.buttons.map((layer) => layer[head]))
      : this.buttons;
    this.cells.replaceChildren(...reading.flat());
    this.number(data, shape, gap);
  }

  /**
   * @param {ExplorerData} data
   * @param {Shape} shape
   * @param {string} gap
   */
  number(data, shape, gap) {
    const { down, across } = this.numbers;
    const layers = data.layers.map((_, layer) => element("span", "of-layer", layerName(data, layer)));
    const heads = Array.from({ length: shape.heads }, (_, head) => element("span", "", String(head)));
    down.replaceChildren(...(shape.turned ? heads : layers));
    across.replaceChildren(...(shape.turned ? layers : heads));
    for (const numbers of [down, across]) Object.assign(numbers, { ariaHidden: "true" }).style.gap = gap;
    this.thin();
  }

  /** Leave out numbers that there is no room for. */
  thin() {
    const { down, across } = this.numbers;
    keepEvery(down, everyNth(this.root.clientHeight / down.children.length, NUMBER_PX.down));
    keepEvery(across, everyNth(this.root.clientWidth / across.children.length, NUMBER_PX.across));
  }

  /** Which of them are on the map. */
  mark() {
    const { settings, layer: shown } = this.exploration;
    const marked = `${settings.depth} ${shown} ${settings.heads}`;
    if (marked === this.marked) return;
    this.marked = marked;
    const first = settings.heads?.[0] ?? 0;
    this.buttons.forEach((heads, layer) =>
      heads.forEach((button, head) => {
        const here = settings.depth === "layer" && layer === shown;
        button.ariaPressed = String(here && !button.disabled && (settings.heads?.includes(head) ?? true));
        button.tabIndex = layer === shown && head === first ? 0 : -1;
      }),
    );
    this.root.querySelectorAll(".of-layer").forEach((number, layer) => number.classList.toggle("shown", layer === shown));
  }

  /** Mark a head that is pointed at, here or elsewhere. @param {HeadPlace | null} place */
  point(place) {
    const now = this.cells.querySelector(".pointed");
    now?.classList.remove("pointed");
    if (place) this.buttons[place.layer]?.[place.head]?.classList.add("pointed");
  }

  /** The arrow keys walk; what they come to is on the map. @param {KeyboardEvent} event */
  key(event) {
    const place = placeOf(event.target);
    if (!place || !(event.key in STEPS)) return;
    event.preventDefault();
    const [down, right] = STEPS[event.key];
    const next = this.neighbour(place, down, right);
    const button = next && this.buttons[next.layer]?.[next.head];
    if (!button || button.disabled) return;
    showHead(this.exploration, next);
    button.focus();
  }

  /**
   * @param {HeadPlace} place
   * @param {number} down
   * @param {number} right
   * @returns {HeadPlace | undefined}
   */
  neighbour({ layer, head }, down, right) {
    const { order, shape } = this;
    if (!order || !shape) {
      const [further, aside] = shape?.turned ? [right, down] : [down, right];
      return { layer: layer + further, head: head + aside };
    }
    return order[order.findIndex((each) => each.layer === layer && each.head === head) + down * shape.heads + right];
  }
}

/**
 * @param {HTMLElement} numbers
 * @param {number} step
 */
function keepEvery(numbers, step) {
  [...numbers.children].forEach((number, at) => number.classList.toggle("left-out", at % step > 0));
}

/**
 * @param {string} name of the layer
 * @param {number} layer
 * @param {number} head
 * @param {boolean} exists
 */
function newCell(name, layer, head, exists) {
  const button = Object.assign(document.createElement("button"), { type: "button", title: `layer ${name}, head ${head}` });
  button.ariaLabel = `Layer ${name}, head ${head}`;
  button.disabled = !exists;
  Object.assign(button.dataset, { layer: String(layer), head: String(head), name: `${name}.${head}` });
  return button;
}

/** @param {EventTarget | null} target @returns {HeadPlace | null} */
function placeOf(target) {
  if (!(target instanceof HTMLButtonElement)) return null;
  return { layer: Number(target.dataset.layer), head: Number(target.dataset.head) };
}
