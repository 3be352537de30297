// The reader's list of changes, with undo and redo, and the last answer to it. The browser alone owns the list and writes it into the
// link. All components of a page share the list of a name.
import { Followed } from "../view/orders.js";
import { Redrawn } from "../view/redrawn.js";
import { NONE, parsedActs, writtenActs } from "./acts_text.js";
import { settingsOfLink } from "./link.js";

/** @import { Orders } from "../view/orders.js" */
/** @import { Act } from "./acts_text.js" */
/** @import { Answer } from "../what_if/changing.js" */
/** @import { Measuring } from "../what_if/measuring.js" */

/**
 * @typedef {object} Settings
 * @property {string} edits as the link says them
 * @property {number | null} target the number of the class whose value is shown; null for the most probable one
 * @property {number | null} limit how far the model may move when ever more heads go; null for the first one
 */

/**
 * An order of the page's script: read a link, or change settings. `place` is a link too, and settings that it does not say stay.
 *
 * @typedef {{ link?: Record<string, string>, settings?: Partial<Settings>, place?: Record<string, string> }} Order
 */

/**
 * @typedef {object} ActsData
 * @property {Settings} defaults what the page opens with, and links leave out
 * @property {Orders<Order>} orders what the page's script sets
 * @property {string} model whose heads they are
 */

export class Acts extends Redrawn {
  /** @type {ActsData | undefined} */ data;
  /** @type {Settings} */ wanted = { edits: NONE, target: null, limit: null };
  /** Lists of before, the last one last. @type {string[]} */ past = [];
  /** And those that were undone. @type {string[]} */ future = [];
  /** What a click on a head does. */ kind = "off";
  /** Called with every change that is the reader's. @type {Set<(changes: Partial<Settings>) => void>} */ listeners = new Set();
  /** The orders that were followed. */ followed = new Followed();
  /** Parameters of the link that could not be read. @type {string[]} */ unread = [];
  /** The last answer of the server. @type {Answer | null} */ answer = null;
  /** Every head's effect, where somebody measures it. @type {Measuring | null} */ measuring = null;

  /** Take new data from the page's script. @param {ActsData} data */
  adopt(data) {
    if (!this.data) this.wanted = data.defaults;
    else if (this.isExample) this.wanted = { ...this.wanted, edits: data.defaults.edits };
    for (const order of this.followed.newIn(data.orders)) this.obey(order, data.defaults);
    this.data = data;
    this.drawNow();
  }

  /** @param {Order} order @param {Settings} defaults */
  obey({ link, settings, place }, defaults) {
    const before = this.wanted.edits;
    if (link) this.enter(link, defaults);
    if (place) this.enter(place, this.wanted);
    this.wanted = { ...this.wanted, ...settings };
    if (this.data && this.wanted.edits !== before) this.remember(before);
  }

  /** Take what a link says, if any of it can be read; the rest becomes as in `others`. @param {Record<string, string>} link @param {Settings} others */
  enter(link, others) {
    const { settings, unread } = settingsOfLink(link);
    this.unread = unread;
    if (Object.keys(settings).length) this.wanted = { ...others, ...settings };
  }

  get list() {
    return parsedActs(this.wanted.edits) ?? [];
  }

  /** What the reader has changed of this model; the example that the page opens with is nobody's own. @param {string} model */
  ownOf(model) {
    return this.data?.model === model && !this.isExample ? this.list : [];
  }

  /** True if the list is the one that the page opened with, and the reader has never changed it. */
  get isExample() {
    return !this.past.length && this.wanted.edits === this.data?.defaults.edits;
  }

  /** @param {readonly Act[]} acts */
  setList(acts) {
    const edits = writtenActs(acts);
    if (edits === this.wanted.edits) return;
    this.remember(this.wanted.edits);
    this.set({ edits });
  }

  /** @param {string} edits */
  remember(edits) {
    this.past.push(edits);
    this.future = [];
  }

  undo() {
    const edits = this.past.pop();
    if (edits === undefined) return;
    this.future.push(this.wanted.edits);
    this.set({ edits });
  }

  redo() {
    const edits = this.future.pop();
    if (edits === undefined) return;
    this.past.push(this.wanted.edits);
    this.set({ edits });
  }

  /** @param {Partial<Settings>} changes */
  set(changes) {
    this.wanted = { ...this.wanted, ...changes };
    this.unread = [];
    this.redraw();
    for (const listener of this.listeners) listener(changes);
  }

  /** @param {string} kind */
  choose(kind) {
    this.kind = kind;
    this.redraw();
  }

  isThere() {
    return this.data !== undefined;
  }
}

/** @type {() => Map<string, Acts>} */
function all() {
  const page = /** @type {{ regardActs?: Map<string, Acts> }} */ (globalThis);
  return (page.regardActs ??= new Map());
}

/**
 * The page's list of that name: the same one for every component that asks.
 *
 * @param {string} name
 */
export function actsOf(name) {
  const known = all().get(name) ?? new Acts();
  all().set(name, known);
  return known;
}
