// The page's shelf of large arrays, shared by all components of this browser tab.
const EVENT = "regard:stored";
const RECORD_BYTES = 208 * 2 ** 20;
const KEPT = { rows: 8, logSumExp: 64, picture: 3, matrix: 3, statistics: 3 };

/** @import { AttentionInput } from "./attention_math.js" */
/**
 * One layer's queries and keys. `recording` is what it belongs to, `logSumExp` log Σ exp of each row at temperature 1, (H, N).
 *
 * @typedef {{ kind: "record", recording: string, logSumExp?: Float32Array } & AttentionInput} RecordEntry
 */
/** @typedef {{ kind: "rows", rows: Float32Array, numTokens: number }} RowsEntry rows that Python computed for one token, (H, N) */
/** @typedef {{ kind: "logSumExp", values: Float32Array | Float64Array }} LogSumExpEntry log Σ exp of each row, (H, N) */
/** @typedef {{ kind: "picture", type: string, bytes: Uint8Array<ArrayBuffer> }} PictureEntry */
/**
 * A layer's weights from cell to cell, (H, M, M): of prefix tokens, then of blocks of `factor` × `factor` patches.
 *
 * @typedef {{ kind: "matrix", recording: string, means: Float32Array, factor: number, blocks: { rows: number, cols: number } }} MatrixEntry
 */
/** @typedef {"mean_distance" | "entropy" | "prefix_share"} MeasureName */
/** @typedef {{ kind: "statistics" } & Record<MeasureName, Float32Array>} StatisticsEntry of every head, layer after layer */
/** @typedef {{ id: string } & (RecordEntry | RowsEntry | LogSumExpEntry | PictureEntry | MatrixEntry | StatisticsEntry)} Entry */

/** All modules of the page share it, each bundle with a copy of this file. @returns {Map<string, Entry>} */
function shelf() {
  const page = /** @type {{ regardStored?: Map<string, Entry> }} */ (globalThis);
  return (page.regardStored ??= new Map());
}

/**
 * Keep an entry under its id. Of records the oldest recording goes where they take more than RECORD_BYTES, of other kinds the
 * oldest entry where there are many.
 *
 * @param {Entry} entry
 */
export function keep(entry) {
  const entries = shelf();
  entries.delete(entry.id);
  entries.set(entry.id, entry);
  if (entry.kind === "record") forgetOldRecordings(entry.recording);
  else forgetOldest(entry.kind);
  globalThis.dispatchEvent(new CustomEvent(EVENT, { detail: entry.id }));
}

/** @param {keyof typeof KEPT} kind */
function forgetOldest(kind) {
  const alike = [...shelf().values()].filter((other) => other.kind === kind);
  for (const old of alike.slice(0, Math.max(0, alike.length - KEPT[kind]))) shelf().delete(old.id);
}

/** @param {string} newest stays, whatever it takes */
function forgetOldRecordings(newest) {
  const records = [...shelf().values()].filter((other) => other.kind === "record");
  let bytes = records.reduce((sum, { q, k }) => sum + q.byteLength + (k === q ? 0 : k.byteLength), 0);
  for (const { id, recording, q, k } of records) {
    if (bytes <= RECORD_BYTES || recording === newest) continue;
    shelf().delete(id);
    bytes -= q.byteLength + (k === q ? 0 : k.byteLength);
  }
}

/**
 * The entry with this id, or undefined while it is on its way.
 *
 * @template {Entry["kind"]} Kind
 * @param {Kind} kind
 * @param {string | null | undefined} id
 * @returns {Extract<Entry, { kind: Kind }> | undefined}
 */
export function stored(kind, id) {
  const entry = typeof id === "string" ? shelf().get(id) : undefined;
  return entry?.kind === kind ? /** @type {Extract<Entry, { kind: Kind }>} */ (entry) : undefined;
}

/**
 * Call back whenever something is kept; returns a function that stops it.
 *
 * @param {() => void} callback
 */
export function onStored(callback) {
  globalThis.addEventListener(EVENT, callback);
  return () => globalThis.removeEventListener(EVENT, callback);
}
