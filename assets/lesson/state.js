// The reader's settings and edits in a lesson, with an undo history. It draws and computes nothing.
import { readLink } from "./link.js";

/** @import { Parameter } from "./parameters.js" */
/** @typedef {number[][]} Rows */
/** Values of settings by name. @typedef {Record<string, any>} Settings */

/**
 * The settings and the matrices that a lesson's link can contain.
 *
 * @typedef {object} Terms
 * @property {Record<string, Parameter<any>>} parameters
 * @property {(name: string) => boolean} isMatrix
 * @property {readonly string[]} vectors names of matrices whose rows are vectors; their size is free within MOST
 */

const LONGEST_HISTORY = 50;
/** Names of settings that change no number. */
const LOOKS = new Set(["row", "column", "pair", "followed", "part", "step", "done", "edited"]);

export class LessonState {
  /** All edits of each matrix by name, oldest first. Null stands for a return to the preset. @type {Map<string, (Rows | null)[]>} */
  history = new Map();
  /** A message for each matrix that needs one. @type {Map<string, string>} */ messages = new Map();
  /** Name of the matrix whose number is being dragged. @type {string | null} */ drafted = null;
  /** The link of the current state, without edits if they are too long. */ link = "";
  /** The link with all edits, of any length. */ whole = "";
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
    if (!looking) this.messages.clear(); // messages describe the settings before
    Object.assign(this.settings, changes);
    this.changed();
  }

  /**
   * Return the reader's edit of a matrix, or null if it is its preset.
   *
   * @param {string} name
   */
  edited(name) {
    return this.history.get(name)?.at(-1) ?? null;
  }

  /**
   * Return the edit of a matrix if there is one and its shape is allowed, else the preset.
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
    const sizes = [rows, preset].map((values) => `${values.length} × ${values[0].length}`);
    this.messages.set(name, `You edited it as ${sizes[0]}. It is now ${sizes[1]}, so it is back to its preset.`);
    return preset;
  }

  /**
   * @param {string} name
   * @param {Rows} rows
   * @param {boolean} [settled] false while the same edit goes on: one undo takes all of it back
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

  /** Set matrices back to their presets. An undo brings the edits back. @param {readonly string[]} names */
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

  /** Reset all settings, edits and tasks. */
  startOver() {
    this.forget([...this.history.keys()]);
    for (const [name, { opening }] of Object.entries(this.terms.parameters)) this.settings[name] = opening;
    this.changed();
  }
}
