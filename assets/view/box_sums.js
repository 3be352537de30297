// Which share of what all patches outside the box give lies in it, of every head: counted a few milliseconds at a time.
import { stored } from "../data/stored.js";
import { boxTask, gathered, shareOfBox, sumOfWeights } from "../maths/box_shares.js";
import { recordId } from "../data/wanted.js";
import { logSumExpOf } from "./weights.js";

/** @import { Block } from "../maths/patches.js" */
/** @import { Exploration } from "./exploration.js" */
/** @import { BoxTask } from "../maths/box_shares.js" */

/** One layer's, of which `head` is counted up to the query `at`. @typedef {{ layer: number, head: number, at: number, sum: number, vectors: Float32Array | null, shares: Float32Array }} Work */

const SLICE_MS = 8;
const PAIRS = 50_000; // of query and key, between two looks at the clock

export class BoxSums {
  /** What `found` is of. */ about = "";
  /** By layer. @type {Map<number, Float32Array>} */ found = new Map();
  /** @type {Work | null} */ work = null;
  /** @type {BoxTask} */ task;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ timer;

  /** @param {Exploration} exploration */
  constructor(exploration) {
    this.exploration = exploration;
  }

  /**
   * By layer, each head's share; a layer that is still to be counted is undefined, and will be.
   *
   * @param {Block} box
   */
  of(box) {
    const { data, settings } = this.exploration;
    const about = JSON.stringify([data.recording, box, settings.temperature]);
    if (about !== this.about) {
      Object.assign(this, { about, found: new Map(), work: null });
      this.task = boxTask(box, data.grid, data.layers[0].prefix.length);
    }
    if (this.found.size < data.layers.length) this.timer ??= setTimeout(() => this.slice());
    return data.layers.map((_, layer) => this.found.get(layer));
  }

  /** The part of it all that is counted. */
  get share() {
    const { layers } = this.exploration.data;
    const heads = layers[0].numHeads;
    return (this.found.size + (this.work ? this.work.head / heads : 0)) / layers.length;
  }

  slice() {
    this.timer = undefined;
    const began = performance.now();
    const { size } = this.found;
    while (performance.now() - began < SLICE_MS) {
      this.work ??= this.next();
      if (!this.work) break;
      this.count(this.work);
    }
    if (this.work) this.timer = setTimeout(() => this.slice());
    if (this.found.size > size) this.exploration.redraw();
  }

  /** The next layer of which all is here that it needs. @returns {Work | null} */
  next() {
    const { data } = this.exploration;
    const layer = data.layers.findIndex((_, each) => !this.found.has(each) && this.sourcesOf(each));
    if (layer < 0) return null;
    return { layer, head: 0, at: 0, sum: 0, vectors: null, shares: new Float32Array(data.layers[layer].numHeads) };
  }

  /** @param {number} layer */
  sourcesOf(layer) {
    const { data, settings } = this.exploration;
    const record = stored("record", recordId(data, layer));
    const logSumExp = record && logSumExpOf(data, layer, settings.temperature, record);
    return logSumExp && { record, logSumExp };
  }

  /** @param {Work} work */
  count(work) {
    const sources = this.sourcesOf(work.layer);
    if (!sources) {
      this.work = null; // it has gone meanwhile
      return;
    }
    const { task } = this;
    const { record, logSumExp } = sources;
    work.vectors ??= gathered(record, work.head, task.keys);
    const to = Math.min(task.queries.length, work.at + Math.max(1, Math.floor(PAIRS / task.keys.length)));
    const { temperature } = this.exploration.settings;
    work.sum += sumOfWeights(record, logSumExp, work.head, task, work.vectors, work.at, to, temperature);
    work.at = to;
    if (to < task.queries.length) return;
    work.shares[work.head] = shareOfBox(work.sum, task);
    Object.assign(work, { head: work.head + 1, at: 0, sum: 0, vectors: null });
    if (work.head < work.shares.length) return;
    this.found.set(work.layer, work.shares);
    this.work = null;
  }
}
