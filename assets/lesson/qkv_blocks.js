// The panel of lesson 2: settings and matrices, in the order of the computation.
import { num } from "./parts.js";
import { KINDS, LARGEST_SEED, MATRICES, RECIPES, ROLES } from "./qkv_projections.js";
import { sayHowItDiffers, sayWhatRecipeDoes } from "./qkv_says.js";
import { sayEmptyRows } from "./sayings.js";
import { SOURCES } from "./sources.js";
import { emptyRows, maskBlocks, orderBlocks, vectorBlocks, outputTable, weightsTable } from "./shared_blocks.js";
import { VECTORS, counted, inOrder, plain } from "./vectors.js";

/** @import { Block } from "./panel_types.js" */
/** @import { LessonState, Rows } from "./state.js" */
/** @import { Computed } from "./qkv.js" */
/** @import { Part } from "./parts.js" */
/** @import { Role } from "./qkv_projections.js" */

/**
 * @param {LessonState} state
 * @param {Computed} now
 * @returns {Block[]}
 */
export function blocksOf(state, now) {
  const { X, Z, order, trace, names, row, pair, allowed, features } = now;
  const empty = sayEmptyRows(allowed, names.x, true);
  const keys = Z ? plain("z", inOrder(Z.length)) : plain("x", order);
  return [
    { key: "equations", kind: "host", name: "equations" },
    ...recipeBlocks(state, now),
    ...vectorBlocks(state, "X", "vectors", VECTORS, X, order, features),
    ...orderBlocks(state, order),
    {
      key: "source",
      kind: "choice",
      label: "Keys and values come from",
      options: SOURCES,
      chosen: state.settings.source,
      choose: (source) => state.set({ source }),
    },
    ...(Z
      ? [
          /** @type {Block} */ ({
            key: "Z",
            kind: "table",
            name: "Z",
            label: "Z",
            role: "x",
            rows: keys,
            columns: counted(Z[0].length),
            values: Z,
            edit: (rows) => state.edit("Z", rows),
            resizable: true,
          }),
        ]
      : []),
    ...widthBlocks(state, now),
    ...projectionBlocks(state, now, "q"),
    ...projectionBlocks(state, now, "k"),
    ...maskBlocks(state),
    weightsTable(state, trace.weights, plain("x", order), keys, row, pair, allowed),
    ...emptyRows(empty),
    ...projectionBlocks(state, now, "v"),
    outputTable(state, trace.output, order, counted(trace.output[0].length), row),
    { key: "shapes", kind: "heading", text: "Shapes and parameters" },
    shapes(now),
  ];
}

/**
 * @param {LessonState} state
 * @param {Computed} now
 * @returns {Block[]}
 */
function recipeBlocks(state, now) {
  const { settings } = state;
  const choose = (/** @type {string} */ recipe) => {
    state.forget(MATRICES);
    state.set({ recipe, Wq_is: "recipe", Wk_is: "recipe", Wv_is: "recipe" });
  };
  const redraw = (/** @type {number} */ draw) => {
    state.forget(MATRICES);
    state.set({ draw });
  };
  const random = settings.recipe === "random" || ROLES.some((role) => settings[`W${role}_is`] === "random");
  const says = sayWhatRecipeDoes(state, now);
  return [
    { key: "recipe", kind: "choice", label: "Projections", options: RECIPES, chosen: settings.recipe, choose },
    ...(random
      ? [
          /** @type {Block} */ ({
            key: "draw",
            kind: "number",
            label: "Random seed",
            low: 0,
            high: LARGEST_SEED,
            value: settings.draw,
            choose: redraw,
          }),
        ]
      : []),
    ...(says ? [/** @type {Block} */ ({ key: "recipe-does", kind: "sentence", says })] : []),
    { key: "differs", kind: "sentence", says: sayHowItDiffers(now) },
  ];
}

/**
 * @param {LessonState} state
 * @param {Computed} now
 * @returns {Block[]}
 */
function widthBlocks(state, { x, headDim }) {
  const width = x[0].length;
  if (width === 1) return [];
  const choose = (/** @type {number} */ d) => state.set({ d: d === width ? 0 : d });
  return [
    {
      key: "d",
      kind: "range",
      label: "Width d of q, k and v",
      options: inOrder(width).map((at) => at + 1),
      chosen: headDim,
      choose,
    },
  ];
}

/**
 * The tables of one matrix and its bias, with the choice of their preset.
 *
 * @param {LessonState} state
 * @param {Computed} now
 * @param {Role} role
 * @returns {Block[]}
 */
function projectionBlocks(state, { made, features }, role) {
  const { weight, bias } = made[role];
  const rows = weight.length === features.length ? features : counted(weight.length);
  const columns = counted(weight[0].length);
  const [W, b] = [`W${role}`, `b${role}`];
  const choose = (/** @type {string} */ kind) => {
    state.forget([W, b]);
    state.set({ [`${W}_is`]: kind });
  };
  const edit = (/** @type {string} */ name) => (/** @type {Rows} */ values) => state.edit(name, values);
  return [
    { key: `${W}_is`, kind: "choice", label: `W_${role} is`, options: KINDS, chosen: state.settings[`${W}_is`], choose },
    { key: W, kind: "table", name: W, label: `W_${role}`, role, rows, columns, values: weight, edit: edit(W) },
    { key: b, kind: "table", name: b, label: `b_${role}`, role, rows: ["bias"], columns, values: bias, edit: edit(b) },
  ];
}

/**
 * A table of all steps with their shapes and parameters. Rows that cross-attention changes are marked.
 *
 * @param {Computed} now
 * @returns {Block}
 */
function shapes({ x, Z, source, made, headDim }) {
  const [n, m, cross] = [x.length, source.length, Z !== null];
  const of = cross ? "z" : "x";
  const counts = Object.fromEntries(ROLES.map((role) => [role, made[role].weight.flat().length + made[role].bias[0].length]));
  /** @param {Part[]} step @param {number} rows @param {number} columns @param {number} count @param {boolean} marked */
  const line = (step, rows, columns, count, marked) => ({
    cells: [step, [`${rows} × ${columns}`], [count ? num(count) : "none"]],
    marked,
  });
  /** @param {Role} role @param {string} from @returns {Part[]} */
  const projected = (role, from) => [`${role} = ${from}·`, { name: `W_${role}` }, " + ", { name: `b_${role}` }];
  return {
    key: "shape-table",
    kind: "rows",
    head: ["Step", "Shape", "Parameters"],
    lines: [
      line(["x"], n, x[0].length, 0, false),
      ...(cross ? [line(["z"], m, source[0].length, 0, true)] : []),
      line(projected("q", "x"), n, headDim, counts.q, false),
      line(projected("k", of), m, headDim, counts.k, cross),
      line(projected("v", of), m, headDim, counts.v, cross),
      line(["q·kᵀ/√d, masked"], n, m, 0, cross),
      line(["W = softmax of each row"], n, m, 0, cross),
      line(["Y = W·v"], n, headDim, 0, false),
      { cells: [["Together"], [""], [num(counts.q + counts.k + counts.v)]], marked: false },
    ],
  };
}
