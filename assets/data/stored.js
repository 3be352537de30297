// The page's shelf of large arrays, shared by all components of this browser tab.
const EVENT = "regard:stored";
/** Kinds of which a recording has one a layer, and what all of them may take. */
const MOST_BYTES = { record: 208 * 2 ** 20, features: 208 * 2 ** 20 };
const KEPT = {
  rows: 16,
  logSumExp: 64,
  picture: 16,
  matrix: 3,
  head: 24,
  moves: 2,
  statistics: 3,
  contributions: 3,
  likeness: 16,
  matches: 4,
  components: 4,
  segments: 4,
  atlas: 16,
  atlasHead: 32,
  changed: 1,
  effects: 4,
  movement: 3,
};

/** @typedef {{ rows: number, cols: number }} Grid */
/** @import { Column } from "../atlas/grid.js" */
/** @import { Said } from "../atlas/head.js" */
/** @import { Values } from "../atlas/layout.js" */
/** @import { AttentionInput } from "../maths/attention_math.js" */
/**
 * One layer's queries and keys. `recording` is what it belongs to, `logSumExp` log Σ exp of each row at temperature 1, (H, N).
 *
 * @typedef {{ kind: "record", recording: string, logSumExp?: Float32Array } & AttentionInput} RecordEntry
 */
/**
 * Rows that the server computed for one token, (H, N). Of a rollout also the patches that it was made without, and a sentence on
 * the patch that dominates it.
 *
 * @typedef {{ kind: "rows", rows: Float32Array, numTokens: number, token: number, patches?: number[], outlier?: string }} RowsEntry
 */
/** @typedef {{ kind: "logSumExp", values: Float32Array | Float64Array }} LogSumExpEntry log Σ exp of each row, (H, N) */
/** @typedef {{ kind: "picture", type: string, bytes: Uint8Array<ArrayBuffer> }} PictureEntry */
/**
 * A layer's weights from cell to cell, (H, M, M): of prefix tokens, then of blocks of `factor` × `factor` patches.
 *
 * @typedef {{ kind: "matrix", recording: string, means: Float32Array, factor: number, blocks: { rows: number, cols: number } }} MatrixEntry
 */
/**
 * One head's queries and keys as they were recorded, (N, d); what a mask adds to the scores of one query, (N); and where they were
 * turned by their positions, what they were before.
 *
 * @typedef {{ kind: "head", q: Float32Array, k: Float32Array, bias?: Float32Array, contentQ?: Float32Array, contentK?: Float32Array, numTokens: number, headDim: number, scale: number }} HeadEntry
 */
/**
 * How far the blocks move tokens: norms and cosines of all layers one after the other. Those of a layer begin at `from`, -1 where
 * they are not known; beyond `thresholds` the norm of a patch sticks out.
 *
 * @typedef {object} Moves
 * @property {"moves"} kind
 * @property {Float32Array} before
 * @property {Float32Array} attention what it added
 * @property {Float32Array} afterAttention
 * @property {Float32Array} mlp what it added
 * @property {Float32Array} after
 * @property {Float32Array} cosAttention
 * @property {Float32Array} cosMlp
 * @property {number[]} from
 * @property {number[]} count
 * @property {number[]} thresholds
 */
/** @typedef {{ kind: "moves" } & Moves} MovesEntry */
/** With an array of every head, layer after layer, for each measure by its name. @typedef {{ kind: "statistics" }} StatisticsEntry */
/** Norms of what every head writes, layer after layer: for each query, (heads, N), and their means. @typedef {{ kind: "contributions", values: Float32Array, means: Float32Array }} ContributionsEntry */
/** Divergence of every head, layer after layer, from one. @typedef {{ kind: "likeness", values: Float32Array }} LikenessEntry */
/** What the patches of a layer are, (N, dim). @typedef {{ kind: "features", recording: string, values: Float32Array, dim: number } & Grid} FeaturesEntry */
/**
 * Of every patch of one picture the best match in another and the cosines of it and of the second best; backward the same of the other's.
 *
 * @typedef {object} Matches
 * @property {Int32Array} forward
 * @property {Float32Array} similarity
 * @property {Float32Array} second
 * @property {Int32Array} backward
 * @property {Float32Array} backwardSimilarity
 * @property {Float32Array} backwardSecond
 */
/** @typedef {{ kind: "matches" } & Matches} MatchesEntry */
/** A result over several pictures: rows and columns of each, and by number why a picture is left out (it has none). @typedef {{ grids: [number, number][], leftOut?: Record<string, string> }} OfSet */
/**
 * Principal components of the patches of several pictures, one picture after the other: scores (ΣN, count), and which patches are
 * foreground.
 *
 * @typedef {{ kind: "components", scores: Float32Array, explained: Float32Array, mask: Uint8Array } & OfSet} ComponentsEntry
 */
/** Which segment each patch of several pictures is in. @typedef {{ kind: "segments", labels: Uint8Array, k: number } & OfSet} SegmentsEntry */
/** How far heads and layers moved. @typedef {{ kind: "movement", layers: { layer: number, name: string, heads: (number | null)[], alike: number | null }[] }} MovementEntry */
/** The answer to a list of changes, with the right side. @typedef {{ kind: "changed", title: string, side: Record<string, unknown> | null, lease?: string } & import("../what_if/changing.js").Answer} ChangedEntry */
/** Every head's effect, or what it would take to measure it. @typedef {{ kind: "effects", recording: string, found: import("../what_if/measuring.js").Effects | null, price?: import("../what_if/measuring.js").Price }} EffectsEntry */
/** A measure of every head of an atlas, and beside it the means of another. @typedef {{ kind: "atlas", columns: Column[], pictures: number, says?: string, other?: Values }} AtlasEntry */
/** The spread of one head of an atlas, with pictures. @typedef {{ kind: "atlasHead" } & Omit<Said, "interval" | "other" | "note">} AtlasHeadEntry */
/** @typedef {RecordEntry | FeaturesEntry} ByLayer */
/** @typedef {RowsEntry | LogSumExpEntry | PictureEntry | MatrixEntry | HeadEntry | MovesEntry | StatisticsEntry | ContributionsEntry | LikenessEntry | MatchesEntry | ComponentsEntry | SegmentsEntry | MovementEntry | ChangedEntry | EffectsEntry | AtlasEntry | AtlasHeadEntry} Single */
/** @typedef {{ id: string } & (ByLayer | Single)} Entry */

/** All modules of the page share it, each bundle with a copy of this file. @returns {Map<string, Entry>} */
function shelf() {
  const page = /** @type {{ regardStored?: Map<string, Entry> }} */ (globalThis);
  return (page.regardStored ??= new Map());
}

/**
 * Keep an entry under its id. Of what a recording has one a layer the oldest recording's goes where all take more than MOST_BYTES,
 * of other kinds the oldest entry where there are many.
 *
 * @param {Entry} entry
 */
export function keep(entry) {
  const entries = shelf();
  entries.delete(entry.id);
  entries.set(entry.id, entry);
  if (entry.kind === "record" || entry.kind === "features") forgetOldRecordings(entry);
  else forgetOldest(entry.kind);
  globalThis.dispatchEvent(new CustomEvent(EVENT, { detail: entry.id }));
}

/** @param {keyof typeof KEPT} kind */
function forgetOldest(kind) {
  const alike = [...shelf().values()].filter((other) => other.kind === kind);
  for (const old of alike.slice(0, Math.max(0, alike.length - KEPT[kind]))) shelf().delete(old.id);
}

/** @param {ByLayer} newest whose recording stays, whatever it takes */
function forgetOldRecordings({ kind, recording: newest }) {
  const alike = [...shelf().values()].filter(isByLayer).filter((other) => other.kind === kind);
  let bytes = alike.reduce((sum, entry) => sum + bytesOf(entry), 0);
  for (const entry of alike) {
    if (bytes <= MOST_BYTES[kind] || entry.recording === newest) continue;
    shelf().delete(entry.id);
    bytes -= bytesOf(entry);
  }
}

/**
 * @param {Entry} entry
 * @returns {entry is { id: string } & ByLayer}
 */
function isByLayer(entry) {
  return entry.kind in MOST_BYTES;
}

/** Of its arrays; those that are one count once. @param {Entry} entry */
function bytesOf(entry) {
  const arrays = new Set(Object.values(entry).filter(ArrayBuffer.isView));
  return [...arrays].reduce((sum, { byteLength }) => sum + byteLength, 0);
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

/** @param {string} id */
export function isStored(id) {
  return shelf().has(id);
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
