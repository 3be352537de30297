// Masks as predicates of a query's and a key's position: attention_core.maths.masks in the browser.
import { filled } from "./matrices.js";

/** @typedef {"none" | "causal" | "window" | "before"} MaskKind */

/** @type {Record<Exclude<MaskKind, "none">, (query: number, key: number, radius: number) => boolean>} */
const PREDICATES = {
  causal: (query, key) => key <= query,
  before: (query, key) => key < query,
  window: (query, key, radius) => Math.abs(key - query) <= radius,
};

/**
 * Return a mask (Nq, Nk), true if the query may attend to the key. Null if there is no mask.
 *
 * @param {MaskKind} kind
 * @param {number} queries
 * @param {number} keys
 * @param {number} radius of the window, in positions to each side
 */
export function maskOf(kind, queries, keys, radius = 1) {
  if (kind === "none") return null;
  return filled(queries, keys, (query, key) => PREDICATES[kind](query, key, radius));
}
