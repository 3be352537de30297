import assert from "node:assert/strict";
import test from "node:test";
import { differenceOf, differenceWords } from "../../assets/compare/difference.js";
import { listedOf } from "../../assets/compare/listed.js";

/**
 * Return two sides that show attention to CLS and two patches.
 * @param {number[][]} weights
 * @param {string[][]} [prefixes]
 * @param {boolean} [changed]
 * @returns {any[]}
 */
function sidesOf(weights, prefixes = [["CLS"], ["CLS"]], changed = false) {
  const sides = weights.map((each, index) => {
    const shown = { weights: Float32Array.from(each), prefix: prefixes[index] };
    return { index, attends: true, shown: () => shown, other: /** @type {any} */ (null), comparison: { data: { changed } } };
  });
  sides.forEach((side, index) => (side.other = sides[1 - index]));
  return sides;
}
const drawn = (/** @type {string} */ quantity, /** @type {number[]} */ ...values) =>
  /** @type {any} */ ({ quantity, values: Float32Array.from(values) });
const listed = (/** @type {any} */ side, /** @type {any} */ own) => {
  const { values, prefix } = listedOf(side, own);
  return [[...values], prefix];
};

test("CLS is listed among the patches that receive attention", () => {
  const [left] = sidesOf([[0.5, 0.25, 0.25], [1, 0, 0]]); // prettier-ignore
  assert.deepEqual(listed(left, drawn("attention", 0.25, 0.25)), [[0.5, 0.25, 0.25], ["CLS"]]);
  assert.deepEqual(listed({ ...left, attends: false }, drawn("similarity", 1, 0.5)), [[1, 0.5], []]);
});

test("for a difference each side lists where it has more, and CLS too if both sides have it", () => {
  const weights = [[0.5, 0.25, 0.25], [1, 0, 0]]; // prettier-ignore
  const own = drawn("difference", 0.25, -0.25);
  assert.deepEqual(sidesOf(weights).map((side) => listed(side, own)), [[[-0.5, 0.25, 0.25], ["CLS"]], [[0.5, -0.25, -0.25], ["CLS"]]]); // prettier-ignore
  const apart = sidesOf(weights, [["CLS"], ["register"]]);
  assert.deepEqual(apart.map((side) => listed(side, own)), [[[0.25, -0.25], []], [[-0.25, 0.25], []]]); // prettier-ignore
  const changed = sidesOf(weights, [["CLS"], ["register"]], true);
  const after = drawn("difference", -0.25, 0.25);
  assert.deepEqual(changed.map((side) => listed(side, after)), [[[0.25, -0.25], []], [[-0.25, 0.25], []]]); // prettier-ignore
});

test("after a change the difference is after minus before, otherwise left minus right", () => {
  const sides = /** @type {const} */ ([Float32Array.of(0.5, 0.25), Float32Array.of(0.25, 0.75)]);
  assert.deepEqual([...differenceOf(...sides, { changed: true })], [-0.25, 0.5]);
  assert.deepEqual([...differenceOf(...sides, {})], [0.25, -0.5]);
  assert.deepEqual(differenceWords({ changed: true }).lists, ["Less after the change", "More after the change"]);
  assert.match(differenceWords({}).lists[0], /left − right$/);
});
