// A comparison: two explorations with one pointer. All components of a page share the comparison of a name.
import { explorationOf } from "../view/exploration.js";
import { DEFAULTS } from "../view/settings.js";
import { ChosenComparison } from "./chosen.js";
import { foundIn } from "./found.js";
import { Joint } from "./joint.js";
import { layersAfter } from "./settings.js";
import { Side } from "./side.js";

/** @import { Block, Grid, Place } from "../maths/patches.js" */
/** @import { ExplorerData } from "../view/exploration.js" */
/** @import { Orders } from "../view/orders.js" */
/** @import { Order } from "./chosen.js" */
/** @import { Found } from "./found.js" */
/** @import { Settings } from "./settings.js" */

/** A side; the comparison has the settings. file: of the picture. @typedef {Omit<ExplorerData, "defaults" | "orders"> & { title: string, file?: string }} SideData */
/** One of the set that components and segments are of. @typedef {{ recording: string, lease?: string, picture: string, title: string } & Partial<Grid>} SetPicture */

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
 * @property {{ matches: string | null, components: string | null, segments: string | null }} [given] ids in the store, where no server stands behind the page
 * @property {boolean} [standsIn] whether a picture or model is not that of which the link speaks
 * @property {Settings} defaults what the page opens with, and links leave out
 * @property {Orders<Order>} [orders] what the page's script sets
 */

export class Comparison extends ChosenComparison {
  /** @type {{ side: number, patch: number } | null} */ hovered = null;
  /** What a box that is being drawn covers. @type {Settings["box"]} */ drawing = null;
  /** Whether the next drag draws one. */ boxing = false;
  /** What the next click on a picture chooses in place of a pin: `at` is the block that it would be. @type {{ at: (place: Place) => Block, take: (block: Block) => void } | null} */
  picking = null;
  /** Called when layers or heads were chosen elsewhere on the page. @type {Set<() => void>} */ led = new Set();
  /** The sides that will be others as soon as the server has answered. @type {Set<number>} */ stale = new Set();
  /** Sides in place of those of the page's script. @type {(SideData | null)[]} */ adopted = [null, null];
  /** The last data from the page's script. @type {CompareData | undefined} */ given;
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

  /** Take what the page's script gives. Sides that were adopted stay with the same recordings. @param {CompareData} data */
  adopt(data) {
    const before = this.given?.sides;
    if (data.sides.some(({ recording }, at) => recording !== before?.[at].recording)) this.adopted = [null, null];
    this.given = data;
    this.show(data);
  }

  /**
   * Replace a side; null brings back the side from the page's script.
   *
   * @param {number} at 0 left, 1 right
   * @param {SideData | null} side
   */
  adoptSide(at, side) {
    this.adopted[at] = side;
    if (this.given) this.show(this.given);
  }

  /** @param {CompareData} given */
  show(given) {
    const [left, right] = given.sides.map((side, at) => this.adopted[at] ?? side);
    const before = this.data?.sides;
    const data = { ...given, sides: /** @type {[SideData, SideData]} */ ([left, right]) };
    if (this.hovered && before?.[this.hovered.side].recording !== data.sides[this.hovered.side].recording) this.hovered = null;
    const isLed = this.follow(data);
    this.sides.forEach(({ exploration }, at) => {
      const settings = { ...DEFAULTS, ...this.ofExplorer(this.wanted), layer: this.wanted.layers[at] };
      exploration.adopt({ ...data.sides[at], defaults: settings });
    });
    this.fit();
    this.drawNow();
    if (isLed && before) this.tellLed();
  }

  /** Set what another figure on the page leads to. @param {Partial<Settings>} changes */
  lead(changes) {
    this.set(changes);
    this.tellLed();
  }

  tellLed() {
    for (const listener of this.led) listener();
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
    super.fit();
    for (const { exploration, index } of this.sides)
      exploration.take({ ...this.ofExplorer(this.settings), layer: this.settings.layers[index] });
  }

  /** The settings that an exploration has too. @param {Settings} settings */
  ofExplorer({ heads, combine, opacity, scale, map }) {
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
    if (show === "pca" || show === "segments") return; // the server finds them, a layer at a time
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
