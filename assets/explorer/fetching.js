// What is not here yet, fetched piece after piece while the page has nothing else to do: first what is shown.
import { askFor } from "../shared/wanted.js";
import { hasRunSince, mayAsk } from "../streamlit/presses.js";
import { isStored, onStored } from "../shared/stored.js";
import { recordId } from "./weights.js";

/** @import { Exploration } from "./exploration.js" */
/** Its id in the store, and what asks for it: false where nobody can be asked yet. @typedef {{ id: string, ask: () => boolean }} Missed */

const PATIENCE_MS = 15_000; // after which a piece is asked for again
const PAUSE_MS = 30;

export class Fetching {
  /** What was asked for, and when. @type {{ id: string, at: number } | null} */ asked = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ timer;
  /** Of what all is known to be here. @type {unknown} */ complete;

  /**
   * @param {() => Missed | null} missed what is missed most
   * @param {(id: string) => boolean} isOfThis whether a piece is still of what is looked at
   * @param {object} [more]
   * @param {boolean} [more.later] whether it may come with a later run than the one that was asked
   * @param {() => { of: string, tell: () => void } | null} [more.whole] once nothing is missed: of what, and who is told, once
   */
  constructor(missed, isOfThis, { later = false, whole = () => null } = {}) {
    this.later = later;
    this.missed = missed;
    this.isOfThis = isOfThis;
    this.whole = whole;
    this.stop = onStored(() => this.soon());
  }

  close() {
    this.stop();
    clearTimeout(this.timer);
  }

  draw() {
    this.soon();
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.next(), PAUSE_MS);
  }

  next() {
    const missed = this.missed();
    const whole = missed ? null : this.whole();
    if (!missed && (!whole || whole.of === this.complete)) return;
    if (!mayAsk()) {
      this.soon();
      return;
    }
    if (!missed) {
      this.complete = whole?.of;
      whole?.tell();
      return;
    }
    const waits = this.asked && this.isOnItsWay(this.asked);
    if (!waits && missed.ask()) this.asked = { id: missed.id, at: performance.now() };
    this.timer = setTimeout(() => this.next(), 1000);
  }

  /** @param {NonNullable<Fetching["asked"]>} asked */
  isOnItsWay({ id, at }) {
    const wasLost = !this.later && hasRunSince(at);
    return this.isOfThis(id) && !isStored(id) && !wasLost && performance.now() - at < PATIENCE_MS;
  }
}

/**
 * The queries and keys of an exploration's layers.
 *
 * @param {Exploration} exploration
 * @param {string} key
 */
export function fetchingLayers(exploration, key) {
  return new Fetching(
    () => missedLayer(exploration, key),
    (id) => exploration.data.layers.some((_, layer) => recordId(exploration.data, layer) === id),
    { whole: () => wholeOf(exploration, key) },
  );
}

/**
 * Whether all layers that the page wants are here; Python then sends none of them again.
 *
 * @param {Exploration} exploration
 * @param {string} key
 */
function wholeOf(exploration, key) {
  const { data, layer } = exploration;
  if (!data?.inBrowser || (data.allLayers && !data.layers.every((_, each) => exploration.has(each)))) return null;
  return {
    of: data.allLayers ? data.recording : recordId(data, layer),
    tell: () => void askFor(key, { layer: null }),
  };
}

/**
 * The layer that is missed most: the shown one, then its neighbours.
 *
 * @param {Exploration} exploration
 * @param {string} key
 * @returns {Missed | null}
 */
export function missedLayer(exploration, key) {
  const { data, layer: shown, drawn } = exploration;
  if (!data?.inBrowser) return null;
  const others = data.allLayers && drawn;
  const layer = exploration.has(shown) ? others && exploration.nearest((each) => !exploration.has(each)) : shown;
  return typeof layer === "number" ? { id: recordId(data, layer), ask: () => askFor(key, { layer }) } : null;
}
