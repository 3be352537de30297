// The panel of lesson 3 on paper. The screen shows the matrices of one chosen head, paper those of all heads. No state.
import { counted, inOrder, plain } from "./vectors.js";

/** @import { Block, Table } from "./panel_types.js" */
/** @import { Computed } from "./heads.js" */
/** @import { Role } from "./qkv_projections.js" */

/** Keys of the blocks that belong to one head on the screen. */
const OF_ONE_HEAD = ["edited", "Wq", "bq", "Wk", "bk", "W", "Wv", "bv"];

/**
 * @param {readonly Block[]} blocks of the screen
 * @param {Computed} now
 * @returns {Block[]}
 */
export function onPaper(blocks, now) {
  const first = blocks.findIndex(({ key }) => OF_ONE_HEAD.includes(key));
  const others = (/** @type {readonly Block[]} */ some) => some.filter(({ key }) => !OF_ONE_HEAD.includes(key));
  const weights = now.trace.heads.map((_, head) => weightsOf(now, head));
  const ofAll = [sayColumns(now), projections(now, "q"), projections(now, "k"), ...weights, projections(now, "v")];
  return [...others(blocks.slice(0, first)), ...ofAll, ...others(blocks.slice(first))];
}

/** @param {Computed} now @returns {Block} */
const sayColumns = ({ shape: { heads, headDim, split } }) => ({
  key: "columns",
  kind: "sentence",
  says: [
    `Column ${heads - 1}.${headDim} gives number ${headDim} of head ${heads - 1}`,
    split ? ". Row 1 takes the first number of each head’s own slice." : ".",
  ],
});

/**
 * A table with one projection matrix of all heads side by side, above its biases.
 *
 * @param {Computed} now
 * @param {Role} role
 */
function projections({ shape, layer, features }, role) {
  const { heads, headDim, split } = shape;
  const [first, ...others] = inOrder(heads).map((head) => [...layer[`W${role}`][head], ...layer[`b${role}`][head]]);
  return table({
    ...{ key: `W${role}/all`, name: `W${role}`, role, label: `W_${role} of all heads` },
    rows: [...(split ? counted(headDim) : features), "bias"],
    columns: inOrder(heads).flatMap((head) => counted(headDim).map((at) => `${head}.${at}`)),
    values: first.map((row, at) => [...row, ...others.flatMap((of) => of[at])]),
  });
}

/** @param {Computed} now @param {number} head */
function weightsOf({ X, trace, on }, head) {
  const order = inOrder(X.length);
  return table({
    ...{ key: `W/${head}`, name: `W/${head}`, role: "w", label: `W of head ${head}${on[head] ? "" : ", off"}` },
    ...{ rows: plain("x", order), columns: plain("x", order), values: trace.heads[head].weights },
  });
}

/** @param {Omit<Table, "kind" | "edit"> & { key: string }} shown @returns {Block} */
const table = (shown) => ({ ...shown, kind: "table", edit: null });
