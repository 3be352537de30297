// Sentences of lesson 1 about its weights and the order of its vectors, with the current numbers.
import { attend } from "../lesson_maths/attention.js";
import { num } from "./parts.js";
import { sayLargest } from "./sayings.js";
import { difference, sizeOf, sumOf } from "./sums.js";
import { inFigure, isShuffled, orderOf } from "./vectors.js";

/** @import { LessonState } from "./state.js" */
/** @import { Part } from "./parts.js" */
/** @import { Computed } from "./self_attention.js" */

/** Relative to the largest output: a smaller difference is rounding. */
const ROUNDING = 1e-9;

/** @param {number[][]} x @param {boolean[][] | null} allowed @param {string} version */
export function attended(x, allowed, version) {
  return attend(x, x, x, { allowed, scale: version === "scaled" ? undefined : 1, normalise: version !== "raw" });
}

/**
 * @param {Computed} now
 * @returns {Part[]}
 */
export function sayWhatWeightsDo({ version, trace, allowed, row, names, x }) {
  const weights = trace.weights[row];
  /** @type {Part} */
  const output = { name: names.y[row], role: "y" };
  if (allowed && !allowed[row].some(Boolean)) return [{ name: names.x[row], role: "q" }, " may look at no key."];
  const masked = allowed !== null && !allowed[row].every(Boolean);
  if (version === "raw")
    return [
      "The weights of ",
      output,
      ` are plain dot products${masked ? ", or 0 where the mask forbids a key" : ""}. They can be negative. They sum to `,
      num(sumOf(weights)),
      ". If all vectors were twice as long, the output would be eight times as long.",
    ];
  const other = attended(x, allowed, version === "softmax" ? "scaled" : "softmax").weights[row];
  return [
    "No weight of ",
    output,
    " is negative, and they sum to ",
    num(sumOf(weights)),
    ". ",
    ...sayLargest(weights, names.x),
    version === "softmax" ? ". With 1/√d it would be " : ". Without 1/√d it would be ",
    num(Math.max(...other)),
    ".",
  ];
}

/**
 * Say if shuffling the vectors only moved the outputs, or also changed them.
 *
 * @param {LessonState} state
 * @param {Computed} now
 * @returns {Part[]}
 */
export function sayWhatOrderDoes({ settings }, { X, order, allowed, trace, version }) {
  const { positions } = settings;
  const added = positions ? "The figure shows the x of the table plus an encoding of their positions. " : "";
  if (order.length < 2) return [`${added}A single vector has only one order.`];
  if (!isShuffled(order)) return [`${added}Shuffle the vectors and watch the outputs.`];
  const { x } = inFigure(X, orderOf([], X.length), positions);
  const inOrder = attended(x, allowed, version).output;
  const moved = difference(
    order.map((from) => inOrder[from]),
    trace.output,
  );
  if (moved <= ROUNDING * Math.max(1, sizeOf(trace.output)))
    return ["Shuffled. Each output moved with its vector and kept its numbers: the largest difference is ", num(moved), "."];
  const reasons = [
    ...(positions ? ["each position adds a different vector"] : []),
    ...(allowed ? ["the mask depends on position"] : []),
  ];
  return ["Shuffled. The outputs changed by up to ", num(moved), `: ${reasons.join(", and ")}. Now order matters.`];
}
