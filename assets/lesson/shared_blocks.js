// Blocks of the panel that several lessons share: the vectors, their order, the mask, the weights.
import {
  blockedBy,
  inOrder,
  LARGEST_RADIUS,
  MASKS,
  isShuffled,
  plain,
  reorder,
  shuffled,
  titlesOf,
  toggle,
} from "./vectors.js";

/** @import { Block } from "./panel_types.js" */
/** @import { Part } from "./parts.js" */
/** @import { LessonState, Rows } from "./state.js" */
/** @import { Preset } from "./vectors.js" */

/**
 * The choice of the vectors, and the table to edit them. Its rows have the order of the figure.
 *
 * @param {LessonState} state
 * @param {string} name of the matrix
 * @param {string} parameter
 * @param {Record<string, Preset>} presets
 * @param {Rows} X
 * @param {readonly number[]} order
 * @param {readonly string[]} features
 * @returns {Block[]}
 */
export function vectorBlocks(state, name, parameter, presets, X, order, features) {
  const own = state.edited(name) !== null;
  const chosen = state.settings[parameter];
  const choose = (/** @type {string} */ preset) => {
    state.forget([name]);
    state.set({ [parameter]: preset });
  };
  const note = own
    ? `Your own numbers: ${X.length} ${X.length === 1 ? "vector" : "vectors"} of width ${X[0].length}. Reset brings the preset back.`
    : presets[chosen].note;
  const edit = (/** @type {Rows} */ values) => state.edit(name, backInOrder(values, order));
  return [
    { key: "vectors", kind: "choice", label: "Vectors", options: titlesOf(presets), chosen, choose },
    { key: "note", kind: "sentence", says: [note], quiet: true },
    {
      key: name,
      kind: "table",
      name,
      label: "X",
      role: "x",
      rows: plain("x", order),
      columns: features,
      values: order.map((from) => X[from]),
      edit,
      resizable: true,
      marked: state.settings.row < X.length ? state.settings.row : X.length - 1,
    },
  ];
}

/** Put rows from the figure's order back into the matrix's order. If rows were added or removed, return them unchanged. @param {Rows} values @param {readonly number[]} order */
const backInOrder = (values, order) =>
  values.length === order.length ? order.map((_, at) => values[order.indexOf(at)]) : values;

/**
 * @param {LessonState} state
 * @param {readonly number[]} order
 * @returns {Block[]}
 */
export function orderBlocks(state, order) {
  return [
    {
      key: "order",
      kind: "buttons",
      buttons: [
        { label: "Shuffle", off: order.length < 2, press: () => reorder(state, order, shuffled(order)) },
        { label: "In order", off: !isShuffled(order), press: () => reorder(state, order, inOrder(order.length)) },
      ],
    },
    {
      key: "positions",
      kind: "switch",
      label: "Add positions (sinusoidal)",
      on: state.settings.positions,
      choose: (positions) => state.set({ positions }),
    },
  ];
}

/**
 * @param {LessonState} state
 * @returns {Block[]}
 */
export function maskBlocks(state) {
  const { mask, radius } = state.settings;
  const { own, ...ready } = MASKS;
  const options = mask === "own" ? { ...ready, own } : ready;
  /** @type {Block[]} */
  const blocks = [
    { key: "mask", kind: "choice", label: "Mask", options, chosen: mask, choose: (name) => state.set({ mask: name }) },
  ];
  const choose = (/** @type {number} */ value) => state.set({ radius: value });
  if (mask === "window")
    blocks.push({
      key: "radius",
      kind: "range",
      label: "Positions to each side",
      options: inOrder(LARGEST_RADIUS + 1),
      chosen: radius,
      choose,
    });
  return blocks;
}

/**
 * The table of outputs. A click on a row chooses its query.
 *
 * @param {LessonState} state
 * @param {Rows} output
 * @param {readonly number[]} order
 * @param {readonly string[]} columns
 * @param {number} row
 * @returns {Block & { kind: "table" }}
 */
export function outputTable(state, output, order, columns, row) {
  const shared = { key: "Y", kind: /** @type {const} */ ("table"), name: "Y", label: "Y", role: "y" };
  return {
    ...shared,
    rows: plain("y", order),
    columns,
    values: output,
    edit: null,
    marked: row,
    choose: (at) => state.set({ row: at }),
  };
}

/** The sentence about queries that may look at no key, if there are any. @param {readonly Part[] | null} says @returns {Block[]} */
export const emptyRows = (says) => (says ? [{ key: "empty", kind: "sentence", says }] : []);

/**
 * @param {LessonState} state
 * @param {Rows} weights
 * @param {readonly string[]} rows
 * @param {readonly string[]} columns
 * @param {number} row
 * @param {number | null} pair
 * @param {boolean[][] | null} allowed
 * @returns {Block & { kind: "table" }}
 */
export function weightsTable(state, weights, rows, columns, row, pair, allowed) {
  return {
    key: "W",
    kind: "table",
    name: "W",
    label: "W: one row per query",
    role: "w",
    rows,
    columns,
    values: weights,
    edit: null,
    marked: row,
    chosen: pair,
    blocked: blockedBy(allowed, weights.length, weights[0].length),
    choose: (query, key) => state.set({ row: query, pair: key }),
    toggle: (query, key) => toggle(state, weights.length, weights[0].length, query, key),
  };
}
