// What columns need where nobody gave it: log Σ exp of every row, computed here, a few milliseconds at a time.
import { logSumExpOfRows } from "../maths/attention_math.js";
import { keep, stored } from "../data/stored.js";
import { needsRowSums } from "./settings.js";
import { recordId } from "../data/wanted.js";
import { logSumExpId, logSumExpOf } from "./weights.js";

/** @import { Exploration } from "./exploration.js" */
/** @import { RecordEntry } from "../data/stored.js" */

/** One layer's, `done` of its rows so far. @typedef {{ id: string, record: RecordEntry, temperature: number, done: number, values: Float64Array }} Work */

const REST_MS = 200; // for which the temperature has not changed
const SLICE_MS = 6;
const ROWS = 4; // between two looks at the clock

export class RowSums {
  /** @type {Work | null} */ work = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ timer;
  /** The temperature that is waited for. */ wanted = NaN;

  /** @param {Exploration} exploration */
  constructor(exploration) {
    this.exploration = exploration;
  }

  close() {
    clearTimeout(this.timer);
  }

  draw() {
    const { settings } = this.exploration;
    const { temperature } = settings;
    if (!needsRowSums(settings)) return;
    const changed = temperature !== this.wanted;
    if (changed) clearTimeout(this.timer);
    if (changed || this.timer === undefined) this.later(changed ? REST_MS : 0);
    this.wanted = temperature;
  }

  /** @param {number} wait */
  later(wait) {
    this.timer = setTimeout(() => this.slice(), wait);
  }

  slice() {
    this.timer = undefined;
    const work = this.next();
    this.work = work;
    if (!work) return;
    const { record, temperature, values } = work;
    const began = performance.now();
    while (work.done < values.length && performance.now() - began < SLICE_MS) {
      const [head, from] = [Math.floor(work.done / record.numTokens), work.done % record.numTokens];
      const to = Math.min(from + ROWS, record.numTokens);
      logSumExpOfRows(record, head, from, to, temperature, values);
      work.done += to - from;
    }
    if (work.done === values.length) keep({ id: work.id, kind: "logSumExp", values });
    else this.later(0);
  }

  /** What is being computed, unless the shown layer is missed; else the layer that is missed most. @returns {Work | null} */
  next() {
    const { data, layer: shown, settings } = this.exploration;
    if (!data.allLayers || !needsRowSums(settings)) return null;
    const { temperature } = settings;
    const wanted = this.exploration.nearest((layer) => this.misses(layer));
    if (wanted === undefined) return null;
    const id = logSumExpId(data, wanted, temperature);
    const isWork = (/** @type {number} */ layer) => logSumExpId(data, layer, temperature) === this.work?.id;
    const goesOn = data.layers.some((_, layer) => isWork(layer) && this.misses(layer));
    if (goesOn && (wanted !== shown || id === this.work?.id)) return this.work;
    const record = stored("record", recordId(data, wanted));
    if (!record) return null;
    const values = new Float64Array(data.layers[wanted].numHeads * record.numTokens);
    return { id, record, temperature, done: 0, values };
  }

  /** Whether a layer's queries and keys are here, but not the sums of its rows. @param {number} layer */
  misses(layer) {
    const { data, settings } = this.exploration;
    const record = stored("record", recordId(data, layer));
    return record !== undefined && !logSumExpOf(data, layer, settings.temperature, record);
  }
}
