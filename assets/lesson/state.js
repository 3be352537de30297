// What the reader has set and edited in a lesson, with every edit to be undone. Pure: nothing is drawn or computed here.
import { readLink } from "./link.js";

/** @import { Parameter } from "./parameters.js" */
/** @typedef {number[][]} Rows */
/** A name and what it is set to. @typedef {Record<string, any>} Settings */

/**
 * Which of the link's parameters are settings, and which are matrices.
 *
 * @typedef {object} Terms
 * @property {Record<string, Parameter<any>>} parameters
 * @property {(name: string) => boolean} isMatrix
 * @property {readonly string[]} vectors names of matrices whose rows are vectors: any number of any width within MOST
 */

const LONGEST_HISTORY = 50;
/** Settings that change no number. */
const LOOKS = new Set(["row", "column", "pair", "followed", "part", "step", "done", "edited"]);

export class LessonState {
  /** By name all edits of a matrix, the last one last; null where it went back to its preset. @type {Map<string, (Rows | null)[]>} */
  history = new Map();
  /** What there is to say of a matrix. @type {Map<string, string>} */ messages = new Map();
  /** The matrix that is being dragged. @type {string | null} */ drafted = null;
  /** The link that says what is set, as far as it can. */ link = "";
  /** All of it, however long. */ whole = "";
  /** Called after every change. */ changed = () => {};

  /**
   * @param {Terms} terms
   * @param {string} link as a query string
   */
  constructor(terms, link) {
    this.terms = terms;
    const { settings, matrices, unread } = readLink(terms, link);
    /** @type {Settings} */
    this.settings = settings;
    for (const [name, rows] of matrices) this.history.set(name, [rows]);
    for (const name of unread) this.messages.set(name, `The link's ${name} could not be read. This is the preset.`);
  }

  /** @param {Settings} changes */
  set(changes) {
    const looking = Object.keys(changes).every((name) => LOOKS.has(name));
    if (!looking) this.messages.clear(); // they speak of what was set before
    Object.assign(this.settings, changes);
    this.changed();
  }

  /**
   * As the reader made it; null while it is its preset.
   *
   * @param {string} name
   */
  edited(name) {
    return this.history.get(name)?.at(-1) ?? null;
  }

  /**
   * As edited where it was and the edit has the preset's shape, or may have another; else the preset.
   *
   * @param {string} name
   * @param {Rows} preset
   */
  matrix(name, preset) {
    const rows = this.edited(name);
    if (!rows) return preset;
    const fits = rows.length === preset.length && rows[0].length === preset[0].length;
    if (fits || this.terms.vectors.includes(name)) return rows;
    this.history.get(name)?.push(null);
    const sizes = [rows, preset].map((each) => `${each.length} × ${each[0].length}`);
    this.messages.set(name, `You edited it as ${sizes[0]}. It is now ${sizes[1]}, so it is back to its preset.`);
    return preset;
  }

  /**
   * @param {string} name
   * @param {Rows} rows
   * @param {boolean} [settled] false while more of the same edit is to come: together they are one to be undone
   */
  edit(name, rows, settled = true) {
    const edits = this.history.get(name) ?? [];
    this.history.set(name, edits);
    if (this.drafted === name) edits.pop();
    edits.push(rows);
    edits.splice(0, edits.length - LONGEST_HISTORY);
    this.drafted = settled ? null : name;
    this.messages.delete(name);
    this.changed();
  }

  /** @param {string} name */
  canUndo(name) {
    return Boolean(this.history.get(name)?.length);
  }

  /** @param {string} name */
  undo(name) {
    this.history.get(name)?.pop();
    this.messages.delete(name);
    this.changed();
  }

  /** Back to the presets; an undo brings the edits back. @param {readonly string[]} names */
  reset(names) {
    this.forget(names);
    this.changed();
  }

  /** @param {readonly string[]} names */
  forget(names) {
    for (const name of names) {
      if (this.edited(name)) this.history.get(name)?.push(null);
      this.messages.delete(name);
    }
  }

  /** All settings, edits and tasks back to where they began. */
  startOver() {
    this.forget([...this.history.keys()]);
    for (const [name, { opening }] of Object.entries(this.terms.parameters)) this.settings[name] = opening;
    this.changed();
  }
}
