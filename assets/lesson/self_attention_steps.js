// The narration of lesson 1.
import { num } from "./parts.js";
import { sayLargest, sayMask } from "./sayings.js";
import { sumOf } from "./sums.js";

/** @import { LessonState } from "./state.js" */
/** @import { Part } from "./parts.js" */
/** @import { Lead, Step } from "./steps.js" */
/** @import { Computed } from "./self_attention.js" */

/** A sum this close to 1 is called “about 1”. */
const ABOUT = 0.005;
/** @type {Lead} */
const ON = { label: "Queries, keys, values", page: "queries_keys_values" };

/**
 * @param {LessonState} state
 * @param {Computed} now
 * @returns {Step[]}
 */
export function stepsOf({ settings }, { version, trace, row, names, x, allowed }) {
  const query = { name: names.x[row], role: "q" };
  const weights = trace.weights[row];
  const width = x[0].length;
  return [
    { title: "Dot products", skip: "", says: sayDotProducts(query, x.length) },
    {
      title: "Scale",
      skip: version !== "scaled" ? "not used in this form" : width === 1 ? "√1 is 1" : "",
      says: ["Each dot product is divided by √d = √", num(width), ". d is the width of a vector: how many numbers it has."],
    },
    {
      title: "Mask",
      skip: settings.mask === "none" ? "no mask is set" : "",
      says: sayMask(query, allowed?.[row] ?? null, settings.weights !== "raw"),
    },
    {
      title: "Softmax",
      skip: version === "raw" ? "not used in this form" : "",
      says: weights.some(Boolean)
        ? [
            { term: "Softmax" },
            " turns this row into weights between 0 and 1 that sum to 1. ",
            ...sayLargest(weights, names.x),
            ".",
          ]
        : [query, " may look at no key: its weights are 0."],
    },
    { title: "Weigh the values", skip: "", says: ["Now each vector is a value: it is multiplied by its weight."] },
    { title: "Sum", skip: "", ...sumStep(version, names.y[row], weights, width) },
  ];
}

/**
 * @param {Part} query
 * @param {number} count
 * @returns {Part[]}
 */
function sayDotProducts(query, count) {
  /** @type {Part[]} */
  const one = [query, " is the ", { term: "query" }, ". It has one ", { term: "dot product" }];
  /** @type {Part[]} */
  const withWhom =
    count > 1 ? [" with each of the ", num(count), " vectors, itself included."] : [" with itself, the only vector."];
  return [...one, ...withWhom, " Each vector stands for a ", { term: "token" }, "."];
}

/**
 * Return the sentence of the last step and its link: from plain dot products to softmax, to the scale, to the next lesson.
 *
 * @param {string} version
 * @param {string} output
 * @param {number[]} weights
 * @param {number} width
 * @returns {{ says: Part[], lead: Lead }}
 */
function sumStep(version, output, weights, width) {
  /** @type {Part[]} */
  const sum = ["The weighted values add up to ", { name: output, role: "y" }, ". "];
  if (version === "raw")
    return { says: [...sum, ...saySum(sumOf(weights))], lead: { label: "Softmax", set: { weights: "softmax", step: 3 } } };
  if (version === "softmax" && width > 1)
    return {
      says: [
        ...sum,
        "Vectors with more numbers usually have larger dot products. Then softmax is sharper: the largest weight here is ",
        num(Math.max(...weights)),
        ".",
      ],
      lead: { label: `Divide by √d = √${width}`, set: { weights: "scaled", step: 1 } },
    };
  const is = version === "scaled" ? "This is scaled dot-product attention. Nothing in it" : "Nothing here";
  return { says: [...sum, `${is} can be learned yet.`], lead: ON };
}

/** @param {number} total @returns {Part[]} */
function saySum(total) {
  if (Math.abs(total - 1) < ABOUT) return ["These weights sum to about 1 only by chance."];
  return ["These weights sum to ", num(total), ", not to 1."];
}
