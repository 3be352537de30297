// The presets of the projections of lesson 2. No state.
import { identity, zeros } from "../lesson_maths/matrices.js";
import { attendToMostDifferent, attendToPrevious, project } from "../lesson_maths/projections.js";
import { randn } from "../lesson_maths/torch_random.js";

/** @import { LessonState, Rows } from "./state.js" */
/** @typedef {"q" | "k" | "v"} Role */

export const ROLES = /** @type {const} */ (["q", "k", "v"]);
export const RECIPES = {
  identity: "Identity",
  random: "Random",
  previous: "Look at the previous one",
  different: "Look at the most different one",
  zero: "Zero queries",
};
export const KINDS = { recipe: "As chosen above", identity: "Identity", random: "Random", zero: "Zero" };
export const LARGEST_SEED = 999;
export const MATRICES = ["Wq", "bq", "Wk", "bk", "Wv", "bv"];

/**
 * Return the weight and the bias of each role: its preset, or the reader's edit.
 *
 * @param {LessonState} state
 * @param {Rows} x
 * @param {Rows} source
 * @param {number} headDim
 */
export function projectionsOf(state, x, source, headDim) {
  const of = (/** @type {Role} */ role, /** @type {Rows} */ keys) => {
    const { weight, bias } = preset(state, role, role === "q" ? x : source, keys, headDim);
    return { weight: state.matrix(`W${role}`, weight), bias: state.matrix(`b${role}`, bias) };
  };
  const [k, v] = [of("k", source), of("v", source)];
  const q = of("q", project(source, k.weight, k.bias)); // the preset of W_q may depend on the keys
  return { q, k, v };
}

/**
 * @param {LessonState} state
 * @param {Role} role
 * @param {Rows} from the vectors that are projected
 * @param {Rows} keys
 * @param {number} headDim
 * @returns {{ weight: Rows, bias: Rows }}
 */
function preset({ settings }, role, from, keys, headDim) {
  const kind = settings[`W${role}_is`];
  const recipe = kind === "recipe" ? settings.recipe : kind;
  const width = from[0].length;
  const bias = zeros(1, headDim);
  if (recipe === "random")
    return { weight: random(3 * settings.draw + ROLES.indexOf(role), width, headDim, width ** -0.5), bias };
  if (recipe === "zero" && (role === "q" || kind === "zero")) return { weight: zeros(width, headDim), bias };
  if (role === "q" && recipe === "previous") return attendToPrevious(from, keys);
  if (role === "q" && recipe === "different") return { weight: attendToMostDifferent(width, headDim), bias };
  return { weight: identity(width, headDim), bias };
}

/**
 * Return the random numbers of torch for this seed, rounded to two decimals so that tables show them in full.
 *
 * @param {number} seed
 * @param {number} rows
 * @param {number} columns
 * @param {number} spread
 * @returns {Rows}
 */
function random(seed, rows, columns, spread) {
  return inRows(randn(seed, rows * columns), columns, spread);
}

/**
 * @param {readonly number[]} drawn
 * @param {number} columns
 * @param {number} spread
 * @returns {Rows}
 */
export function inRows(drawn, columns, spread) {
  const short = drawn.map((value) => roundHalfEven(value * spread * 100) / 100);
  return Array.from({ length: short.length / columns }, (_, row) => short.slice(row * columns, (row + 1) * columns));
}

/** Round halves to even, as torch does. @param {number} value */
function roundHalfEven(value) {
  const rounded = Math.round(value);
  return (Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded) + 0; // no -0
}
