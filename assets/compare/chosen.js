// The reader's settings of a comparison. The browser alone owns them and writes them into the link.
import { Followed } from "../view/orders.js";
import { Redrawn } from "../view/redrawn.js";
import { onGrid } from "../maths/patches.js";
import { FOREIGN, fitted, settingsOfLink } from "./settings.js";

/** @import { Grid } from "../maths/patches.js" */
/** @import { CompareData } from "./comparison.js" */
/** @import { Box, Pin, Settings } from "./settings.js" */

/**
 * An order of the page's script: read a link, change settings, reset all, or have left and right change places. `place` is a
 * link too: the other settings stay, and its places are counted on the pictures that come next.
 *
 * @typedef {{ link?: Record<string, string>, settings?: Partial<Settings>, reset?: boolean, mirror?: boolean, place?: Record<string, string> }} Order
 */
/** Each side's picture and grid, on which pin and box are counted. @typedef {{ picture: string, grid: Grid }[]} Counted */

export class ChosenComparison extends Redrawn {
  /** @type {CompareData} */ data;
  /** As the reader set them. @type {Settings} */ wanted;
  /** As far as there is something to show. @type {Settings} */ settings;
  /** Called with every change that is the reader's. @type {Set<(changes: Partial<Settings>) => void>} */ listeners = new Set();
  /** Settings of a link that wait while something stands in for what it speaks of. @type {Set<string>} */ waiting = new Set();
  /** The orders that were followed. */ followed = new Followed();
  /** Parameters of the link that could not be read. @type {string[]} */ unread = [];
  /** Null until it is known. @type {Counted | null} */ counted = null;

  /**
   * Take new data: follow new orders, and keep places where they are on their pictures.
   *
   * @param {CompareData} data
   * @returns {boolean} whether an order chose other layers or heads
   */
  follow(data) {
    this.wanted ??= data.defaults;
    const orders = this.followed.newIn(data.orders);
    for (const order of orders) this.obey(order, data.defaults);
    if (data.standsIn) this.standIn();
    else {
      this.forgetStandIn();
      this.carry(data);
    }
    this.data = data;
    return orders.some(({ settings = {} }) => "layers" in settings || "heads" in settings);
  }

  /** @param {Order} order @param {Settings} defaults */
  obey({ link, settings, reset, mirror, place }, defaults) {
    if (reset) this.wanted = defaults;
    if (settings) this.wanted = { ...this.wanted, ...settings };
    if (mirror) this.mirror();
    if (link) this.enter(link, defaults);
    if (place) this.enter(place, { ...this.wanted, ...FOREIGN });
  }

  /** Take what a link says; the rest becomes as in `others`. @param {Record<string, string>} link @param {Settings} others */
  enter(link, others) {
    const { settings, unread } = settingsOfLink(link);
    this.unread = unread;
    if (Object.keys(settings).length === 0) return;
    this.wanted = { ...others, ...settings };
    this.counted = null;
    this.waiting = new Set(Object.keys(FOREIGN));
  }

  /** Left becomes right. */
  mirror() {
    const { layers, pin, box } = this.wanted;
    const [left, right] = layers;
    const across = { pin: pin && { ...pin, side: 1 - pin.side }, box: box && { ...box, side: 1 - box.side } };
    this.wanted = { ...this.wanted, layers: [right, left], ...across };
    this.counted = this.counted && this.counted.toReversed();
  }

  /** Something stands in for what the link speaks of, whose places wait. */
  standIn() {
    if (!this.data?.standsIn) this.waiting = new Set(Object.keys(FOREIGN));
    this.counted = null;
  }

  /** Drop the settings chosen on a stand-in, and apply the settings that were waiting. */
  forgetStandIn() {
    if (this.data?.standsIn) {
      const chosen = Object.entries(FOREIGN).filter(([name]) => !this.waiting.has(name));
      this.wanted = { ...this.wanted, ...Object.fromEntries(chosen) };
    }
    this.waiting.clear();
  }

  /**
   * Pin and box stay where they are on their pictures, however these are cut now; with another picture all goes that was of the
   * one before. The right side of a changed model is no picture of its own.
   *
   * @param {CompareData} data
   */
  carry({ sides, changed }) {
    const before = this.counted ?? sides.map(({ picture, grid, askedGrid }) => ({ picture, grid: askedGrid ?? grid }));
    this.counted = sides.map(({ picture, grid }) => ({ picture, grid }));
    const isOther = (/** @type {number} */ at) => before[at].picture !== sides[at].picture;
    if (isOther(0) || (!changed && isOther(1))) this.wanted = { ...this.wanted, ...FOREIGN };
    const { pin, box } = this.wanted;
    const carriedOver = (/** @type {Pin | Box} */ at) => carried(at, before[at.side].grid, sides[at.side].grid);
    const places = { pin: pin && carriedOver(pin), box: box && carriedOver(box) };
    this.wanted = /** @type {Settings} */ ({ ...this.wanted, ...places });
  }

  /**
   * The reader set something.
   *
   * @param {Partial<Settings>} changes
   */
  set(changes) {
    this.unread = [];
    this.wanted = { ...this.wanted, ...changes };
    for (const name of Object.keys(changes)) this.waiting.delete(name);
    this.fit();
    this.redraw();
    for (const listener of this.listeners) listener(changes);
  }

  fit() {
    const waiting = Object.entries(FOREIGN).filter(([name]) => this.waiting.has(name));
    this.settings = fitted({ ...this.wanted, ...Object.fromEntries(waiting) }, this.data.sides, this.data);
  }

  isThere() {
    return this.data !== undefined;
  }
}

/**
 * A pin or a box on another grid; null if it does not begin on the one before.
 *
 * @param {Pin | Box} at
 * @param {Grid} before
 * @param {Grid} after
 */
function carried(at, before, after) {
  if (before.rows === after.rows && before.cols === after.cols) return at;
  const { side, row, col, rows = 1, cols = 1 } = /** @type {Pin & Partial<Box>} */ (at);
  if (row >= before.rows || col >= before.cols) return null;
  const inside = { row, col, rows: Math.min(rows, before.rows - row), cols: Math.min(cols, before.cols - col) };
  const block = onGrid(inside, before, after);
  return "rows" in at ? { side, ...block } : { side, row: block.row, col: block.col };
}
