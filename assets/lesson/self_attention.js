// The lesson "Self-attention": attention without learned parameters. It shows how much each vector takes from the others.
import tasks from "../lessons/tasks.json" with { type: "json" };
import { TOY_FIGURE } from "../toy_figure/plan.js";
import { ASKED, ENTRIES, TEMPERATURES, dictionary, writtenTemperature } from "./dictionary.js";
import { HINTS } from "./hints.js";
import { LAST, numberOf, oneOf } from "./parameters.js";
import { EVERYWHERE, ORDERED } from "./shared_parameters.js";
import { sayEmptyRows } from "./sayings.js";
import { attended, sayWhatOrderDoes, sayWhatWeightsDo } from "./self_attention_says.js";
import { stepsOf } from "./self_attention_steps.js";
import { emptyRows, maskBlocks, orderBlocks, vectorBlocks, outputTable, weightsTable } from "./shared_blocks.js";
import { byName, alike, placeOfLargest, sumOf } from "./sums.js";
import {
  VECTORS,
  allowedBy,
  blockedBy,
  captionsOf,
  featuresOf,
  inFigure,
  isShuffled,
  orderOf,
  plain,
  subscripted,
  titlesOf,
  toggle,
} from "./vectors.js";

/** @import { Lesson, Shown } from "./lesson_type.js" */
/** @import { LessonState } from "./state.js" */
/** @import { Block } from "./panel_types.js" */

const VERSIONS = { raw: "Dot products", softmax: "Softmax", scaled: "Scaled softmax" };

/** @typedef {ReturnType<typeof computed>} Computed */

/** @type {Lesson} */
export const selfAttention = {
  name: "self_attention",
  title: "What does each vector take from the others?",
  figure: TOY_FIGURE,
  next: { page: "queries_keys_values", title: "Queries, keys, values" },
  tasks: tasks.self_attention,
  hints: HINTS,
  terms: {
    parameters: {
      ...EVERYWHERE,
      ...ORDERED,
      weights: oneOf(VERSIONS),
      vectors: oneOf(titlesOf(VECTORS)),
      t: numberOf(TEMPERATURES, 0.5, writtenTemperature),
    },
    isMatrix: (name) => ["X", ENTRIES, ASKED].includes(name),
    vectors: ["X"],
  },
  show,
};

/**
 * @param {LessonState} state
 * @returns {Shown}
 */
function show(state) {
  const now = computed(state);
  const { X, x, order, added, allowed, trace, version, row, pair } = now;
  return {
    data: dataOf(now),
    choice: { row, step: state.settings.step, pair },
    steps: stepsOf(state, now),
    blocks: blocksOf(state, now),
    done: doneOf(now),
    cells: { X: { matrix: "X", rows: X, order, added } },
    toggle: (query, key) => toggle(state, x.length, x.length, query, key),
    planes: x[0].length === 2 ? [planeOf(now)] : [],
    matrices: ["X", ENTRIES, ASKED],
    report: { x, allowed, version, weights: trace.weights, output: trace.output },
  };
}

/** @param {LessonState} state */
function computed(state) {
  const { settings } = state;
  const preset = VECTORS[settings.vectors];
  const X = state.matrix("X", preset.rows);
  const order = orderOf(settings.order, X.length);
  const { x, added } = inFigure(X, order, settings.positions);
  const allowed = allowedBy(state, x.length, x.length);
  const version = settings.weights;
  const trace = attended(x, allowed, version);
  const names = { x: subscripted("x", order), z: [], y: subscripted("y", order) };
  const captions = captionsOf(preset, X, order);
  const row = Math.min(settings.row, x.length - 1);
  const pair = settings.pair === null || settings.pair >= x.length ? null : settings.pair;
  return { preset, X, x, order, added, allowed, version, trace, names, captions, row, pair, step: settings.step };
}

/** @param {Computed} now */
function dataOf({ x, trace, allowed, version, names, captions }) {
  return {
    x,
    z: null,
    ...trace,
    blocked: blockedBy(allowed, x.length, x.length),
    scale: version === "scaled" ? x[0].length ** -0.5 : 1,
    normalise: version !== "raw",
    projected: false,
    cross: false,
    names,
    captions,
    projections: null,
    biases: false,
    editable: true,
    alt: "Self-attention: the vectors x below, the outputs y on top",
  };
}

/**
 * @param {LessonState} state
 * @param {Computed} now
 * @returns {Block[]}
 */
function blocksOf(state, now) {
  const { X, order, allowed, trace, names, version, row, pair, preset } = now;
  const features = featuresOf(preset, X[0].length);
  const empty = sayEmptyRows(allowed, names.x, version !== "raw");
  return [
    { key: "equations", kind: "host", name: "equations" },
    {
      key: "weights",
      kind: "choice",
      label: "Weights are",
      options: VERSIONS,
      chosen: version,
      choose: (weights) => state.set({ weights }),
    },
    { key: "what", kind: "sentence", says: sayWhatWeightsDo(now) },
    ...vectorBlocks(state, "X", "vectors", VECTORS, X, order, features),
    ...orderBlocks(state, order),
    { key: "moved", kind: "sentence", says: sayWhatOrderDoes(state, now), quiet: !isShuffled(order) },
    ...maskBlocks(state),
    weightsTable(state, trace.weights, plain("x", order), plain("x", order), row, pair, allowed),
    ...emptyRows(empty),
    outputTable(state, trace.output, order, features, row),
    ...dictionary(state),
  ];
}

/** Check the tasks. Vectors are identified by name, so shuffling does not matter. @param {Computed} now */
function doneOf({ trace, order }) {
  const weights = byName(trace.weights, order);
  const sums = weights.every((row) => Math.abs(sumOf(row) - 1) < 1e-6);
  return [
    weights.length >= 5 && Math.abs(weights[1][4]) < 0.01,
    sums && weights.length > 1 && alike(weights, 1e-3),
    sums && placeOfLargest(weights[0]) !== 0,
  ];
}

/** @param {Computed} now */
function planeOf({ X, x, added, preset, names, captions, trace, row, step }) {
  const axes = featuresOf(preset, X[0].length);
  return {
    title: "x in the plane",
    role: /** @type {const} */ ("x"),
    vectors: x,
    names: names.x,
    captions,
    query: x[row],
    queryName: names.x[row],
    weights: trace.weights[row],
    output: step === LAST ? trace.output[row] : null,
    outputName: names.y[row],
    axes: /** @type {[string, string]} */ (axes),
    editable: added === null,
  };
}
