// The panel of lesson 3: the settings of the heads, then all matrices in the order of the computation.
import { divisorsOf, nameOf } from "./heads_layer.js";
import { costs, sayCosts, sayThatHeadsAddUp, sayWhatAColumnReaches } from "./heads_costs.js";
import { LARGEST_SEED } from "./qkv_projections.js";
import { emptyRows, maskBlocks, vectorBlocks, outputTable, weightsTable } from "./shared_blocks.js";
import { sayEmptyRows } from "./sayings.js";
import { sizeOf } from "./sums.js";
import { VECTORS_8, counted, inOrder, plain } from "./vectors.js";

/** @import { Block } from "./panel_types.js" */
/** @import { LessonState, Rows } from "./state.js" */
/** @import { Computed } from "./heads.js" */
/** @import { Role } from "./qkv_projections.js" */

export const READINGS = { slice: "a slice of x", project: "all of x" };
export const STARTS = { random: "Random", identity: "Identity" };
export const JOINS = { random: "Random", identity: "Identity", off: "Off" };

/**
 * @param {LessonState} state
 * @param {Computed} now
 * @returns {Block[]}
 */
export function blocksOf(state, now) {
  const { X, names, features, allowed, trace, shape, choice } = now;
  const order = inOrder(X.length);
  const head = headOf(state, now);
  const { b0 } = now.layer;
  const empty = sayEmptyRows(allowed, names.x, true, b0 && sizeOf(b0) ? [{ name: "b_0" }, " alone"] : undefined);
  return [
    { key: "derivation", kind: "host", name: "derivation" },
    ...headBlocks(state, now),
    ...vectorBlocks(state, "X8", "vectors8", VECTORS_8, X, order, features),
    ...startBlocks(state),
    ...whichHead(state, now, head),
    ...projectionBlocks(state, now, head, "q"),
    ...projectionBlocks(state, now, head, "k"),
    ...maskBlocks(state),
    {
      ...weightsTable(state, trace.heads[head].weights, plain("x", order), plain("x", order), choice.row, choice.pair, allowed),
      label: `W of head ${head}: one row per query`,
    },
    ...emptyRows(empty),
    ...projectionBlocks(state, now, head, "v"),
    ...joinBlocks(state, now),
    {
      ...outputTable(state, trace.output, order, counted(shape.dim), choice.row),
      chosen: choice.column,
      choose: (row, column) => state.set({ row, column, followed: null, part: null, pair: null }),
    },
    { key: "add-up", kind: "sentence", says: sayThatHeadsAddUp(now) },
    { key: "costs", kind: "heading", text: "Costs, and what each head reads" },
    costs(now),
    { key: "costs-say", kind: "sentence", says: sayCosts(now) },
    { key: "reaches", kind: "sentence", says: sayWhatAColumnReaches(now) },
  ];
}

/** Return the head whose matrices the tables show: the requested head, or else the followed head. @param {LessonState} state @param {Computed} now */
function headOf({ settings }, { shape, choice }) {
  const head = settings.edited ?? choice.followed ?? 0;
  return head < shape.heads ? head : 0;
}

/**
 * @param {LessonState} state
 * @param {Computed} now
 * @returns {Block[]}
 */
function headBlocks(state, { shape, on }) {
  const { settings } = state;
  const titles = Object.fromEntries(divisorsOf(shape.dim).map((count) => [`h${count}`, String(count)]));
  const turn = (/** @type {number} */ head) => {
    const off = settings.heads_off.filter((/** @type {number} */ at) => at < shape.heads);
    state.set({
      heads_off: on[head] ? [...off, head].sort((a, b) => a - b) : off.filter((/** @type {number} */ at) => at !== head),
    });
  };
  const requested = settings.pieces;
  const shown = shape.heads === 1 ? "1 head" : `${shape.heads} heads`;
  const refusal = `A width of ${shape.dim} cannot be divided among ${requested} heads. The page shows ${shown}.`;
  /** @type {Block[]} */
  const refused = requested === shape.heads ? [] : [{ key: "refused", kind: "sentence", says: [refusal] }];
  return [
    {
      key: "reading",
      kind: "choice",
      label: "Each head reads",
      options: READINGS,
      chosen: settings.reading,
      choose: (reading) => state.set({ reading }),
    },
    {
      key: "pieces",
      kind: "choice",
      label: "Heads h",
      options: titles,
      chosen: `h${shape.heads}`,
      choose: (name) => state.set({ pieces: Number(name.slice(1)), heads_off: [], followed: null, part: null, edited: null }),
    },
    ...refused,
    {
      key: "on",
      kind: "several",
      label: "Heads on, counted from 0",
      options: inOrder(shape.heads).map(String),
      chosen: on,
      choose: turn,
    },
  ];
}

/**
 * The presets of the layer's numbers. Choosing a preset discards the edits of its matrices.
 *
 * @param {LessonState} state
 * @returns {Block[]}
 */
function startBlocks(state) {
  const { settings } = state;
  const headMatrices = () => [...state.history.keys()].filter((name) => name.includes("."));
  /** @param {string[]} names @param {Record<string, unknown>} changes */
  const setPreset = (names, changes) => {
    state.forget(names);
    state.set(changes);
  };
  return [
    {
      key: "heads_are",
      kind: "choice",
      label: "Projections",
      options: STARTS,
      chosen: settings.heads_are,
      choose: (recipe) => setPreset(headMatrices(), { heads_are: recipe }),
    },
    {
      key: "draw",
      kind: "number",
      label: "Random seed",
      low: 0,
      high: LARGEST_SEED,
      value: settings.draw,
      choose: (draw) => setPreset([...headMatrices(), "W0", "b0"], { draw }),
    },
  ];
}

/**
 * @param {LessonState} state
 * @param {Computed} now
 * @param {number} head
 * @returns {Block[]}
 */
function whichHead(state, { shape }, head) {
  if (shape.heads === 1) return [];
  const titles = Object.fromEntries(inOrder(shape.heads).map((at) => [`h${at}`, String(at)]));
  return [
    {
      key: "edited",
      kind: "choice",
      label: "Matrices of head",
      options: titles,
      chosen: `h${head}`,
      choose: (name) => state.set({ edited: Number(name.slice(1)) }),
    },
  ];
}

/**
 * The tables of one head's matrix and its bias.
 *
 * @param {LessonState} state
 * @param {Computed} now
 * @param {number} head
 * @param {Role} role
 * @returns {Block[]}
 */
function projectionBlocks(state, { shape, layer, features }, head, role) {
  const { headDim, split } = shape;
  const read = split ? features.slice(head * headDim, (head + 1) * headDim) : features;
  return ["W", "b"].map((kind) => {
    const name = nameOf(shape, kind + role, head);
    const values = layer[/** @type {"Wq"} */ (kind + role)][head];
    const edit = (/** @type {Rows} */ rows) => state.edit(name, rows);
    const rows = kind === "W" ? read : ["bias"];
    return {
      key: kind + role,
      kind: /** @type {const} */ ("table"),
      name,
      label: `${kind}_${role} of head ${head}`,
      role,
      rows,
      columns: counted(headDim),
      values,
      edit,
    };
  });
}

/**
 * @param {LessonState} state
 * @param {Computed} now
 * @returns {Block[]}
 */
function joinBlocks(state, { shape, layer }) {
  const { dim, headDim } = shape;
  const choose = (/** @type {string} */ join) => {
    state.forget(["W0", "b0"]);
    state.set({ join });
  };
  /** @type {Block[]} */
  const blocks = [{ key: "join", kind: "choice", label: "W₀ is", options: JOINS, chosen: state.settings.join, choose }];
  if (!layer.W0 || !layer.b0)
    return [
      ...blocks,
      { key: "no-join", kind: "sentence", says: ["W₀ is off, so Y is the concatenation of the heads."], quiet: true },
    ];
  const rows = inOrder(dim).map((at) => `${Math.floor(at / headDim)}.${(at % headDim) + 1}`);
  const shared = { kind: /** @type {const} */ ("table"), role: "join", columns: counted(dim) };
  return [
    ...blocks,
    { key: "W0", ...shared, name: "W0", label: "W_0", rows, values: layer.W0, edit: (values) => state.edit("W0", values) },
    {
      key: "b0",
      ...shared,
      name: "b0",
      label: "b_0",
      rows: ["bias"],
      values: layer.b0,
      edit: (values) => state.edit("b0", values),
    },
    {
      key: "join-rows",
      kind: "sentence",
      says: [
        `Row ${rows[dim - 1]} of `,
        { name: "W_0" },
        ` is multiplied by number ${headDim} of the output of head ${shape.heads - 1}.`,
      ],
      quiet: true,
    },
  ];
}
