// The lesson "Queries, keys, values": projections let one vector ask, answer and pass on three different things.
import tasks from "../lessons/tasks.json" with { type: "json" };
import { attend } from "../lesson_maths/attention.js";
import { project } from "../lesson_maths/projections.js";
import { TOY_FIGURE } from "../toy_figure/plan.js";
import { HINTS } from "./hints.js";
import { LAST, oneOf, wholeNumber } from "./parameters.js";
import { EVERYWHERE, ORDERED } from "./shared_parameters.js";
import { KINDS, LARGEST_SEED, MATRICES, RECIPES, ROLES, projectionsOf } from "./qkv_projections.js";
import { blocksOf } from "./qkv_blocks.js";
import { stepsOf } from "./qkv_steps.js";
import { SOURCES } from "./sources.js";
import { alike, byName, sizeOf } from "./sums.js";
import {
  VECTORS,
  allowedBy,
  blockedBy,
  captionsOf,
  counted,
  featuresOf,
  inFigure,
  inOrder,
  orderOf,
  subscripted,
  titlesOf,
  toggle,
} from "./vectors.js";

/** @import { InPlane, Lesson, Shown } from "./lesson_type.js" */
/** @import { LessonState } from "./state.js" */

const SOURCE = [
  [0.9, -0.2, 0.4, 0.3],
  [-0.6, 0.8, 0.1, 0.5],
  [0.2, 0.3, -0.9, 1.0],
];
const NAMES = ["X", "Z", ...MATRICES];

/** @typedef {ReturnType<typeof computed>} Computed */

/** @type {Lesson} */
export const queriesKeysValues = {
  name: "queries_keys_values",
  title: "What does each vector ask, answer and hand over?",
  figure: TOY_FIGURE,
  next: { page: "multi_head", title: "Multi-head" },
  tasks: tasks.qkv,
  hints: HINTS,
  terms: {
    parameters: {
      ...EVERYWHERE,
      ...ORDERED,
      recipe: oneOf(RECIPES),
      draw: wholeNumber(0, LARGEST_SEED, 0),
      vectors: oneOf(titlesOf(VECTORS)),
      source: oneOf(SOURCES),
      ...Object.fromEntries(ROLES.map((role) => [`W${role}_is`, oneOf(KINDS)])),
      d: wholeNumber(1, 16, 0),
    },
    isMatrix: (name) => NAMES.includes(name),
    vectors: ["X", "Z"],
  },
  show,
};

/**
 * @param {LessonState} state
 * @returns {Shown}
 */
function show(state) {
  const now = computed(state);
  const { X, Z, x, order, added, made, trace, row, pair, allowed } = now;
  const own = Object.fromEntries(
    ROLES.flatMap((role) => [
      [`W${role}`, { matrix: `W${role}`, rows: made[role].weight }],
      [`b${role}`, { matrix: `b${role}`, rows: made[role].bias }],
    ]),
  );
  return {
    data: dataOf(now),
    choice: { row, step: state.settings.step, pair },
    steps: stepsOf(state, now),
    blocks: blocksOf(state, now),
    done: doneOf(now),
    cells: { X: { matrix: "X", rows: X, order, added }, ...(Z ? { Z: { matrix: "Z", rows: Z } } : {}), ...own },
    toggle: (query, key) => toggle(state, x.length, trace.k.length, query, key),
    planes: planesOf(now),
    matrices: Z ? NAMES : NAMES.filter((name) => name !== "Z"),
    report: { x, z: Z, made, allowed, weights: trace.weights, output: trace.output },
  };
}

/** @param {LessonState} state */
function computed(state) {
  const { settings } = state;
  const preset = VECTORS[settings.vectors];
  const X = state.matrix("X", preset.rows);
  const cross = settings.source === "cross";
  const Z = cross
    ? state.matrix(
        "Z",
        SOURCE.map((row) => X[0].map((_, c) => row[c % row.length])),
      )
    : null;
  const order = orderOf(settings.order, X.length);
  const { x, added } = inFigure(X, order, settings.positions);
  const source = Z ?? x;
  const headDim = settings.d >= 1 && settings.d <= x[0].length ? settings.d : x[0].length;
  const made = projectionsOf(state, x, source, headDim);
  const [q, k, v] = ROLES.map((role) => project(role === "q" ? x : source, made[role].weight, made[role].bias));
  const allowed = allowedBy(state, x.length, source.length);
  const trace = attend(q, k, v, { allowed });
  const names = { x: subscripted("x", order), z: Z ? subscripted("z", inOrder(Z.length)) : [], y: subscripted("y", order) };
  const captions = cross ? [] : captionsOf(preset, X, order);
  const row = Math.min(settings.row, x.length - 1);
  const pair = settings.pair === null || settings.pair >= source.length ? null : settings.pair;
  return {
    preset,
    X,
    Z,
    x,
    source,
    order,
    added,
    headDim,
    step: settings.step,
    made,
    allowed,
    trace,
    names,
    captions,
    row,
    pair,
    features: featuresOf(preset, X[0].length),
  };
}

/** @param {Computed} now */
function dataOf({ x, Z, trace, made, allowed, headDim, names, captions }) {
  const projections = {
    Wq: made.q.weight,
    bq: made.q.bias,
    Wk: made.k.weight,
    bk: made.k.bias,
    Wv: made.v.weight,
    bv: made.v.bias,
  };
  return {
    x,
    z: Z,
    ...trace,
    blocked: blockedBy(allowed, x.length, trace.k.length),
    scale: headDim ** -0.5,
    normalise: true,
    projected: true,
    cross: Z !== null,
    names,
    captions,
    projections,
    biases: ROLES.some((role) => sizeOf(made[role].bias) > 0),
    editable: true,
    alt: "Attention with projections: the vectors below, their queries, keys and values above them, the outputs y on top",
  };
}

/** Check the tasks. Vectors are identified by name, so shuffling does not matter. @param {Computed} now */
function doneOf({ trace, order, Z }) {
  const weights = Z ? order.map((_, i) => trace.weights[order.indexOf(i)]) : byName(trace.weights, order);
  const even = 1 / weights[0].length;
  const full = weights.every((row) => row.some(Boolean)); // a fully masked row is uniform, too
  const spread = Math.max(...weights.flat().map((weight) => Math.abs(weight - even)));
  return [
    weights.length > 1 && weights[0].length > 1 && alike(weights, 1e-3),
    weights.length > 1 && weights[0].length > 1 && weights[0][1] > 0.5 && weights[1][0] < 0.2,
    full && sizeOf(trace.output) < 1e-9 && spread > 0.05,
  ];
}

/**
 * @param {Computed} now
 * @returns {InPlane[]}
 */
function planesOf({ x, Z, added, trace, names, captions, features, row, step }) {
  const shared = { captions, outputName: names.y[row], weights: trace.weights[row] };
  /** @type {InPlane[]} */
  const planes = [];
  if (x[0].length === 2 && !Z)
    planes.push({
      ...shared,
      title: "x in the plane",
      role: "x",
      vectors: x,
      names: names.x,
      query: x[row],
      queryName: names.x[row],
      output: step === LAST && trace.output[0].length === 2 ? trace.output[row] : null,
      axes: /** @type {[string, string]} */ ([...features]),
      editable: added === null,
    });
  if (trace.k[0].length === 2)
    planes.push({
      ...shared,
      title: "q and k in the plane",
      role: "k",
      vectors: trace.k,
      names: (Z ? names.z : names.x).map((name) => name.replace(/^./, "k")),
      query: trace.q[row],
      queryName: names.x[row].replace("x", "q"),
      output: null,
      axes: /** @type {[string, string]} */ (counted(2)),
      editable: false,
    });
  return planes;
}
