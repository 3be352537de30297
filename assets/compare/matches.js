// Which matches between two pictures are drawn: the most alike of those that pass the tests. Pure.
import { ratioOf } from "./similarity.js";

/** @import { Grid } from "../maths/patches.js" */
/** @import { Matches } from "../data/stored.js" */
/** @import { Box } from "./settings.js" */

/** A patch of the left and one of the right picture. @typedef {{ patches: [number, number], similarity: number, second: number, mutual: boolean }} Match */

/**
 * The best matches of all patches of one picture.
 *
 * @param {Matches} matches
 * @param {number} side whose patches: 0 left, 1 right
 * @returns {Match[]}
 */
export function matchesOf(matches, side) {
  const ways = [
    { to: matches.forward, similarity: matches.similarity, second: matches.second },
    { to: matches.backward, similarity: matches.backwardSimilarity, second: matches.backwardSecond },
  ];
  const { to, similarity, second } = ways[side];
  const back = ways[1 - side].to;
  return Array.from(to, (other, patch) => ({
    patches: side === 0 ? [patch, other] : [other, patch],
    similarity: similarity[patch],
    second: second[patch],
    mutual: back[other] === patch,
  }));
}

/**
 * Those that pass, most alike first.
 *
 * @param {readonly Match[]} all
 * @param {{ mutual: boolean, ratio: number, allows: (match: Match) => boolean }} tests ratio: Lowe's; 1 lets all pass
 */
export function passing(all, { mutual, ratio, allows }) {
  return all
    .filter((match) => (!mutual || match.mutual) && (ratio >= 1 || ratioOf(match.similarity, match.second) < ratio))
    .filter(allows)
    .sort((a, b) => b.similarity - a.similarity);
}

/**
 * @param {Box} box on the grid on which it was drawn
 * @param {number} patch
 * @param {Grid} grid
 * @param {Grid} drawnOn
 */
export function isInBox({ row, col, rows, cols }, patch, grid, drawnOn) {
  const middleRow = ((Math.floor(patch / grid.cols) + 0.5) * drawnOn.rows) / grid.rows;
  const middleCol = (((patch % grid.cols) + 0.5) * drawnOn.cols) / grid.cols;
  return middleRow >= row && middleRow < row + rows && middleCol >= col && middleCol < col + cols;
}
