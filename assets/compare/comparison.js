// What the reader compares: two explorations with one pointer. One a page and name, whichever components show some of it. What can
// be computed here is drawn in the frame; the link follows, and Python is told afterwards.
import { explorationOf } from "../explorer/exploration.js";
import { Redrawn } from "../explorer/redrawn.js";
import { DEFAULTS } from "../explorer/settings.js";
import { foundIn } from "./found.js";
import { Joint } from "./joint.js";
import { fitted, layersAfter } from "./settings.js";
import { Side } from "./side.js";

/** @import { Block, ExplorerData, Grid, Place } from "../explorer/exploration.js" */
/** @import { Found } from "./found.js" */
/** @import { Settings } from "./settings.js" */

/** A side as Python gives it; the comparison has the settings. @typedef {Omit<ExplorerData, "defaults" | "orders"> & { title: string }} SideData */
/** One of the set that components and segments are of. @typedef {{ recording: string, lease?: string, picture: string, title: string } & Grid} SetPicture */

/**
 * @typedef {object} CompareData
 * @property {string} key
 * @property {boolean} linked whether the settings stand in the page's link
 * @property {boolean} [served] false where no Python stands behind the page
 * @property {Settings["show"][]} [shows] what there is to show, where that is not everything
 * @property {boolean} [changed] whether the right is the left after something was changed
 * @property {boolean} [matches] false where nobody asks which patch is which
 * @property {[SideData, SideData]} sides
 * @property {boolean} oneSpace whether features of both can be compared: same model and weights
 * @property {SetPicture[]} pictures all of the set, the sides' among them
 * @property {string[]} kinds of features that there are
 * @property {{ matches: string | null, components: string | null, segments: string | null }} given ids in the store
 * @property {Settings} settings
 * @property {Settings} defaults
 * @property {number} version of the settings: they are taken over where it is new
 * @property {Partial<Settings>} changes those of them that are not the reader's own
 */

/** What an exploration has besides: the same for both sides. */
const AS_EXPLORED = /** @type {const} */ ({
  ...DEFAULTS,
  depth: "layer",
  fusion: "mean",
  discard: 0,
  query: "patch",
  direction: "outgoing",
  temperature: 1,
  grid: false,
  square: false,
  pin: null,
});

export class Comparison extends Redrawn {
  /** @type {CompareData} */ data;
  /** As the reader set them. @type {Settings} */ wanted;
  /** As far as there is something to show. @type {Settings} */ settings;
  /** @type {{ side: number, patch: number } | null} */ hovered = null;
  /** What a box that is being drawn covers. @type {Settings["box"]} */ drawing = null;
  /** Whether the next drag draws one. */ boxing = false;
  /** What the next click on a picture chooses in place of a pin: `at` is the block that it would be. @type {{ at: (place: Place) => Block, take: (block: Block) => void } | null} */
  picking = null;
  /** Called with every change that is the reader's. @type {Set<(changes: Partial<Settings>) => void>} */ listeners = new Set();
  /** The sides that will be others as soon as Python has answered. @type {Set<number>} */ stale = new Set();
  version = -1;
  joint = new Joint(this);
  /** @type {Found | undefined} */ found;

  /** @param {string} key */
  constructor(key) {
    super();
    const figure = { draw: () => this.redraw() };
    this.sides = /** @type {[Side, Side]} */ (
      ["left", "right"].map((name, at) => {
        const exploration = explorationOf(`${key}-${name}`);
        exploration.figures.add(figure);
        return new Side(this, at, exploration);
      })
    );
  }

  /**
   * What Python gives. Of settings it takes those over that are newer than the reader's.
   *
   * @param {CompareData} data
   */
  adopt(data) {
    const before = this.data?.sides.map(({ recording }) => recording);
    if (this.hovered && before?.[this.hovered.side] !== data.sides[this.hovered.side].recording) this.hovered = null;
    if (this.version < 0 || !this.wanted) this.wanted = data.settings;
    else if (data.version > this.version) this.wanted = { ...this.wanted, ...data.changes };
    this.version = Math.max(this.version, data.version);
    this.data = data;
    this.sides.forEach(({ exploration }, at) => {
      const settings = { ...AS_EXPLORED, ...this.ofExplorer(), layer: this.wanted.layers[at] };
      exploration.adopt({ ...data.sides[at], defaults: settings });
    });
    this.fit();
    this.drawNow();
  }

  /**
   * The reader set something.
   *
   * @param {Partial<Settings>} changes
   */
  set(changes) {
    this.wanted = { ...this.wanted, ...changes };
    this.fit();
    this.redraw();
    for (const listener of this.listeners) listener(changes);
  }

  /** A box that goes takes its place for matches with it. */
  removeBox() {
    this.set({ box: null, within: this.wanted.within === "box" ? "all" : this.wanted.within });
  }

  /** Let go of what was taken last: a box that is being drawn, else the pinned patch, else the box. Whether there was any. */
  escape() {
    const { pin, box } = this.settings;
    if (this.boxing || this.drawing || this.picking) {
      Object.assign(this, { boxing: false, drawing: null, picking: null });
      this.redraw();
    } else if (pin) this.set({ pin: null });
    else if (box) this.removeBox();
    else return false;
    return true;
  }

  fit() {
    this.settings = fitted(
      this.wanted,
      this.sides.map((side) => side.data),
      this.data,
    );
    for (const { exploration, index } of this.sides)
      exploration.take({ ...this.ofExplorer(), layer: this.settings.layers[index] });
  }

  /** The settings that an exploration has too. */
  ofExplorer() {
    const { heads, combine, opacity, scale, map } = this.wanted;
    return { heads, combine, opacity, scale, map };
  }

  /**
   * @param {number} side
   * @param {number | null} patch
   */
  hover(side, patch) {
    if (patch === null) {
      if (!this.settings.pin || this.hovered?.side !== side) return; // the last map stays to be read
      this.hovered = null;
    } else if (this.hovered?.side === side && this.hovered.patch === patch) return;
    else this.hovered = { side, patch };
    this.redraw();
  }

  /**
   * Show other layers while the pointer is over a strip.
   *
   * @param {number} side
   * @param {number | null} layer
   */
  scrub(side, layer) {
    const { show } = this.settings;
    if (show === "pca" || show === "segments") return; // Python computes them, a layer at a time
    const layers = layer === null ? [null, null] : this.layersAfter(side, layer);
    this.sides.forEach(({ exploration }, at) => (exploration.scrubbed = layers[at]));
    this.redraw();
  }

  /**
   * @param {number} side
   * @param {number} layer
   */
  choose(side, layer) {
    for (const { exploration } of this.sides) exploration.scrubbed = null;
    this.set({ layers: this.layersAfter(side, layer) });
  }

  /**
   * @param {number} side
   * @param {number} layer
   */
  layersAfter(side, layer) {
    const counts = this.sides.map(({ data }) => data.layers.length);
    return layersAfter(this.settings.layers, side, layer, this.settings.locked, counts);
  }

  /** The pointer has left: the last map stays, and is what files are made of. */
  leave() {
    if (this.data && this.hovered && !this.settings.pin) for (const listener of this.listeners) listener({});
  }

  forgetFound() {
    this.found = undefined;
  }

  isThere() {
    return this.data !== undefined;
  }

  /** What both sides show. */
  shown() {
    return (this.found ??= foundIn(this));
  }
}

/** @type {() => Map<string, Comparison>} */
function all() {
  const page = /** @type {{ regardComparisons?: Map<string, Comparison> }} */ (globalThis);
  return (page.regardComparisons ??= new Map());
}

/**
 * The page's comparison of that name: the same one for every component that asks.
 *
 * @param {string} name
 */
export function comparisonOf(name) {
  const known = all().get(name) ?? new Comparison(name);
  all().set(name, known);
  return known;
}
