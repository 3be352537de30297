// The weights of one token in every layer: exact ones from the server where they are here, else computed from q and k.
import { recordId, rowsWanted } from "../data/wanted.js";
import { attentionColumn, attentionRow, combineHeads } from "../maths/attention_math.js";
import { stored } from "../data/stored.js";

/** @import { RecordEntry } from "../data/stored.js" */
/** @import { ExplorerData } from "./exploration.js" */
/** @import { Settings } from "./settings.js" */

/**
 * One token's weights in a layer, by head.
 *
 * @typedef {object} LayerRows
 * @property {Float32Array[]} heads (H) of (N), each
 * @property {number} token the one that they are of
 * @property {boolean} exact whether the server computed them in 32 bits
 */

/** @typedef {{ token: number, direction: string, temperature: number }} Ask */

export class Weights {
  /** By layer, reused from one token to the next. @type {Map<string, Float32Array>} */ buffers = new Map();
  /** Of the last token, by layer. @type {Map<string, LayerRows | null>} */ found = new Map();
  /** What `found` is about. */ about = "";
  /** The last exact rows, where only the server computes them: they stay until the next have come. @type {Map<string, LayerRows>} */
  last = new Map();

  forget() {
    this.found.clear();
  }

  /**
   * A layer's weights for the token; null while they are on their way.
   *
   * @param {ExplorerData} data
   * @param {number} layer
   * @param {Ask} ask
   * @returns {LayerRows | null}
   */
  of(data, layer, ask) {
    const about = `${data.recording}/${ask.token}/${ask.direction}/${ask.temperature}`;
    if (about !== this.about) this.found.clear();
    this.about = about;
    const id = recordId(data, layer);
    let found = this.found.get(id);
    if (found === undefined) this.found.set(id, (found = this.exact(data, layer, ask) ?? this.computed(data, layer, ask)));
    return found;
  }

  /**
   * The rows that the server computed; those of another token of the layer while nobody else computes them.
   *
   * @param {ExplorerData} data
   * @param {number} layer
   * @param {Ask} ask
   * @returns {LayerRows | null}
   */
  exact(data, layer, ask) {
    const rows = exactRows(rowsWanted(data, layer, ask).id);
    if (data.inBrowser) return rows;
    const about = [data.recording, layer, ask.direction, ask.temperature].join("/");
    if (rows) this.last.set(about, rows);
    return rows ?? this.last.get(about) ?? null;
  }

  /**
   * @param {ExplorerData} data
   * @param {number} layer
   * @param {Ask} ask
   * @returns {LayerRows | null}
   */
  computed(data, layer, { token, direction, temperature }) {
    const id = recordId(data, layer);
    const record = stored("record", id);
    const logSumExp = direction === "incoming" ? logSumExpOf(data, layer, temperature, record) : undefined;
    if (!record || (direction === "incoming" && !logSumExp)) return null;
    const { numHeads } = data.layers[layer];
    const size = numHeads * record.numTokens;
    let buffer = this.buffers.get(String(layer));
    if (buffer?.length !== size) this.buffers.set(String(layer), (buffer = new Float32Array(size)));
    const heads = Array.from({ length: numHeads }, (_, head) => {
      const out = buffer.subarray(head * record.numTokens, (head + 1) * record.numTokens);
      return logSumExp
        ? attentionColumn(record, logSumExp, head, token, temperature, out)
        : attentionRow(record, head, token, temperature, out);
    });
    return { heads, token, exact: false };
  }
}

/**
 * log Σ exp of each row, which columns need.
 *
 * @param {ExplorerData} data
 * @param {number} layer
 * @param {number} temperature
 * @param {RecordEntry | undefined} record
 */
export function logSumExpOf(data, layer, temperature, record) {
  if (temperature === 1 && record?.logSumExp) return record.logSumExp;
  return stored("logSumExp", logSumExpId(data, layer, temperature))?.values;
}

/**
 * @param {ExplorerData} data
 * @param {number} layer
 * @param {number} temperature
 */
export function logSumExpId(data, layer, temperature) {
  return `logsumexp:${data.recording}/${layer}/${temperature}`;
}

/**
 * Rows that the server computed, by their id in the store.
 *
 * @param {string} id
 * @returns {LayerRows | null}
 */
export function exactRows(id) {
  const entry = stored("rows", id);
  if (!entry) return null;
  const { rows, numTokens, token } = entry;
  const heads = Array.from({ length: rows.length / numTokens }, (_, head) =>
    rows.subarray(head * numTokens, (head + 1) * numTokens),
  );
  return { heads, token, exact: true };
}

/**
 * The one vector of the chosen heads.
 *
 * @param {readonly Float32Array[]} rows of all heads
 * @param {Pick<Settings, "heads" | "combine">} settings
 * @param {Float32Array} out where more than one is combined
 */
export function combined(rows, { heads, combine }, out) {
  const chosen = heads?.filter((head) => head < rows.length).map((head) => rows[head]) ?? rows;
  return chosen.length === 1 ? chosen[0] : combineHeads(chosen.length ? chosen : rows, combine, out);
}
