// Costs of several heads compared with one, and the heads that one column of x reaches. All counted or measured, not derived.
import { multiHead } from "../lesson_maths/multi_head.js";
import { num } from "./parts.js";
import { difference } from "./sums.js";

/** @import { Block } from "./panel_types.js" */
/** @import { Computed } from "./heads.js" */
/** @import { Part } from "./parts.js" */

/**
 * Return the number of parameters, and of multiply–adds in one pass: projections, q·kᵀ, weights · v, and W_0.
 *
 * @param {number} dim
 * @param {number} heads
 * @param {boolean} split
 * @param {boolean} joined
 * @param {number} tokens
 */
export function costOf(dim, heads, split, joined, tokens) {
  const headDim = dim / heads;
  const width = split ? headDim : dim;
  const own = 3 * heads * headDim * (width + 1);
  const projections = 3 * tokens * heads * width * headDim;
  return {
    parameters: own + (joined ? dim * dim + dim : 0),
    products: projections + 2 * tokens ** 2 * dim + (joined ? tokens * dim ** 2 : 0),
  };
}

/** @param {Computed} now */
function compared({ X, shape, layer }) {
  const { dim, heads } = shape;
  const joined = layer.W0 !== null;
  const cost = (/** @type {number} */ count, /** @type {boolean} */ split) => costOf(dim, count, split, joined, X.length);
  return { sliced: cost(heads, true), projected: cost(heads, false), single: cost(1, false) };
}

/**
 * A table of the costs of slice, project and one wide head, with the same biases and the same W_0.
 *
 * @param {Computed} now
 * @returns {Block}
 */
export function costs(now) {
  const { dim, heads, headDim, split } = now.shape;
  const { sliced, projected, single } = compared(now);
  /** @param {string} what @param {string} reads @param {{ parameters: number, products: number }} cost @param {boolean} marked */
  const line = (what, reads, { parameters, products }, marked) => ({
    cells: [[what], [reads], [num(parameters)], [num(products)]],
    marked,
  });
  return {
    key: "cost-table",
    kind: "rows",
    head: ["Layer", "A head reads", "Parameters", `Multiply–adds, N = ${now.X.length}`],
    lines: [
      line(`Slice: ${heads} × width ${headDim}`, `its ${headDim} of ${dim} columns`, sliced, split),
      line(`Project: ${heads} × width ${headDim}`, `all ${dim} columns`, projected, !split),
      line(`One head of width ${dim}`, `all ${dim} columns`, single, false),
    ],
  };
}

/**
 * @param {Computed} now
 * @returns {Part[]}
 */
export function sayCosts(now) {
  const { sliced, projected, single } = compared(now);
  if (now.shape.heads === 1) return ["With one head, slice and project are the same: one wide head."];
  /** @type {Part[]} */
  const equal = [
    "Project costs as much as one wide head: ",
    num(projected.parameters),
    " parameters and ",
    num(projected.products),
    ` multiply–adds. But softmax runs on ${now.shape.heads} matrices instead of 1.`,
  ];
  if (projected.parameters !== single.parameters || projected.products !== single.products)
    throw new Error("expected equal costs");
  return [
    ...equal,
    " Slice saves ",
    num(projected.parameters - sliced.parameters),
    " parameters and ",
    num(projected.products - sliced.products),
    ` multiply–adds, because its projection matrices are ${now.shape.heads} times smaller.`,
  ];
}

/**
 * Say that the heads' contributions sum to Y, with the largest difference of the current numbers.
 *
 * @param {Computed} now
 * @returns {Part[]}
 */
export function sayThatHeadsAddUp({ trace, layer }) {
  const sum = trace.output.map((row, i) =>
    row.map((_, c) => trace.contributions.reduce((total, added) => total + added[i][c], layer.b0?.[0][c] ?? 0)),
  );
  const apart = num(difference(sum, trace.output));
  if (!layer.W0) return ["Y = concat = the sum of the heads' contributions. The largest difference in Y is ", apart, "."];
  return [
    "Y = concat · ",
    { name: "W_0" },
    " + ",
    { name: "b_0" },
    " = the sum of the heads' contributions, plus ",
    { name: "b_0" },
    ". The largest difference in Y is ",
    apart,
    ".",
  ];
}

/**
 * Count the heads whose outputs change if the first column of x changes. Measured, not derived.
 *
 * @param {Computed} now
 * @returns {Part[]}
 */
export function sayWhatAColumnReaches({ X, layer, allowed, on, trace }) {
  const last = Math.max(1, X.length - 1);
  const moved = X.map(([first, ...rest], i) => [first + 0.5 + i / last, ...rest]);
  const { heads } = multiHead(layer, moved, { allowed, on });
  const reached = heads.filter((head, h) => difference(head.output, trace.heads[h].output) > 0).length;
  return ["If only column 1 of x changes, the outputs of ", num(reached), " of ", num(heads.length), " heads change."];
}
