// The narration of lesson 3.
import { num } from "./parts.js";
import { sizeOf } from "./sums.js";

/** @import { Step } from "./steps.js" */
/** @import { Computed } from "./heads.js" */

/**
 * The last step that says something leads on.
 *
 * @param {Computed} now
 * @returns {Step[]}
 */
export function stepsOf(now) {
  const steps = narrated(now);
  const last = steps.findLast(({ skip }) => !skip);
  return steps.map((step) => (step === last ? { ...step, lead: { label: "Your image", page: "your_image" } } : step));
}

/** @param {Computed} now @returns {Step[]} */
function narrated({ X, shape, layer, names, choice, allowed }) {
  const { dim, heads, headDim, split } = shape;
  const output = { name: names.y[choice.row], role: "y" };
  const query = { name: names.x[choice.row], role: "q" };
  const empty = allowed !== null && !allowed[choice.row].some(Boolean);
  const many = heads > 1;
  return [
    {
      title: split ? "Slice" : "Project",
      skip: "",
      says:
        split && many
          ? [
              "Each vector is cut into ",
              num(heads),
              " pieces of width ",
              num(headDim),
              ", and each head reads its own: head 0 the first, for heads are counted from 0.",
            ]
          : [
              many ? "Every head reads all " : "The one head reads all ",
              num(dim),
              " numbers of each vector: its own matrices make queries, keys and values of width ",
              num(headDim),
              ".",
            ],
    },
    {
      title: "Scores",
      skip: "",
      says: [
        many ? "In each head every query has one " : "Every query has one ",
        { term: "dot product" },
        " with every key",
        ...(headDim > 1 ? [", divided by √d = √", num(headDim)] : []),
        allowed ? ". Where the mask forbids to look it becomes −∞." : ".",
      ],
    },
    {
      title: "Softmax",
      skip: "",
      says: empty
        ? [query, ` may look at no key: ${many ? "in every head " : ""}its weights are 0.`]
        : [
            { term: "Softmax" },
            " turns each query's scores into weights: ",
            ...(many
              ? [num(heads), " rows of weights for each query, one a head."]
              : ["one row for each query, for there is one head."]),
          ],
    },
    {
      title: "Values",
      skip: "",
      says: [
        many ? "Each head weighs its own values and adds them up: " : "The head weighs its values and adds them up: ",
        num(X.length),
        " outputs of width ",
        num(headDim),
        ".",
      ],
    },
    {
      title: "Concatenate",
      skip: many ? "" : "one head has nothing to be put beside",
      says: [
        "Side by side, the heads' outputs are as wide as x again: ",
        num(heads),
        " × ",
        num(headDim),
        " = ",
        num(dim),
        ...(layer.W0 ? ["."] : [". W₀ is off, so this is ", output, "."]),
      ],
    },
    {
      title: "W₀",
      skip: layer.W0 ? "" : "W₀ is off",
      says: [
        "Each head's output is multiplied by its rows of ",
        { name: "W_0" },
        "; ",
        output,
        " is the sum of all these",
        ...(sizeOf(layer.b0 ?? []) > 0 ? [", and ", { name: "b_0" }] : []),
        ". Click a number of y to follow it back.",
      ],
    },
  ];
}
