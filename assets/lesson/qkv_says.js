// What lesson 2 says of its projections, with the numbers at hand, edits included.
import { attend } from "../lesson_maths/attention.js";
import { num } from "./parts.js";
import { placesOfLargest } from "./sayings.js";
import { alike, difference, sizeOf } from "./sums.js";

/** @import { LessonState } from "./state.js" */
/** @import { Computed } from "./qkv.js" */
/** @import { Part } from "./parts.js" */

/** Outputs that differ by less, as a share of the largest, are the same but for rounding. */
const ROUNDING = 1e-9;
const WQ = { name: "W_q" };

/**
 * What the recipe was made for, and in how many rows it holds; null where W_q is not the recipe's.
 *
 * @param {LessonState} state
 * @param {Computed} now
 * @returns {Part[] | null}
 */
export function sayWhatRecipeDoes(state, now) {
  const { recipe, Wq_is: kind } = state.settings;
  if (kind !== "recipe") return null;
  const edited = state.edited("Wq") !== null || state.edited("bq") !== null;
  if (recipe === "previous") return sayPrevious(edited, now);
  if (recipe === "different") return sayDifferent(edited, now);
  return recipe === "zero" ? sayZero(now) : null;
}

/** @param {boolean} edited @param {Computed} now @returns {Part[]} */
function sayPrevious(edited, { trace: { weights }, Z }) {
  const hits = weights.filter((row, i) => {
    const [most, ...others] = placesOfLargest(row);
    return row[most] > 0 && !others.length && most === Math.min(Math.max(i - 1, 0), row.length - 1);
  });
  const keys = weights[0].length;
  const first = `${Z ? "z" : "vector"} one place before; row 1 to the first`;
  const meant = weights.length > keys + 1 ? `${first}, rows beyond the last z to the last` : first;
  return [
    WQ,
    edited ? " was solved for, and edited: in " : " was solved for, not learned: in ",
    num(hits.length),
    " of ",
    num(weights.length),
    ` rows most goes to the ${meant}.`,
  ];
}

/** @param {boolean} edited @param {Computed} now @returns {Part[] | null} */
function sayDifferent(edited, { trace: { weights }, x, source }) {
  if (x[0].length !== source[0].length) return null;
  const hits = weights.filter((row, i) => {
    const products = source.map((key) => key.reduce((sum, value, c) => sum + value * x[i][c], 0));
    const most = placesOfLargest(row);
    return row[most[0]] > 0 && most.includes(products.indexOf(Math.min(...products)));
  });
  return [
    WQ,
    edited
      ? " began as −4 times the identity, and was edited. In "
      : " is −4 times the identity, to give most to the smallest dot product. In ",
    num(hits.length),
    " of ",
    num(weights.length),
    " rows no weight is larger than that of the smallest.",
  ];
}

/** @param {Computed} now @returns {Part[]} */
function sayZero({ trace: { weights }, made }) {
  if (sizeOf(made.q.weight)) return [WQ, " began as zero, and was edited."];
  const so = alike(weights, ROUNDING) ? "so all rows of W are the same." : "so only the mask makes rows of W differ.";
  return [WQ, " is zero: every query is ", { name: "b_q" }, ` alone, ${so}`];
}

/**
 * Against scaled softmax without parameters, over the same vectors and mask.
 *
 * @param {Computed} now
 * @returns {Part[]}
 */
export function sayHowItDiffers({ x, Z, allowed, trace }) {
  const plainly = attend(x, x, x, { allowed: Z ? null : allowed }).output;
  const [width, before] = [trace.output[0].length, plainly[0].length];
  if (width !== before)
    return ["Y is ", num(width), " wide, and x is ", num(before), " wide: values have the width d that was chosen."];
  const moved = difference(trace.output, plainly);
  if (Z) return ["Y differs from attention of x to itself by up to ", num(moved), ": keys and values now come from z."];
  if (moved <= ROUNDING * Math.max(1, sizeOf(plainly)))
    return ["The largest difference from scaled softmax without projections is ", num(moved), ": these change nothing."];
  return ["Y differs from scaled softmax without projections by up to ", num(moved), "."];
}
