// Which numbers one output number comes from. Pure arithmetic on the data of the multi-head figure.

/** @import { HeadsData } from "./heads_figure.js" */

/**
 * What the reader chose: a number of the output by row and column, and a head, a part of that head and a key, null where open.
 *
 * @typedef {object} Chosen
 * @property {number} row
 * @property {number} column
 * @property {number | null} followed
 * @property {number | null} part
 * @property {number | null} pair
 */

/** @typedef {ReturnType<typeof completed>} Trace */

/**
 * The choice with everything that was left open filled in: what is largest is followed. m is the place of part in the
 * concatenation.
 *
 * @param {HeadsData} data
 * @param {Chosen} choice
 */
export function completed(data, { row, column, followed, part, pair }) {
  const headDim = data.x[0].length / data.heads.length;
  const head = followed ?? largestIndex(data.contributions.map((rows) => rows[row][column]));
  const share = (/** @type {number} */ m) => data.concat[row][m] * joinWeight(data, m, column);
  const within = part ?? largestIndex(Array.from({ length: headDim }, (_, at) => share(head * headDim + at)));
  const key = pair ?? largestIndex(data.heads[head].weights[row]);
  return { row, column, followed: head, part: within, pair: key, m: head * headDim + within };
}

/**
 * W_0 at (m, c); without W_0 the concatenation is the output as it is.
 *
 * @param {Pick<HeadsData, "W_0">} data
 * @param {number} m
 * @param {number} c
 */
export function joinWeight({ W_0 }, m, c) {
  return W_0 ? W_0[m][c] : Number(m === c);
}

/**
 * What pointing at a number chooses, by its data-name.
 *
 * @param {string} name
 * @param {number} headDim
 * @returns {Partial<Chosen> | null}
 */
export function choiceOf(name, headDim) {
  const [kind, ...rest] = name.split("/");
  if (kind === "y") return { row: Number(rest[0]), column: Number(rest[1]) };
  if (kind === "concat") return { row: Number(rest[0]), ...partOf(Number(rest[1]), headDim) };
  if (kind === "w0") return { column: Number(rest[1]), ...partOf(Number(rest[0]), headDim) };
  if (kind !== "head") return null;
  const [followed, quantity, i, c] = [Number(rest[0]), rest[1], Number(rest[2]), Number(rest[3])];
  if (quantity === "w") return { followed, row: i, pair: c };
  if (quantity === "v") return { followed, pair: i, part: c };
  if (quantity === "out") return { followed, row: i, part: c };
  return { followed };
}

/**
 * @param {number} m
 * @param {number} headDim
 */
const partOf = (m, headDim) => ({ followed: Math.floor(m / headDim), part: m % headDim });

/**
 * The index of what is largest in size, the first of equals.
 *
 * @param {readonly number[]} values
 */
export function largestIndex(values) {
  return values.reduce((best, value, at) => (Math.abs(value) > Math.abs(values[best]) ? at : best), 0);
}
