// Every head's effect: has the server measure it when the reader wants that, and keeps what was found, whatever else is looked at.
import { onStored, stored } from "../data/stored.js";

/** @import { Comparison } from "../compare/comparison.js" */
/** @import { Fetching, Missed } from "../data/fetching.js" */
/** @import { Place } from "../maths/patches.js" */
/** @import { Measure } from "../head_effects/worth.js" */

/**
 * The effects of all heads (ui/whatif/effects.py).
 *
 * @typedef {object} Effects
 * @property {Measure[]} measures
 * @property {(number | null)[][] | null} contribution by attention call and head
 * @property {[number, number][]} order of the heads that are off together
 * @property {number[]} together how far the model moves if the first 1, 2, … are
 * @property {string} of what that moves
 * @property {Place | null} patch that was measured too
 */

/** The cost of measuring. @typedef {{ large: boolean, heads: number, expected: string }} Price */

export class Measuring {
  /** The measuring that goes on. @type {{ recording: string, patch: Place | null } | null} */ begun = null;
  /** The last effects, and their recording. @type {{ recording: string, effects: Effects } | null} */ last = null;
  /** Whether a figure shows it. */ looked = false;
  /** The last request. */ about = "";
  stop = () => {};
  redraw = () => {};

  /** @param {Comparison} comparison */
  constructor(comparison) {
    this.comparison = comparison;
  }

  /** Fetch it this way, until `close`: what has begun goes on with the next one. @param {Fetching} fetching @param {() => void} redraw */
  begin(fetching, redraw) {
    this.redraw = redraw;
    this.stop = onStored(() => this.take());
    const show = fetching.onNews;
    fetching.onNews = () => {
      show();
      if (fetching.news?.kind === "cancelled") this.end();
    };
  }

  close() {
    this.stop();
  }

  get recording() {
    return this.comparison.sides[0].data?.recording ?? "";
  }

  /** The pinned patch, whichever side it is pinned on. @returns {Place | null} */
  get pinned() {
    const { data } = this.comparison.sides[0];
    const { pin } = this.comparison.wanted ?? {};
    return data && pin && pin.row < data.grid.rows && pin.col < data.grid.cols ? [pin.row, pin.col] : null;
  }

  /** @returns {Effects | null} */
  get found() {
    return this.last?.recording === this.recording ? this.last.effects : null;
  }

  /** @returns {Price | null} null until it is known, or if it need not be */
  get price() {
    return this.found ? null : (stored("effects", this.id)?.price ?? null);
  }

  get goesOn() {
    return this.begun?.recording === this.recording;
  }

  /** @returns {Place | null} */
  get patch() {
    return this.begun && this.goesOn ? this.begun.patch : this.pinned;
  }

  get id() {
    return `effects:${this.recording}/${this.patch}${this.goesOn ? "/begun" : ""}`;
  }

  start() {
    this.begun = { recording: this.recording, patch: this.pinned };
    this.take(); // it may be here from before
    this.redraw();
  }

  /** The reader has cancelled it. */
  end() {
    this.begun = null;
    this.redraw();
  }

  /** Whether something else is to be asked than before. */
  turn() {
    const about = `${this.id} ${this.comparison.sides[0].data?.lease} ${this.looked}`;
    const isNew = about !== this.about;
    this.about = about;
    return isNew;
  }

  /** A request for the effects being measured, or else for kept ones if a figure shows them. @returns {Missed[]} */
  missed() {
    const { goesOn, patch, id, comparison } = this;
    const from = comparison.sides[0].exploration.source;
    if (!from || !(goesOn || (this.looked && !this.found))) return [];
    const entry = { kind: "effects", recording: this.recording };
    return [{ id, kind: "effects", body: { patch, start: goesOn }, entry, from }];
  }

  take() {
    const entry = stored("effects", this.id);
    if (!entry?.found || this.last?.effects === entry.found) return;
    this.last = { recording: entry.recording, effects: entry.found };
    if (this.goesOn) this.begun = null;
    this.redraw();
  }
}
