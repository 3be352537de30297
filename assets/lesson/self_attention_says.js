// What lesson 1 says of its weights and of the order of its vectors, with the numbers at hand.
import { attend } from "../lesson_maths/attention.js";
import { num } from "./parts.js";
import { sayLargest } from "./sayings.js";
import { difference, sizeOf, sumOf } from "./sums.js";
import { inFigure, isShuffled, orderOf } from "./vectors.js";

/** @import { LessonState } from "./state.js" */
/** @import { Part } from "./parts.js" */
/** @import { Computed } from "./self_attention.js" */

/** Outputs that differ by less, as a share of the largest, are the same but for rounding. */
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
      ` are bare dot products${masked ? ", 0 where the mask forbids" : ""}, of either sign. They sum to `,
      num(sumOf(weights)),
      ". Were all vectors twice as long, the output would be eight times as long.",
    ];
  const other = attended(x, allowed, version === "softmax" ? "scaled" : "softmax").weights[row];
  return [
    "No weight of ",
    output,
    " is negative, and they sum to ",
    num(sumOf(weights)),
    ". ",
    ...sayLargest(weights, names.x),
    version === "softmax" ? "; with 1/√d it would be " : "; without 1/√d it would be ",
    num(Math.max(...other)),
    ".",
  ];
}

/**
 * Whether the outputs in this order are the outputs in order, put in this order.
 *
 * @param {LessonState} state
 * @param {Computed} now
 * @returns {Part[]}
 */
export function sayWhatOrderDoes({ settings }, { X, order, allowed, trace, version }) {
  const { positions } = settings;
  const added = positions ? "The figure's x are those of the table plus the encoding of their place. " : "";
  if (order.length < 2) return [`${added}One vector has one order.`];
  if (!isShuffled(order)) return [`${added}Shuffle, and see what becomes of the outputs.`];
  const { x } = inFigure(X, orderOf([], X.length), positions);
  const inOrder = attended(x, allowed, version).output;
  const moved = difference(
    order.map((from) => inOrder[from]),
    trace.output,
  );
  if (moved <= ROUNDING * Math.max(1, sizeOf(trace.output)))
    return ["Shuffled. Every output is what it was, at its vector's new place: they differ by ", num(moved), " at most."];
  const whys = [
    ...(positions ? ["each place adds something else to its vector"] : []),
    ...(allowed ? ["the mask goes by place"] : []),
  ];
  return ["Shuffled, and outputs changed by up to ", num(moved), `: ${whys.join(", and ")}. Now order matters.`];
}
