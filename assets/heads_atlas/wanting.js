// What Python measures of all queries: asked for when somebody looks, once the layers that are on their way have come.
import { isStored, onStored } from "../shared/stored.js";
import { mayAsk } from "../shared/streamlit_workarounds.js";

/** @import { Exploration } from "../explorer/exploration.js" */
/** Numbers of every head, or how like one they are. @typedef {{ recording: string, what: "statistics" | "contributions" | "likeness", like?: [number, number] }} Wanted */

const SOON_MS = 150;
const PATIENCE_MS = 15_000; // after which they are asked for again

export class Wanting {
  asked = { id: "", at: 0 };
  looked = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ timer;

  /**
   * @param {Exploration} exploration
   * @param {(wanted: Wanted) => void} ask
   */
  constructor(exploration, ask) {
    this.exploration = exploration;
    this.ask = ask;
    this.stop = onStored(() => this.soon());
  }

  close() {
    this.stop();
    clearTimeout(this.timer);
  }

  /** @param {boolean} inSight */
  look(inSight) {
    this.looked ||= inSight;
    if (this.timer === undefined) this.soon();
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.next(), SOON_MS);
  }

  next() {
    this.timer = undefined;
    const { data } = this.exploration;
    const missed = data && this.missed();
    if (!missed || (data.allLayers && !data.layers.every((_, layer) => this.exploration.has(layer)))) return;
    const { id, wanted } = missed;
    const waits = this.asked.id === id && performance.now() - this.asked.at < PATIENCE_MS;
    if (!waits && mayAsk()) {
      this.asked = { id, at: performance.now() };
      this.ask(wanted);
    }
    this.timer = setTimeout(() => this.next(), waits ? PATIENCE_MS : SOON_MS);
  }

  /** What is asked for first of what is not here. */
  missed() {
    const { data, settings, measures } = this.exploration;
    const { recording } = data;
    const { like } = measures;
    const all = measures.over === "picture";
    /** @type {(Wanted | false | "" | null | undefined)[]} */
    const wanted = [
      all && settings.measure !== "likeness" && { recording, what: "statistics" },
      all && settings.measure === "likeness" && like && { recording, what: "likeness", like: [like.layer, like.head] },
      data.contributes && (this.looked || settings.measure === "contribution") && { recording, what: "contributions" },
      all && this.looked && { recording, what: "statistics" },
    ];
    for (const each of wanted) {
      if (!each) continue;
      const id = `${each.what}:${recording}${each.like ? `/${each.like.join(".")}` : ""}`;
      if (!isStored(id)) return { id, wanted: each };
    }
    return null;
  }
}
