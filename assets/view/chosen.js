// The reader's settings, shared by all figures of a page. The browser alone owns them and writes them into the link.
import { Followed } from "./orders.js";
import { settingsOfLink } from "./link_reading.js";
import { Redrawn } from "./redrawn.js";
import { fitted, settingsOf } from "./settings.js";
import { onGrid, moved } from "../maths/patches.js";

/** @import { ExplorerData } from "./exploration.js" */
/** @import { Grid, Place } from "../maths/patches.js" */
/** @import { Settings } from "./settings.js" */

/** Those that a link says of its own picture and model alone. */
const FOREIGN = /** @type {(keyof Settings)[]} */ (settingsOf("patches", "model"));
/** Those that are counted on the patches of a picture. */
const COUNTED = Object.fromEntries(settingsOf("patches").map((name) => [name, null]));

/**
 * An order of the page's script: read a link, change settings, or reset all. The browser follows each order once.
 *
 * @typedef {{ link?: Record<string, string>, settings?: Partial<Settings>, reset?: boolean }} Order
 */

export class Chosen extends Redrawn {
  /** @type {ExplorerData} */ data;
  /** As the reader set them. @type {Settings} */ wanted;
  /** As far as the model has them. @type {Settings} */ settings;
  /** Called with every change that is the reader's. @type {Set<(changes: Partial<Settings>) => void>} */ listeners = new Set();
  /** Settings of a link that wait while something stands in for what it speaks of. @type {Set<string>} */ waiting = new Set();
  /** The orders that were followed. */ followed = new Followed();
  /** Parameters of the link that could not be read. @type {string[]} */ unread = [];
  /** The grid on which places are counted; null until it is known. @type {Grid | null} */ counted = null;

  /**
   * Take new data from the page's script.
   *
   * @param {ExplorerData} data
   */
  adopt(data) {
    this.wanted ??= data.defaults;
    this.follow(data);
    if (data.standsIn) this.standIn();
    else {
      this.forgetStandIn();
      this.counted ??= data.askedGrid ?? data.grid;
      this.carry(data.grid);
    }
    this.data = data;
    this.settings = this.fitted();
  }

  /** Follow the orders that are new. @param {ExplorerData} data */
  follow({ orders, defaults }) {
    for (const { link, settings, reset } of this.followed.newIn(orders)) {
      if (reset) this.wanted = defaults;
      if (settings) this.wanted = { ...this.wanted, ...settings };
      if (link) this.enter(link, defaults);
    }
  }

  /** @param {Record<string, string>} link @param {Settings} defaults */
  enter(link, defaults) {
    const { settings, unread } = settingsOfLink(link);
    this.unread = unread;
    if (Object.keys(settings).length === 0) return;
    this.wanted = { ...defaults, ...settings };
    this.counted = null;
  }

  /** Something stands in for what the link speaks of, whose places wait. */
  standIn() {
    if (!this.data?.standsIn) this.waiting = new Set(FOREIGN);
    this.counted = null;
  }

  /** Drop the settings chosen on a stand-in picture, and apply the settings that were waiting. */
  forgetStandIn() {
    if (this.data?.standsIn) {
      const chosen = FOREIGN.filter((name) => !this.waiting.has(name));
      this.wanted = { ...this.wanted, ...Object.fromEntries(chosen.map((name) => [name, null])) };
    }
    this.waiting.clear();
  }

  /** Pin, key and box stay where they are on the picture, however that is cut now. @param {Grid} grid */
  carry(grid) {
    const before = this.counted ?? grid;
    this.counted = grid;
    if (before.rows === grid.rows && before.cols === grid.cols) return;
    const { pin, key, box } = this.wanted;
    const place = (/** @type {Place} */ [row, col]) =>
      row < before.rows && col < before.cols ? moved([row, col], before, grid) : null;
    this.wanted = {
      ...this.wanted,
      pin: pin && place(pin),
      key: key && key.length === 2 ? place(key) : key,
      box: box && boxCarried(box, before, grid),
    };
  }

  /**
   * The reader set something.
   *
   * @param {Partial<Settings>} changes
   */
  set(changes) {
    const isCut = changes.square !== undefined && changes.square !== this.wanted.square;
    this.unread = [];
    this.take(isCut ? { ...changes, ...COUNTED } : changes); // another part of the picture
    this.redraw();
    for (const listener of this.listeners) listener(changes);
  }

  /**
   * Follow an owner who draws by itself: nobody is told.
   *
   * @param {Partial<Settings>} changes
   */
  take(changes) {
    this.wanted = { ...this.wanted, ...changes };
    for (const name of Object.keys(changes)) this.waiting.delete(name);
    this.settings = this.fitted();
    this.forgetFound();
  }

  /** The settings as far as there is something to show for them. */
  fitted() {
    const without = Object.fromEntries([...this.waiting].map((name) => [name, null]));
    return fitted({ ...this.wanted, ...without }, this.data.layers);
  }

  isThere() {
    return this.data !== undefined;
  }
}

/**
 * @param {NonNullable<Settings["box"]>} box
 * @param {Grid} before
 * @param {Grid} after
 * @returns {Settings["box"]} null where it does not begin on the grid
 */
function boxCarried([row, col, rows, cols], before, after) {
  if (row >= before.rows || col >= before.cols) return null;
  const within = { row, col, rows: Math.min(rows, before.rows - row), cols: Math.min(cols, before.cols - col) };
  const carried = onGrid(within, before, after);
  return [carried.row, carried.col, carried.rows, carried.cols];
}
