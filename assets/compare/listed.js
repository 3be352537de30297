// The values of which a side lists the largest.

/** @import { Drawn, Scaled } from "./drawn.js" */
/** @import { Side } from "./side.js" */
/** prefix: the names of the tokens before the patches, if they are among the values. @typedef {{ values: Float32Array, prefix: readonly string[] }} Listed */

/**
 * Of attention all tokens, as on "Your image"; else the patches. Of a difference each side lists where it has more itself.
 *
 * @param {Side} side
 * @param {Drawn & Scaled} drawn
 * @returns {Listed}
 */
export function listedOf(side, { quantity, values }) {
  const differs = quantity === "difference";
  const own = side.attends ? side.shown() : null;
  const other = differs && side.other.attends ? side.other.shown() : null;
  if (own && !differs) return { values: own.weights, prefix: own.prefix };
  if (own && other && own.prefix.join() === other.prefix.join())
    return { values: own.weights.map((value, token) => value - other.weights[token]), prefix: own.prefix };
  const drawnMore = side.comparison.data.changed ? 1 : 0; // the side that has more where what is drawn is above 0
  return { values: differs && side.index !== drawnMore ? values.map((value) => -value) : values, prefix: [] };
}
