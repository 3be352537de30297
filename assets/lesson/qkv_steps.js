// The narration of lesson 2.
import { num } from "./parts.js";
import { sayLargest, sayMask } from "./sayings.js";
import { sizeOf } from "./sums.js";

/** @import { LessonState } from "./state.js" */
/** @import { Step } from "./steps.js" */
/** @import { Computed } from "./qkv.js" */

/**
 * @param {LessonState} state
 * @param {Computed} now
 * @returns {Step[]}
 */
export function stepsOf({ settings }, { trace, row, names, headDim, Z, made, allowed }) {
  const query = { name: names.x[row].replace("x", "q"), role: "q" };
  const output = { name: names.y[row], role: "y" };
  const weights = trace.weights[row];
  const keys = (Z ? names.z : names.x).map((name) => name.replace(/^./, "k"));
  const bias = sizeOf(made.q.bias) > 0 ? [" + ", { name: "b_q" }] : [];
  const seen = weights.some(Boolean);
  return [
    {
      title: "Dot products",
      skip: "",
      says: [
        { name: names.x[row], role: "x" },
        " · ",
        { name: "W_q" },
        ...bias,
        " gives the ",
        { term: "query" },
        " ",
        query,
        ". It has one ",
        { term: "dot product" },
        ` with the key of each ${Z ? "z" : "x"}.`,
      ],
    },
    {
      title: "Scale",
      skip: headDim === 1 ? "√1 is 1" : "",
      says: [
        "Each dot product is divided by √d = √",
        num(headDim),
        ". Without this, wider vectors would usually give larger dot products and a sharper softmax.",
      ],
    },
    {
      title: "Mask",
      skip: settings.mask === "none" ? "no mask is set" : "",
      says: sayMask(query, allowed?.[row] ?? null),
    },
    {
      title: "Softmax",
      skip: "",
      says: seen
        ? [
            { term: "Softmax" },
            " turns this row into weights between 0 and 1 that sum to 1. ",
            ...sayLargest(weights, keys),
            ".",
          ]
        : [query, " may look at no key: its weights are 0."],
    },
    {
      title: "Weigh the values",
      skip: "",
      says: ["Only values are passed on, not queries or keys. Each value is multiplied by its weight."],
    },
    {
      title: "Sum",
      skip: "",
      says: ["The weighted values add up to ", output, ". All this is one head: it gives each query one row of weights."],
      lead: { label: "Multi-head", page: "multi_head" },
    },
  ];
}
