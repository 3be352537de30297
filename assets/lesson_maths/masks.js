// Masks as small predicates of a query's and a key's place: attention_core.maths.masks in the browser.
import { filled } from "./matrices.js";

/** @typedef {"none" | "causal" | "window" | "before"} MaskKind */

/** @type {Record<Exclude<MaskKind, "none">, (query: number, key: number, radius: number) => boolean>} */
const PREDICATES = {
  causal: (query, key) => key <= query,
  before: (query, key) => key < query,
  window: (query, key, radius) => Math.abs(key - query) <= radius,
};

/**
 * True where the query may attend to the key, (Nq, Nk); null where it may everywhere.
 *
 * @param {MaskKind} kind
 * @param {number} queries
 * @param {number} keys
 * @param {number} radius of the window, in places to either side
 */
export function maskOf(kind, queries, keys, radius = 1) {
  if (kind === "none") return null;
  return filled(queries, keys, (query, key) => PREDICATES[kind](query, key, radius));
}
