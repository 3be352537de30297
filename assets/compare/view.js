// The comparison: one row of tools, two pictures as large as the window allows, and below each its layers and its numbers.
import { HeadThumbs } from "../maps/head_thumbs.js";
import { LayerStrip } from "../maps/layer_strip.js";
import { Link } from "../view/link.js";
import { Waiting } from "../controls/waiting.js";
import { find, findAs } from "../figures/elements.js";
import { AllPictures } from "./all_pictures.js";
import { comparisonOf } from "./comparison.js";
import { fetchingFor } from "./fetching.js";
import { offerFiles } from "./files.js";
import { Half } from "./half.js";
import { MatchLines } from "./match_lines.js";
import { SideReadout } from "./readout.js";
import { SegmentKey } from "./segment_key.js";
import { SIDES } from "../view/settings.js";
import { linkOf } from "./settings.js";
import { Tools } from "./tools.js";
import { spoken } from "./words.js";

/** @import { CompareData, Comparison } from "./comparison.js" */
/** @import { Side } from "./side.js" */

const REST_MS = 120; // after which the small maps follow the hand
const QUIET_MS = 400; // before a screen reader is told

export class Compare {
  /** Asks the page's script for other leases. @type {(() => void) | undefined} */ renew;
  /** At once with every frame. @type {{ draw: () => void, close?: () => void }[]} */ parts = [];
  /** Once the hand rests. @type {{ draw: () => void, close?: () => void }[]} */ late = [];
  /** @type {Comparison | undefined} */ comparison;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ resting;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ speaking;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
  }

  /** @param {CompareData} data */
  show(data) {
    this.comparison ??= this.begin(data);
    const aspects = data.sides.map(({ grid }) => grid.cols / grid.rows);
    this.root.style.setProperty("--flattest", String(Math.min(...aspects)));
    this.comparison.adopt(data);
    this.showUnread(this.comparison);
    this.link?.follow();
  }

  /** Say which settings of the link could not be read, until the reader sets something. @param {Comparison} comparison */
  showUnread({ unread }) {
    const note = find(this.root, ".unread");
    note.hidden = unread.length === 0;
    note.textContent = `The link's ${unread.join(" and ")} cannot be read: the page has its own.`;
  }

  /** What was chosen elsewhere on the page is to be seen: where less than half of the pictures is, they come up. */
  comeIntoView() {
    const pictures = find(this.root, ".pictures");
    const boxes = [...pictures.querySelectorAll(".area")].map((area) => area.getBoundingClientRect());
    const middle = (Math.min(...boxes.map(({ top }) => top)) + Math.max(...boxes.map(({ bottom }) => bottom))) / 2;
    if (middle < 0 || middle > globalThis.innerHeight) pictures.scrollIntoView({ block: "start" });
  }

  /** @param {CompareData} data */
  begin({ key, linked, matches }) {
    const comparison = comparisonOf(key);
    const { root } = this;
    root.classList.toggle("beside", matches === false);
    this.link = linked ? new Link(() => comparison.data && linkOf(comparison.wanted, comparison.data.defaults)) : undefined;
    const halves = comparison.sides.map((side) => this.newHalf(side));
    const stages = halves.map(({ stage }) => stage);
    const lines = new MatchLines(findAs(root, ".match-lines", SVGSVGElement), stages, comparison);
    this.parts.push(
      new Tools(root, comparison),
      new SegmentKey(find(root, ".key"), comparison),
      lines,
      ...this.fetchingFor(comparison),
    );
    this.late.push(new AllPictures(find(root, ".all-pictures"), comparison));
    offerFiles(root, comparison);
    this.figure = { draw: () => this.draw() };
    comparison.figures.add(this.figure);
    this.listen = () => {
      this.link?.follow();
      this.showUnread(comparison);
      this.speak();
    };
    comparison.listeners.add(this.listen);
    this.led = () => this.comeIntoView();
    comparison.led.add(this.led);
    return comparison;
  }

  /** @param {Comparison} comparison */
  fetchingFor(comparison) {
    const fetching = fetchingFor(comparison, () => this.renew?.());
    return [fetching, new Waiting(find(this.root, ".news"), fetching)];
  }

  /** @param {Side} side */
  newHalf(side) {
    const template = findAs(this.root, "template", HTMLTemplateElement);
    const copy = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
    const root = find(copy, ".half");
    root.dataset.side = SIDES[side.index];
    template.before(copy);
    find(root, ".layers").ariaLabel = `Layer, ${SIDES[side.index]}`;
    const half = new Half(root, side);
    const strip = new LayerStrip(find(root, ".strip"), side);
    const thumbs = new HeadThumbs(find(root, ".heads"), side);
    this.parts.push(
      half,
      { draw: () => strip.mark(), close: () => strip.close() },
      new SideReadout(find(root, ".readout"), side),
    );
    this.late.push({ draw: () => strip.drawThumbs() }, { draw: () => this.drawHeads(side, root, thumbs) });
    return half;
  }

  /**
   * @param {Side} side
   * @param {HTMLElement} root
   * @param {HeadThumbs} thumbs
   */
  drawHeads(side, root, thumbs) {
    if (side.attends) thumbs.draw();
    else find(root, ".heads").hidden = true;
  }

  draw() {
    for (const part of this.parts) part.draw();
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.drawLate(), REST_MS);
  }

  drawLate() {
    for (const part of this.late) part.draw();
  }

  /** Tell a screen reader, once nothing changes any more. */
  speak() {
    clearTimeout(this.speaking);
    this.speaking = setTimeout(() => {
      if (this.comparison?.data) find(this.root, ".spoken").textContent = spoken(this.comparison);
    }, QUIET_MS);
  }

  close() {
    clearTimeout(this.resting);
    clearTimeout(this.speaking);
    for (const part of [...this.parts, ...this.late, this.link]) part?.close?.();
    if (this.figure) this.comparison?.figures.delete(this.figure);
    if (this.listen) this.comparison?.listeners.delete(this.listen);
    if (this.led) this.comparison?.led.delete(this.led);
  }
}
