// Asks what the list of changes does, and puts the answer on the right side of the comparison.
import { onStored, stored } from "../data/stored.js";

/** @import { Comparison, SideData } from "../compare/comparison.js" */
/** @import { Missed } from "../data/fetching.js" */
/** @import { Acts } from "../edits/acts.js" */

/** The right side is on the page's second. */
const RIGHT = 1;

/** A number that says how far something moved, with what stands before it. place: the patch that it is of. @typedef {{ term: string, value: number, text: string, place?: [number, number] }} Said */
/** One that a classifier knows, with its probability. @typedef {{ index: number, name: string, share: number }} Class */
/**
 * edits, recording: the list and the left side that it answers. said: how far the model moved. before, after: the most probable
 * classes. notes: what could not be changed.
 *
 * @typedef {{ edits: string, recording: string, said: Said[], before: Class[], after: Class[], notes: string[] }} Answer
 */

export class Changing {
  /** The last request, and the number of requests. */ about = "";
  asked = 0;
  /** Called with the id of a request that nobody waits for any more. @type {(id: string) => void} */ onDropped = () => {};

  /**
   * @param {Acts} acts
   * @param {Comparison} comparison
   */
  constructor(acts, comparison) {
    this.acts = acts;
    this.comparison = comparison;
    this.stop = onStored(() => this.take());
  }

  close() {
    this.stop();
  }

  /** An answer is good for one list, one left side, and as long as its lease. */
  get id() {
    return `changed:${this.asked}`;
  }

  /** Whether something else is to be asked than before. */
  turn() {
    const { data } = this.comparison.sides[0];
    const { edits, target } = this.acts.wanted;
    const about = data ? JSON.stringify([data.lease, data.recording, edits, target]) : "";
    if (about === this.about) return false;
    this.onDropped(this.id);
    this.about = about;
    this.asked += 1;
    return true;
  }

  /** The request, once there is a left side. @returns {Missed[]} */
  missed() {
    this.turn();
    const { source: from, data } = this.comparison.sides[0].exploration;
    if (!from || !data) return [];
    const { edits, target } = this.acts.wanted;
    const entry = { kind: "changed", edits, recording: data.recording };
    return [{ id: this.id, kind: "changed", body: { edits, target }, entry, from, urgent: true }];
  }

  /** Whether the right side is not what the list says. */
  get waits() {
    const { answer, wanted } = this.acts;
    return answer?.edits !== wanted.edits || answer.recording !== this.comparison.sides[0].data?.recording;
  }

  /** Put the answer on the right side, once it is here. */
  take() {
    const entry = stored("changed", this.id);
    if (!entry || this.acts.answer === entry) return;
    this.acts.answer = entry;
    const { side, lease, title } = entry;
    this.comparison.adoptSide(RIGHT, side && /** @type {SideData} */ ({ ...side, lease, title }));
    this.acts.redraw();
  }

  /** Have the right side say that another one is on its way. */
  mark() {
    const { comparison, waits } = this;
    if (comparison.stale.has(RIGHT) === waits) return;
    if (waits) comparison.stale.add(RIGHT);
    else comparison.stale.delete(RIGHT);
    comparison.redraw();
  }
}
