// The layer of lesson 3: the presets and the names of its matrices. No state.
import { identity, zeros } from "../lesson_maths/matrices.js";
import { randn } from "../lesson_maths/torch_random.js";
import { ROLES, inRows } from "./qkv_projections.js";

/** @import { LessonState, Rows } from "./state.js" */

/** Standard deviation of random projections, times the square root of their height. The weights then differ visibly. */
const SPREAD = 1.6;

/**
 * @typedef {object} LayerShape
 * @property {number} dim
 * @property {number} heads
 * @property {number} headDim
 * @property {boolean} split
 */

/**
 * Return the name of one head's matrix. Each number of heads and each reading has its own names, and so its own edits. Names
 * count heads from 1, as in old links.
 *
 * @param {LayerShape} shape
 * @param {string} letter such as "Wq"
 * @param {number} head
 */
export const nameOf = ({ heads, split }, letter, head) => `${letter}${head + 1}.${heads}${split ? "s" : "p"}`;

/** True if `nameOf` returns names of this form. @param {string} name */
export const isOfHead = (name) => /^[Wb][qkv]\d{1,2}\.\d{1,2}[sp]$/.test(name);

/** Return the names of all matrices of the layer. @param {LayerShape} shape @param {boolean} joined */
export function namesOf(shape, joined) {
  const own = Array.from({ length: shape.heads }, (_, head) =>
    ROLES.flatMap((role) => ["W", "b"].map((kind) => nameOf(shape, kind + role, head))),
  );
  return [...own.flat(), ...(joined ? ["W0", "b0"] : [])];
}

/**
 * Return the layer. Each matrix is its preset, or the reader's edit.
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
 * Return one matrix per head, with a row for each column that the head reads, and headDim columns. With "identity", each head
 * gets its own piece of x, in both readings.
 *
 * @param {LayerShape} shape
 * @param {string} recipe
 * @param {number} seed
 * @returns {Rows[]}
 */
function projections({ dim, heads, headDim, split }, recipe, seed) {
  const width = split ? headDim : dim;
  const indices = Array.from({ length: heads }, (_, head) => head);
  if (recipe === "random") {
    const drawn = randn(seed, heads * width * headDim);
    return indices.map((head) =>
      inRows(drawn.slice(head * width * headDim, (head + 1) * width * headDim), headDim, SPREAD / width ** 0.5),
    );
  }
  if (split) return indices.map(() => identity(headDim, headDim));
  return indices.map((head) => identity(dim, dim).map((row) => row.slice(head * headDim, (head + 1) * headDim)));
}

/** @param {string} join @param {number} dim @param {number} draw */
function joinPreset(join, dim, draw) {
  return join === "identity" ? identity(dim, dim) : inRows(randn(4 * draw + 3, dim * dim), dim, dim ** -0.5);
}

/** Return the numbers of heads that divide a width. @param {number} dim */
export const divisorsOf = (dim) => Array.from({ length: dim }, (_, at) => at + 1).filter((count) => dim % count === 0);
