// How alike patches are: the cosine between their features, as attention_core/analysis/similarity.py does it. Pure functions on
// typed arrays, tested against torch.
import { dots } from "../maths/dots.js";

/** @import { Grid } from "../maths/patches.js" */
/** @typedef {"as-is" | "mean" | "position"} How what all patches share is taken out */

/** What cleaning leaves of a patch, as a share of its length, that counts as nothing: it is the rounding of float32. */
const ROUNDING = 1e-6;
/** Of what is left of a polynomial beside the others, on grids of few rows or columns. */
const DEPENDENT = 1e-9;

/**
 * Features without what they share: their mean, or what least squares explains by 1, r, c, r², c², r·c of a patch's place.
 *
 * @param {Float32Array} features (N, D)
 * @param {Grid} grid
 * @param {How} how
 */
export function cleaned(features, grid, how) {
  if (how === "as-is") return features;
  const count = grid.rows * grid.cols;
  const dim = features.length / count;
  const left = Float64Array.from(features);
  for (const shared of how === "mean" ? [new Float64Array(count).fill(count ** -0.5)] : smooth(grid)) {
    const amounts = new Float64Array(dim);
    for (let n = 0, at = 0; n < count; n++) for (let i = 0; i < dim; i++, at++) amounts[i] += shared[n] * features[at];
    for (let n = 0, at = 0; n < count; n++) for (let i = 0; i < dim; i++, at++) left[at] -= shared[n] * amounts[i];
  }
  for (let n = 0; n < count; n++) {
    const [from, to] = [n * dim, (n + 1) * dim];
    if (lengthOf(left, from, to) <= ROUNDING * lengthOf(features, from, to)) left.fill(0, from, to);
  }
  return Float32Array.from(left);
}

/**
 * An orthonormal basis of the polynomials of second degree on the grid, up to six.
 *
 * @param {Grid} grid
 */
function smooth({ rows, cols }) {
  const places = Array.from({ length: rows * cols }, (_, n) => [
    (2 * (Math.floor(n / cols) + 0.5)) / rows - 1,
    (2 * ((n % cols) + 0.5)) / cols - 1,
  ]);
  /** @type {((r: number, c: number) => number)[]} */
  const powers = [() => 1, (r) => r, (_, c) => c, (r) => r * r, (_, c) => c * c, (r, c) => r * c];
  /** @type {Float64Array[]} */
  const basis = [];
  for (const power of powers) {
    const vector = Float64Array.from(places, ([r, c]) => power(r, c));
    for (let again = 0; again < 2; again++)
      for (const other of basis) {
        const amount = vector.reduce((sum, value, n) => sum + value * other[n], 0);
        vector.forEach((value, n) => (vector[n] = value - amount * other[n]));
      }
    const length = lengthOf(vector, 0, vector.length);
    if (length > DEPENDENT * Math.sqrt(vector.length)) basis.push(vector.map((value) => value / length));
  }
  return basis;
}

/**
 * @param {Float32Array | Float64Array} values
 * @param {number} from
 * @param {number} to
 */
function lengthOf(values, from, to) {
  let sum = 0;
  for (let i = from; i < to; i++) sum += values[i] * values[i];
  return Math.sqrt(sum);
}

/**
 * Every row at length 1; one of zeros stays, and is like nothing.
 *
 * @param {Float32Array} features (N, D)
 * @param {number} dim
 */
export function unitRows(features, dim) {
  const out = new Float32Array(features.length);
  for (let from = 0; from < features.length; from += dim) {
    const length = lengthOf(features, from, from + dim) || 1;
    for (let i = from; i < from + dim; i++) out[i] = features[i] / length;
  }
  return out;
}

let own = new Float64Array();
let sums = new Float64Array();

/**
 * The cosines between one patch and all patches of a picture.
 *
 * @param {Float32Array} units (M, D), of length 1, the one's among them
 * @param {number} index
 * @param {Float32Array} others (N, D), of length 1
 * @param {number} dim
 * @param {Float32Array} out (N)
 */
export function cosines(units, index, others, dim, out) {
  if (own.length !== dim) own = new Float64Array(dim);
  if (sums.length !== out.length) sums = new Float64Array(out.length);
  for (let i = 0; i < dim; i++) own[i] = units[index * dim + i];
  dots(own, others, 0, sums);
  for (let j = 0; j < out.length; j++) out[j] = Math.max(-1, Math.min(1, sums[j]));
  return out;
}

/**
 * How far each of the first lies from the one at the same place of the others, as 1 less their cosine: exactly 0 where they are
 * the same.
 *
 * @param {Float32Array} units (N, D), of length 1
 * @param {Float32Array} others (N, D), of length 1
 * @param {number} dim
 * @param {Float32Array} out (N)
 */
export function apart(units, others, dim, out) {
  for (let n = 0, at = 0; n < out.length; n++) {
    let sum = 0;
    for (let i = 0; i < dim; i++, at++) sum += (units[at] - others[at]) ** 2;
    out[n] = sum / 2;
  }
  return out;
}

/**
 * The best match, the first of equals, with its cosine and the second best's: −1 where there is no other.
 *
 * @param {Float32Array} values
 */
export function bestTwo(values) {
  let patch = 0;
  let second = -1;
  for (let j = 1; j < values.length; j++) {
    if (values[j] > values[patch]) {
      second = Math.max(second, values[patch]);
      patch = j;
    } else if (values[j] > second) second = values[j];
  }
  return { patch, similarity: values[patch], second };
}

/**
 * Lowe's ratio: the distance of the best match over that of the second best; 1 says that there is no choosing between them.
 *
 * @param {number} similarity
 * @param {number} second
 */
export function ratioOf(similarity, second) {
  const [best, other] = [similarity, second].map((cosine) => Math.sqrt(Math.max(0, 2 - 2 * cosine)));
  return other > 0 ? best / other : 1;
}
