// Sentences that lessons share, true of the numbers at hand. Pure.
import { num } from "./parts.js";

/** @import { Part } from "./parts.js" */

/** Weights that differ by less are one weight. */
const TIE = 1e-12;

/**
 * "x1, x2 and x3".
 *
 * @param {readonly string[]} names at least one
 * @param {string} role
 * @returns {Part[]}
 */
export const listed = (names, role) =>
  names.flatMap((name, at) => [...(at ? [at === names.length - 1 ? " and " : ", "] : []), { name, role }]);

/** The places of the largest, of equals all. @param {readonly number[]} row */
export function placesOfLargest(row) {
  const largest = Math.max(...row);
  return row.flatMap((value, at) => (value >= largest - TIE ? [at] : []));
}

/**
 * "The largest is 0.5, for k1", where several share it for all of them. It ends without a full stop.
 *
 * @param {readonly number[]} weights
 * @param {readonly string[]} keys their names
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
 * What the mask does to one row.
 *
 * @param {Part} query
 * @param {readonly boolean[] | null} open which keys it may look at; null for all
 * @param {boolean} [normalise] whether softmax follows
 * @returns {Part[]}
 */
export function sayMask(query, open, normalise = true) {
  const closed = open?.filter((may) => !may).length ?? 0;
  const eyes = " The eyes under the weights open and close them.";
  if (!closed) return [query, " may look at every key: in its row the mask changes nothing.", eyes.replace("them", "keys")];
  const count = [num(closed), ` of ${open?.length} keys`];
  const becomes = normalise ? "their dot products become −∞, so that their weights will be 0" : "their weights are 0";
  return [query, " may not look at ", ...count, `: ${becomes}.`, eyes];
}

/**
 * What is said of queries that may look at no key; null where there is none.
 *
 * @param {boolean[][] | null} allowed
 * @param {readonly string[]} queries their names
 * @param {boolean} normalise
 * @param {readonly Part[]} left what their outputs are
 * @returns {Part[] | null}
 */
export function sayEmptyRows(allowed, queries, normalise, left = ["0"]) {
  const empty = queries.filter((_, i) => allowed && !allowed[i].some(Boolean));
  if (!empty.length) return null;
  const whose = empty.length === 1 ? ["its weights", "its output is "] : ["their weights", "their outputs are "];
  const why = normalise
    ? `. A softmax over nothing has no value; we choose 0 for ${whose[0]}, so ${whose[1]}`
    : `: ${whose[0]} are 0, so ${whose[1]}`;
  return [...listed(empty, "q"), " may look at no key", why, ...left, "."];
}
