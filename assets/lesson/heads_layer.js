// The layer of lesson 3: what its matrices begin as, and how they are called. Pure.
import { identity, zeros } from "../lesson_maths/matrices.js";
import { randn } from "../lesson_maths/torch_random.js";
import { ROLES, inRows } from "./qkv_projections.js";

/** @import { LessonState, Rows } from "./state.js" */

/** Standard deviation of random projections, times the root of their height: weights then differ enough to be told apart. */
const SPREAD = 1.6;

/**
 * @typedef {object} LayerShape
 * @property {number} dim
 * @property {number} heads
 * @property {number} headDim
 * @property {boolean} split
 */

/**
 * Of one head's matrix: numbers of heads and readings have edits of their own. Heads count from 1 in these names, which stand in
 * links of before.
 *
 * @param {LayerShape} shape
 * @param {string} letter such as "Wq"
 * @param {number} head
 */
export const nameOf = ({ heads, split }, letter, head) => `${letter}${head + 1}.${heads}${split ? "s" : "p"}`;

/** Whether `nameOf` made this name. @param {string} name */
export const isOfHead = (name) => /^[Wb][qkv]\d{1,2}\.\d{1,2}[sp]$/.test(name);

/** Of all matrices of the layer. @param {LayerShape} shape @param {boolean} joined */
export function namesOf(shape, joined) {
  const own = Array.from({ length: shape.heads }, (_, head) =>
    ROLES.flatMap((role) => ["W", "b"].map((kind) => nameOf(shape, kind + role, head))),
  );
  return [...own.flat(), ...(joined ? ["W0", "b0"] : [])];
}

/**
 * The layer with the presets' numbers, or the reader's where they were edited.
 *
 * @param {LessonState} state
 * @param {LayerShape} shape
 */
export function layerOf(state, shape) {
  const { heads_are: recipe, join, draw } = state.settings;
  const { dim, heads, headDim, split } = shape;
  /** @type {Record<string, Rows[]>} */
  const own = {};
  ROLES.forEach((role, at) => {
    const presets = projections(shape, recipe, 4 * draw + at);
    own[`W${role}`] = presets.map((preset, head) => state.matrix(nameOf(shape, `W${role}`, head), preset));
    own[`b${role}`] = presets.map((_, head) => state.matrix(nameOf(shape, `b${role}`, head), zeros(1, headDim)));
  });
  const joined = join !== "off";
  const W0 = joined ? state.matrix("W0", joinPreset(join, dim, draw)) : null;
  const b0 = joined ? state.matrix("b0", zeros(1, dim)) : null;
  const { Wq, Wk, Wv, bq, bk, bv } = own;
  return { Wq, Wk, Wv, bq, bk, bv, W0, b0, split, heads };
}

/**
 * For each head what it reads × headDim. Identity hands each head its own piece of x, in both readings.
 *
 * @param {LayerShape} shape
 * @param {string} recipe
 * @param {number} seed
 * @returns {Rows[]}
 */
function projections({ dim, heads, headDim, split }, recipe, seed) {
  const width = split ? headDim : dim;
  const each = Array.from({ length: heads }, (_, head) => head);
  if (recipe === "random") {
    const drawn = randn(seed, heads * width * headDim);
    return each.map((head) =>
      inRows(drawn.slice(head * width * headDim, (head + 1) * width * headDim), headDim, SPREAD / width ** 0.5),
    );
  }
  if (split) return each.map(() => identity(headDim, headDim));
  return each.map((head) => identity(dim, dim).map((row) => row.slice(head * headDim, (head + 1) * headDim)));
}

/** @param {string} join @param {number} dim @param {number} draw */
function joinPreset(join, dim, draw) {
  return join === "identity" ? identity(dim, dim) : inRows(randn(4 * draw + 3, dim * dim), dim, dim ** -0.5);
}

/** How many heads a width can be divided among. @param {number} dim */
export const divisorsOf = (dim) => Array.from({ length: dim }, (_, at) => at + 1).filter((count) => dim % count === 0);
