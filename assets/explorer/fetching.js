// The layers that are not here yet, fetched one after another while the page has nothing else to do: first the one that is shown.
import { askFor } from "../shared/layers_wanted.js";
import { scriptRuns } from "../shared/streamlit_workarounds.js";
import { onStored } from "../shared/stored.js";

/** @import { Exploration } from "./exploration.js" */

const PATIENCE_MS = 15_000; // after which a layer is asked for again
const PAUSE_MS = 30;

export class Fetching {
  /** What was asked for, and when. @type {{ recording: string, layer: number, at: number } | null} */ asked = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ timer;

  /**
   * @param {Exploration} exploration
   * @param {string} key
   */
  constructor(exploration, key) {
    this.exploration = exploration;
    this.key = key;
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
    const { data } = this.exploration;
    const layer = this.wanted();
    if (!data || layer === null) return;
    if (scriptRuns()) {
      this.soon(); // asking would end what it does, and have it begun again
      return;
    }
    const waits = this.asked && this.isOnItsWay(this.asked);
    if (!waits && askFor(this.key, layer)) this.asked = { recording: data.recording, layer, at: performance.now() };
    this.timer = setTimeout(() => this.next(), waits ? PATIENCE_MS : 1000);
  }

  /** @param {NonNullable<Fetching["asked"]>} asked */
  isOnItsWay({ recording, layer, at }) {
    const { exploration } = this;
    return recording === exploration.data.recording && !exploration.has(layer) && performance.now() - at < PATIENCE_MS;
  }

  /** The layer that is missed most. @returns {number | null} */
  wanted() {
    const { data, layer: shown } = this.exploration;
    if (!data?.inBrowser) return null;
    if (!this.exploration.has(shown)) return shown;
    if (!data.allLayers || !this.exploration.drawn) return null;
    return this.exploration.nearest((layer) => !this.exploration.has(layer)) ?? null;
  }
}
