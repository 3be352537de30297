// The page's shelf of large arrays: the last few of each kind, shared by all components of this browser tab.
const KEPT_PER_KIND = 3;
const EVENT = "regard:stored";

/** @import { AttentionInput } from "./attention_math.js" */
/** @typedef {AttentionInput & { rows?: undefined }} QueriesAndKeys */
/** @typedef {{ rows: Float32Array, numTokens: number, token: number }} GivenRows rows that Python computed for one token, (H, N) */
/** @typedef {{ kind: "record" } & (QueriesAndKeys | GivenRows)} AttentionEntry */
/** @typedef {{ kind: "logSumExp", values: Float32Array | Float64Array }} LogSumExpEntry log Σ exp of each row, (H, N) */
/** @typedef {{ kind: "picture", type: string, bytes: Uint8Array<ArrayBuffer> }} PictureEntry */
/** @typedef {{ id: string } & (AttentionEntry | LogSumExpEntry | PictureEntry)} Entry */

/** All modules of the page share it, each bundle with a copy of this file. @returns {Map<string, Entry>} */
function shelf() {
  const page = /** @type {{ regardStored?: Map<string, Entry> }} */ (globalThis);
  return (page.regardStored ??= new Map());
}

/**
 * Keep an entry under its id; the oldest of the same kind goes beyond KEPT_PER_KIND.
 *
 * @param {Entry} entry
 */
export function keep(entry) {
  const entries = shelf();
  entries.delete(entry.id);
  entries.set(entry.id, entry);
  const alike = [...entries.values()].filter((other) => other.kind === entry.kind);
  for (const old of alike.slice(0, Math.max(0, alike.length - KEPT_PER_KIND))) entries.delete(old.id);
  globalThis.dispatchEvent(new CustomEvent(EVENT, { detail: entry.id }));
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
