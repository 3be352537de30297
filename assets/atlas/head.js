// One head over many pictures: its spread, and the pictures that it answers to most and least. A click opens one of them.
import { element, find, findAs, numberSpan } from "../figures/elements.js";
import { aloneOf } from "../figures/figure_files.js";
import { formatButtons } from "../figures/figure_formats.js";
import { formatNumber } from "../figures/numbers.js";
import { drawSpread } from "./spread.js";

/** @import { Place } from "./layout.js" */

/** @typedef {{ name: string, value: number, bytes: number }} Answer a picture; the length of its JPEG, 0 where it is gone */

/**
 * @typedef {object} Said
 * @property {Place} place
 * @property {{ title: string, unit: string }} measure
 * @property {number[]} edges of the bars, one more than bars
 * @property {number[]} counts
 * @property {(number | null)[]} quantiles
 * @property {number | null} mean
 * @property {[number | null, number | null]} interval
 * @property {number | null} deviation
 * @property {number} pictures
 * @property {Answer[]} most
 * @property {Answer[]} least
 * @property {{ title: string, mean: number | null } | null} other
 * @property {string} note
 * @property {Uint8Array<ArrayBuffer>} images all JPEGs, one after the other
 */

export class AtlasHead {
  /** @type {Said | undefined} */ said;
  /** @type {string[]} */ urls = [];
  /** What the pictures are: made anew, one under a finger would miss its click. */ about = "";

  /**
   * @param {HTMLElement} root
   * @param {(name: string, place: Place) => void} open called with a picture that is clicked, and the head
   */
  constructor(root, open) {
    this.root = root;
    this.open = open;
    this.svg = findAs(root, ".spread", SVGSVGElement);
    const drawing = { svg: () => aloneOf(this.svg), name: () => this.fileName() };
    const buttons = formatButtons(() => drawing);
    for (const button of buttons) button.ariaLabel = `Spread as ${button.textContent}`;
    find(root, ".figure-files").append(...buttons);
    this.sizes = new ResizeObserver(() => this.said && drawSpread(this.svg, this.said));
    this.sizes.observe(root);
  }

  /** @param {Said} said */
  show(said) {
    this.said = said;
    const { root } = this;
    const { layer, head } = said.place;
    find(root, "h2").textContent = `Layer ${layer}, head ${head}`;
    this.sum(said);
    drawSpread(this.svg, said);
    find(root, ".note").textContent = said.note;
    const about = JSON.stringify([said.place, said.measure, said.most, said.least]);
    if (about === this.about) return;
    this.about = about;
    this.release();
    let at = 0;
    for (const [part, title] of /** @type {const} */ ([
      ["most", "Most"],
      ["least", "Least"],
    ])) {
      const answers = said[part];
      find(root, `.${part}`).hidden = !answers.length;
      find(root, `.${part} h3`).textContent = `${title}: click a picture to look into it`;
      find(root, `.${part} ul`).replaceChildren(
        ...answers.map((answer) => {
          const item = this.item(answer, said.images.slice(at, at + answer.bytes));
          at += answer.bytes;
          return item;
        }),
      );
    }
  }

  close() {
    this.sizes.disconnect();
    this.release();
  }

  fileName() {
    const { place = { layer: 0, head: 0 }, measure } = this.said ?? {};
    return `layer-${place.layer}-head-${place.head}-${measure?.title ?? ""}`.toLowerCase().replaceAll(" ", "-");
  }

  release() {
    for (const url of this.urls) URL.revokeObjectURL(url);
    this.urls = [];
  }

  /** @param {Said} said */
  sum({ mean, interval, deviation, pictures, measure, other }) {
    const sum = find(this.root, ".sum");
    if (mean === null) return sum.replaceChildren("No picture has this number.");
    const [low, high] = interval;
    const number = (/** @type {string} */ name, /** @type {number} */ value) =>
      numberSpan(value, name, formatNumber(value, "readout"));
    sum.replaceChildren(`${measure.title}: `, number("mean", mean), ` ${measure.unit}`);
    if (low !== null && high !== null) sum.append(" [", number("low", low), ", ", number("high", high), "]");
    if (deviation !== null) sum.append(", standard deviation ", number("deviation", deviation));
    sum.append(` over ${pictures.toLocaleString("en")} pictures`);
    if (other && other.mean !== null) sum.append("; ", number("other", other.mean), ` in “${other.title}”`);
    sum.append(".");
  }

  /** @param {Answer} answer @param {Uint8Array<ArrayBuffer>} bytes */
  item({ name, value }, bytes) {
    const item = element("li");
    const button = Object.assign(element("button"), { type: "button", title: name });
    button.setAttribute("aria-label", `${name}: ${formatNumber(value, "short")}`);
    if (bytes.length) {
      const url = URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" }));
      this.urls.push(url);
      button.append(Object.assign(element("img"), { src: url, alt: "" }));
    } else button.append(element("span", "gone", "not there any more"));
    button.append(numberSpan(value, "", formatNumber(value, "readout")));
    if (bytes.length) button.addEventListener("click", () => this.said && this.open(name, this.said.place));
    else button.disabled = true;
    item.append(button);
    return item;
  }
}
