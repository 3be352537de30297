// What the reader changes, of one page and name: the list, with undo and redo. The browser owns it; the link follows, and Python,
// which runs the model again, is told.
import { Redrawn } from "../explorer/redrawn.js";
import { NONE, parsedActs, writtenActs } from "./acts_text.js";

/** @import { Act } from "./acts_text.js" */

/**
 * @typedef {object} Settings
 * @property {string} edits as the link says them
 * @property {number | null} target the number of the class whose value is shown; null for the most probable one
 * @property {number | null} limit how far the model may move when ever more heads go; null for the first one
 */

/**
 * @typedef {object} ActsData
 * @property {Settings} settings
 * @property {Settings} defaults
 * @property {number} version of the settings: they are taken over where it is new
 * @property {Partial<Settings>} changes those of them that are not the reader's own
 * @property {string} model whose heads they are
 */

export class Acts extends Redrawn {
  /** @type {ActsData | undefined} */ data;
  /** @type {Settings} */ wanted = { edits: NONE, target: null, limit: null };
  /** Lists of before, the last one last. @type {string[]} */ past = [];
  /** And those that were undone. @type {string[]} */ future = [];
  /** What a click on a head does. */ kind = "off";
  /** Called with every change that is the reader's. @type {Set<(changes: Partial<Settings>) => void>} */ listeners = new Set();
  version = -1;

  /** What Python gives; it takes over what is newer than the reader's. @param {ActsData} data */
  adopt(data) {
    const before = this.wanted.edits;
    if (this.version < 0) this.wanted = data.settings;
    else if (data.version > this.version) {
      this.wanted = { ...this.wanted, ...data.changes };
      if (this.wanted.edits !== before) this.remember(before);
    }
    this.version = Math.max(this.version, data.version);
    this.data = data;
    this.drawNow();
  }

  get list() {
    return parsedActs(this.wanted.edits);
  }

  /** What the reader has changed of this model; the example that the page opens with is nobody's own. @param {string} model */
  ownOf(model) {
    const { data, wanted, past } = this;
    const isExample = !past.length && wanted.edits === data?.defaults.edits;
    return data?.model === model && !isExample ? this.list : [];
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
