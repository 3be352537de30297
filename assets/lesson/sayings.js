// Sentences that several lessons share. They describe the current numbers. No state.
import { num } from "./parts.js";

/** @import { Part } from "./parts.js" */

/** Weights that differ by less count as equal. */
const TIE = 1e-12;

/**
 * Return a list such as "x1, x2 and x3".
 *
 * @param {readonly string[]} names at least one
 * @param {string} role
 * @returns {Part[]}
 */
export const listed = (names, role) =>
  names.flatMap((name, at) => [...(at ? [at === names.length - 1 ? " and " : ", "] : []), { name, role }]);

/** Return the index of the largest value, or all indices if several are equal. @param {readonly number[]} row */
export function placesOfLargest(row) {
  const largest = Math.max(...row);
  return row.flatMap((value, at) => (value >= largest - TIE ? [at] : []));
}

/**
 * Return "The largest is 0.5, for k1". If several keys share it, it names all of them. Without a full stop.
 *
 * @param {readonly number[]} weights
 * @param {readonly string[]} keys names of the keys
 * @returns {Part[]}
 */
export function sayLargest(weights, keys) {
  const places = placesOfLargest(weights);
  const whose = places.length === keys.length && keys.length > 1 ? ["the same for all keys"] : null;
  return [
    "The largest is ",
    num(weights[places[0]]),
    ", ",
    ...(whose ?? [
      "for ",
      ...listed(
        places.map((at) => keys[at]),
        "k",
      ),
    ]),
  ];
}

/**
 * Say what the mask does to one row.
 *
 * @param {Part} query
 * @param {readonly boolean[] | null} open true for each key that the query may look at; null if all
 * @param {boolean} [normalise] true if softmax follows
 * @returns {Part[]}
 */
export function sayMask(query, open, normalise = true) {
  const closed = open?.filter((may) => !may).length ?? 0;
  const eyes = " Click an eye under a weight to open or close that key.";
  if (!closed) return [query, " may look at every key, so the mask changes nothing in its row.", eyes];
  const count = [num(closed), ` of ${open?.length} keys`];
  const becomes = normalise ? "their dot products become −∞, so their weights will be 0" : "their weights are 0";
  return [query, " may not look at ", ...count, `: ${becomes}.`, eyes];
}

/**
 * Name the queries that may look at no key, and their weights and outputs. Null if there is no such query.
 *
 * @param {boolean[][] | null} allowed
 * @param {readonly string[]} queries names of the queries
 * @param {boolean} normalise
 * @param {readonly Part[]} left the outputs of these queries
 * @returns {Part[] | null}
 */
export function sayEmptyRows(allowed, queries, normalise, left = ["0"]) {
  const empty = queries.filter((_, i) => allowed && !allowed[i].some(Boolean));
  if (!empty.length) return null;
  const whose = empty.length === 1 ? ["its weights", "its output is "] : ["their weights", "their outputs are "];
  const why = normalise
    ? `. Softmax over no keys is not defined. We set ${whose[0]} to 0, so ${whose[1]}`
    : `: ${whose[0]} are 0, so ${whose[1]}`;
  return [...listed(empty, "q"), " may look at no key", why, ...left, "."];
}
