// The lesson "Multi-head": several heads attend at the same time, and W_0 joins their outputs.
import tasks from "../lessons/tasks.json" with { type: "json" };
import { multiHead } from "../lesson_maths/multi_head.js";
import { HEADS_FIGURE } from "../heads_figure/plan.js";
import { within } from "../heads_figure/trace.js";
import { divisorsOf, isOfHead, layerOf, nameOf, namesOf } from "./heads_layer.js";
import { HINTS } from "./hints.js";
import { JOINS, READINGS, STARTS, blocksOf } from "./heads_blocks.js";
import { onPaper } from "./heads_paper.js";
import { stepsOf } from "./heads_steps.js";
import { oneOf, place, places, wholeNumber } from "./parameters.js";
import { EVERYWHERE } from "./shared_parameters.js";
import { LARGEST_SEED, ROLES } from "./qkv_projections.js";
import { difference, sizeOf } from "./sums.js";
import { VECTORS_8, allowedBy, blockedBy, captionsOf, featuresOf, inOrder, subscripted, titlesOf, toggle } from "./vectors.js";

/** @import { Chosen } from "../heads_figure/trace.js" */
/** @import { Lesson, Shown } from "./lesson_type.js" */
/** @import { LessonState } from "./state.js" */

const OPENING_HEADS = 4;

/** @typedef {ReturnType<typeof computed>} Computed */

/** @type {Lesson} */
export const multiHeadLesson = {
  name: "multi_head",
  title: "What do several attentions see that one cannot?",
  figure: HEADS_FIGURE,
  next: { page: "your_image", title: "Your image" },
  tasks: tasks.multi_head,
  hints: HINTS,
  terms: {
    parameters: {
      ...EVERYWHERE,
      reading: oneOf(READINGS),
      vectors8: oneOf(titlesOf(VECTORS_8)),
      pieces: wholeNumber(1, 16, OPENING_HEADS),
      heads_off: places(0),
      off: { ...places(1), write: () => null }, // in old links: heads counted from 1
      heads_are: oneOf(STARTS),
      join: oneOf(JOINS),
      draw: wholeNumber(0, LARGEST_SEED, 0),
      column: place(0),
      followed: place(null),
      part: place(null),
      edited: place(null),
    },
    isMatrix: (name) => ["X8", "W0", "b0"].includes(name) || isOfHead(name),
    vectors: ["X8"],
  },
  show,
};

/**
 * @param {LessonState} state
 * @returns {Shown}
 */
function show(state) {
  const now = computed(state);
  const { X, shape, layer, trace, allowed, on, choice } = now;
  const { W0, b0 } = layer;
  const ofHeads = inOrder(shape.heads).flatMap((head) =>
    ROLES.flatMap((role) => [
      [`W${role}/${head}`, { matrix: nameOf(shape, `W${role}`, head), rows: layer[`W${role}`][head] }],
      [`b${role}/${head}`, { matrix: nameOf(shape, `b${role}`, head), rows: layer[`b${role}`][head] }],
    ]),
  );
  const blocks = blocksOf(state, now);
  const join = W0 && b0 ? { W0: { matrix: "W0", rows: W0 }, b0: { matrix: "b0", rows: b0 } } : {};
  return {
    data: dataOf(now),
    choice: { ...choice, step: state.settings.step },
    steps: stepsOf(now),
    blocks,
    paper: () => onPaper(blocks, now),
    done: doneOf(now),
    cells: { X: { matrix: "X8", rows: X }, ...join, ...Object.fromEntries(ofHeads) },
    toggle: (query, key) => toggle(state, X.length, X.length, query, key),
    planes: [],
    matrices: ["X8", ...namesOf(shape, W0 !== null)],
    report: { x: X, layer, on, allowed, weights: trace.heads.map(({ weights }) => weights), output: trace.output },
  };
}

/** @param {LessonState} state */
function computed(state) {
  const { settings } = state;
  if (settings.off.length) Object.assign(settings, { heads_off: settings.off, off: [] });
  const preset = VECTORS_8[settings.vectors8];
  const X = state.matrix("X8", preset.rows);
  const dim = X[0].length;
  const heads = nearestDivisor(dim, settings.pieces);
  const shape = { dim, heads, headDim: dim / heads, split: settings.reading === "slice" };
  const layer = layerOf(state, shape);
  const on = inOrder(heads).map((head) => !settings.heads_off.includes(head));
  const allowed = allowedBy(state, X.length, X.length);
  const trace = multiHead(layer, X, { allowed, on });
  const order = inOrder(X.length);
  const names = { x: subscripted("x", order), y: subscripted("y", order) };
  const captions = captionsOf(preset, X, order);
  return {
    preset,
    X,
    shape,
    layer,
    on,
    allowed,
    trace,
    names,
    captions,
    features: featuresOf(preset, dim),
    choice: within(/** @type {Chosen} */ (settings), { x: X, heads: trace.heads }),
  };
}

/** Return the largest divisor of the width that is not above the requested number of heads. @param {number} dim @param {number} requested */
const nearestDivisor = (dim, requested) => Math.max(...divisorsOf(dim).filter((count) => count <= Math.max(requested, 1)));

/** @param {Computed} now */
function dataOf({ X, shape, layer, trace, allowed, on, names, captions }) {
  const blocked = blockedBy(allowed, X.length, X.length);
  return {
    x: X,
    heads: trace.heads.map((numbers, head) => ({
      ...numbers,
      W_q: layer.Wq[head],
      W_k: layer.Wk[head],
      W_v: layer.Wv[head],
      b_q: layer.bq[head][0],
      b_k: layer.bk[head][0],
      b_v: layer.bv[head][0],
      blocked,
      on: on[head],
    })),
    concat: trace.concat,
    contributions: trace.contributions,
    output: trace.output,
    W_0: layer.W0,
    b_0: layer.b0?.[0] ?? null,
    split: shape.split,
    names,
    captions,
    masked: allowed !== null,
    editable: true,
    alt: "Multi-head self-attention: x below, the heads above it, their outputs side by side, and W_0 that joins them to y",
  };
}

/** @param {Computed} now */
function doneOf({ trace, on }) {
  const weights = trace.heads.filter((_, head) => on[head]).map((head) => head.weights);
  const disagree = trace.output.some((_, row) => {
    const keys = weights.map((of) => of[row].findIndex((weight) => weight > 0.5)).filter((key) => key >= 0);
    return new Set(keys).size > 1;
  });
  const speaking = trace.contributions.filter((added) => sizeOf(added) > 1e-9).length;
  return [
    disagree,
    on.length > 1 && speaking === 1,
    difference(trace.output, trace.concat) < 1e-8 && sizeOf(trace.concat) > 1e-9,
  ];
}
