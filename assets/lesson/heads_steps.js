// The narration of lesson 3.
import { num } from "./parts.js";
import { sizeOf } from "./sums.js";

/** @import { Step } from "./steps.js" */
/** @import { Computed } from "./heads.js" */

/**
 * Return the steps of the lesson. The last step that is not skipped links to the next page.
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
              ". Each head reads its own piece. Heads are counted from 0: head 0 reads the first piece.",
            ]
          : [
              many ? "Every head reads all " : "The one head reads all ",
              num(dim),
              " numbers of each vector. Its own matrices turn them into queries, keys and values of width ",
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
        allowed ? ". If the mask forbids the key, it becomes −∞." : ".",
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
              ? [num(heads), " rows of weights for each query, one per head."]
              : ["one row for each query, because there is one head."]),
          ],
    },
    {
      title: "Values",
      skip: "",
      says: [
        many ? "Each head multiplies its own values by its weights" : "The head multiplies its values by its weights",
        " and adds them up: ",
        num(X.length),
        " outputs of width ",
        num(headDim),
        ".",
      ],
    },
    {
      title: "Concatenate",
      skip: many ? "" : "there is only one head",
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
        ". ",
        output,
        " is the sum of these products",
        ...(sizeOf(layer.b0 ?? []) > 0 ? [", plus ", { name: "b_0" }] : []),
        ". Click a number of y to follow it back to x.",
      ],
    },
  ];
}
