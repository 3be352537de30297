// What both sides show for the patch that asks: computed anew for every frame.
import { moved, placeOf } from "../maths/patches.js";
import { drawnOn } from "./drawn.js";
import { bestTwo } from "./similarity.js";

/** @import { Grid } from "../maths/patches.js" */
/** @import { Comparison } from "./comparison.js" */
/** @import { Drawn } from "./drawn.js" */
/** @import { Side } from "./side.js" */

/** The best match of the leading patch on the other side, that one's own best, and whether they are each other's. @typedef {{ patch: number, similarity: number, second: number, back: number, mutual: boolean }} BestMatch */

/**
 * @typedef {object} Found
 * @property {{ side: number, patch: number }} leader the patch that asks
 * @property {[number, number]} asked the patch of each side that is asked for
 * @property {[Float32Array | null, Float32Array | null]} similarity of each side's patches to the leader, or to the side's own asked patch
 * @property {BestMatch | null} match
 * @property {[Drawn | null, Drawn | null]} drawn
 */

/**
 * @param {Comparison} comparison
 * @returns {Found}
 */
export function foundIn(comparison) {
  const { sides, settings } = comparison;
  const leader = leaderOf(comparison);
  const [asking, other] = [sides[leader.side], sides[1 - leader.side]];
  const own = asking.similarityTo(asking, leader.patch);
  const matched = settings.asks === "match" ? other.similarityTo(asking, leader.patch) : null;
  const match = matched && matchOf(asking, leader.patch, matched);
  const there = match?.patch ?? samePlace(leader.patch, asking.grid, other.grid);
  const similarity = [own, settings.asks === "match" ? matched : other.similarityTo(other, there)];
  const asked = [leader.patch, there];
  if (leader.side === 1) {
    similarity.reverse();
    asked.reverse();
  }
  sides.forEach(({ exploration }, at) => {
    exploration.asked = asked[at];
    exploration.found = undefined;
  });
  const found = /** @type {Omit<Found, "drawn">} */ ({ leader, asked, similarity, match });
  return { ...found, drawn: drawnOn(comparison, found) };
}

/**
 * The pinned patch, else the hovered one, else the left's own.
 *
 * @param {Comparison} comparison
 */
function leaderOf({ settings, sides, hovered }) {
  const { pin } = settings;
  const pinned = pin && sides[pin.side].pinned;
  if (pin && pinned !== null) return { side: pin.side, patch: pinned };
  if (!hovered) return { side: 0, patch: sides[0].patchAt(sides[0].data.opening) };
  const { rows, cols } = sides[hovered.side].grid;
  return { side: hovered.side, patch: Math.min(hovered.patch, rows * cols - 1) };
}

/**
 * @param {Side} asking
 * @param {number} patch
 * @param {Float32Array} similarity of the other side's patches to it
 * @returns {BestMatch}
 */
function matchOf(asking, patch, similarity) {
  const best = bestTwo(similarity);
  const backwards = asking.similarityTo(asking.other, best.patch, "back");
  const back = backwards ? bestTwo(backwards).patch : patch;
  return { ...best, back, mutual: back === patch };
}

/**
 * @param {number} patch
 * @param {Grid} from
 * @param {Grid} to
 */
function samePlace(patch, from, to) {
  const [row, col] = moved(placeOf(patch, from), from, to);
  return row * to.cols + col;
}
