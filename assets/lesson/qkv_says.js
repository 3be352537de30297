// Sentences of lesson 2 about its projections, with the current numbers, including the reader's edits.
import { attend } from "../lesson_maths/attention.js";
import { num } from "./parts.js";
import { placesOfLargest } from "./sayings.js";
import { alike, difference, sizeOf } from "./sums.js";

/** @import { LessonState } from "./state.js" */
/** @import { Computed } from "./qkv.js" */
/** @import { Part } from "./parts.js" */

/** Relative to the largest output: a smaller difference is rounding. */
const ROUNDING = 1e-9;
const WQ = { name: "W_q" };

/**
 * Say what the recipe's W_q does, and in how many rows it succeeds. Null if W_q does not come from the recipe.
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
  const previous = `the previous ${Z ? "z" : "vector"}. Row 1 uses the first one.`;
  const target = weights.length > keys + 1 ? `${previous} Rows after the last z use the last one.` : previous;
  return [
    WQ,
    edited ? " was computed, then edited. In " : " was computed, not learned. In ",
    num(hits.length),
    " of ",
    num(weights.length),
    ` rows the largest weight goes to ${target}`,
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
      ? " began as −4 times the identity and was edited. The smallest dot product gets the largest weight in "
      : " is −4 times the identity. The smallest dot product gets the largest weight in ",
    num(hits.length),
    " of ",
    num(weights.length),
    " rows.",
  ];
}

/** @param {Computed} now @returns {Part[]} */
function sayZero({ trace: { weights }, made }) {
  if (sizeOf(made.q.weight)) return [WQ, " began as zero and was edited."];
  const result = alike(weights, ROUNDING) ? "all rows of W are the same." : "only the mask makes rows of W differ.";
  return [WQ, " is zero, so every query is ", { name: "b_q" }, `, and ${result}`];
}

/**
 * Compare Y with scaled softmax without projections, over the same vectors and the same mask.
 *
 * @param {Computed} now
 * @returns {Part[]}
 */
export function sayHowItDiffers({ x, Z, allowed, trace }) {
  const plainly = attend(x, x, x, { allowed: Z ? null : allowed }).output;
  const [width, before] = [trace.output[0].length, plainly[0].length];
  if (width !== before)
    return ["Y has width ", num(width), " and x has width ", num(before), ", because the values have the chosen width d."];
  const moved = difference(trace.output, plainly);
  if (Z) return ["Y differs from self-attention over x by up to ", num(moved), ", because keys and values now come from z."];
  if (moved <= ROUNDING * Math.max(1, sizeOf(plainly)))
    return [
      "The largest difference from scaled softmax without projections is ",
      num(moved),
      ": these projections change nothing.",
    ];
  return ["Y differs from scaled softmax without projections by up to ", num(moved), "."];
}
