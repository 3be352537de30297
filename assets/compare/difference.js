// What is said of a difference: the left less the right; or, where the right is the left with something changed, after less before.

/** lists: of the left and the right side, of which each has where it has more itself. @typedef {{ legend: string, lists: [string, string], canvas: string, measure: string, tooltip: string }} DifferenceWords */

/** @type {DifferenceWords} */
const BESIDE = {
  legend: "left − right",
  lists: ["More on the left: left − right", "More on the right: right − left"],
  canvas: "left less right",
  measure: "left − right",
  tooltip: "Left less right, where both have the same patches",
};
/** @type {DifferenceWords} */
const AFTER = {
  legend: "blue: less, red: more after the change",
  lists: ["Less after the change", "More after the change"],
  canvas: "what is more or less after the change",
  measure: "changed − as it is",
  tooltip: "What is more or less after the change",
};

/** @param {{ changed?: boolean }} data */
export const differenceWords = ({ changed }) => (changed ? AFTER : BESIDE);

/**
 * @param {Float32Array} left
 * @param {Float32Array} right
 * @param {{ changed?: boolean }} data
 */
export function differenceOf(left, right, { changed }) {
  return left.map((value, at) => (changed ? right[at] - value : value - right[at]));
}
