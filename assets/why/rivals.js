// The keys with the largest weights in the query's row, each with what is on the picture there, and the key of the pair among them.
import { contextOf, element, writeNumber } from "../figures/elements.js";
import { fixed, formatNumber } from "../figures/numbers.js";

/** @import { Explained } from "./explained.js" */
/** @import { Pair } from "./pair.js" */

const MOST = 7;
const AROUND = 1; // patches shown on each side
const TILE = 30; // CSS px

export class Rivals {
  /** @type {ReturnType<Rivals["newItem"]>[]} */ items = [];
  /** @type {number[]} */ tokens = [];

  /**
   * @param {HTMLElement} list
   * @param {HTMLImageElement} picture
   * @param {Pair} pair
   */
  constructor(list, picture, pair) {
    this.list = list;
    this.picture = picture;
    this.pair = pair;
    picture.addEventListener("load", () => this.items.forEach(({ canvas }) => delete canvas.dataset.of));
    list.addEventListener("keydown", (event) => this.key(event));
  }

  /**
   * @param {Pick<Explained, "strongest" | "rank" | "weights" | "scores" | "decimals">} found
   */
  show({ strongest, rank, weights, scores, decimals }) {
    const { pair } = this;
    const shown = strongest.slice(0, MOST);
    if (!shown.includes(pair.key)) shown.push(pair.key);
    this.tokens = shown;
    while (this.items.length < shown.length) this.items.push(this.newItem());
    this.items.forEach(({ item }, at) => (item.hidden = at >= shown.length));
    shown.forEach((token, at) => {
      const { item, button, canvas, name, place, bar, score, weight } = this.items[at];
      const own = token === pair.key;
      item.classList.toggle("apart", at === MOST && rank > MOST);
      item.dataset.token = String(token);
      button.setAttribute("aria-pressed", String(own));
      button.tabIndex = own ? 0 : -1;
      button.disabled = pair.incoming;
      place.textContent = String((token === pair.key ? rank : at) + 1);
      name.textContent = pair.nameOf(token);
      bar.style.width = `${(100 * weights[token]) / weights[strongest[0]]}%`;
      writeNumber(score, scores[token], fixed(scores[token], decimals));
      writeNumber(weight, weights[token], formatNumber(weights[token], "readout"));
      this.tile(canvas, token);
    });
  }

  /**
   * What is on the picture at a patch and around it.
   *
   * @param {HTMLCanvasElement} canvas
   * @param {number} token
   */
  tile(canvas, token) {
    const { picture, pair } = this;
    const { rows, cols } = pair.layer;
    const of = `${picture.src}/${rows}/${token}`;
    if (canvas.dataset.of === of || !picture.complete || !picture.naturalWidth) return;
    canvas.dataset.of = of;
    const context = contextOf(canvas);
    context.clearRect(0, 0, canvas.width, canvas.height);
    const block = pair.blockOf(token);
    canvas.classList.toggle("none", !block);
    if (!block) return;
    const [width, height] = [picture.naturalWidth / cols, picture.naturalHeight / rows];
    const [x, y] = [(block.col - AROUND) * width, (block.row - AROUND) * height];
    const across = 2 * AROUND + 1;
    context.drawImage(picture, x, y, across * width, across * height, 0, 0, canvas.width, canvas.height);
    const size = canvas.width / across;
    for (const [colour, line] of /** @type {const} */ ([
      ["#000", 5],
      ["#fff", 2.5],
    ])) {
      context.strokeStyle = colour;
      context.lineWidth = line;
      context.strokeRect(AROUND * size, AROUND * size, size, size);
    }
  }

  newItem() {
    const item = element("li");
    const button = Object.assign(element("button"), { type: "button" });
    const canvas = Object.assign(element("canvas"), { width: 2 * TILE, height: 2 * TILE });
    canvas.ariaHidden = "true";
    const [place, name, track] = [element("span", "rank"), element("span", "name"), element("span", "track")];
    const [bar, score, weight] = [element("span", "bar"), element("span", "score"), element("span", "weight")];
    track.append(bar);
    button.append(place, canvas, name, score, weight, track);
    item.append(button);
    const at = this.items.length;
    const point = () => this.pair.incoming || this.pair.held !== null || this.pair.point(this.tokens[at]);
    button.addEventListener("pointerenter", point);
    button.addEventListener("focus", point);
    button.addEventListener("click", () => this.hold(this.tokens[at]));
    this.list.append(item);
    return { item, button, canvas, name, place, bar, score, weight };
  }

  /** @param {number} token */
  hold(token) {
    const { pair } = this;
    pair.hold(pair.held === token ? null : token);
    if (pair.held === null) pair.point(token);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const at = this.items.findIndex(({ button }) => button === event.target);
    if (!by || at < 0) return;
    event.preventDefault();
    this.items[Math.max(0, Math.min(this.tokens.length - 1, at + by))].button.focus();
  }
}
