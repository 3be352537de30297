// Several attentions side by side, and W_0 that joins them: attention_core.maths.multi_head in the browser.
import { attend } from "./attention.js";
import { identity, matmul, times } from "./matrices.js";
import { project } from "./projections.js";

/** @import { AttentionTrace } from "./attention.js" */
/** @import { Rows } from "./matrices.js" */

/**
 * One matrix per head, D × d, or d × d if the input is split. Biases are 1 × d, or null. Without W0 the output is the
 * concatenation.
 *
 * @typedef {object} Layer
 * @property {Rows[]} Wq
 * @property {Rows[]} Wk
 * @property {Rows[]} Wv
 * @property {Rows[] | null} bq
 * @property {Rows[] | null} bk
 * @property {Rows[] | null} bv
 * @property {Rows | null} W0 (D, D)
 * @property {Rows | null} b0 (1, D)
 * @property {boolean} split true if each head reads its own piece of x, of width d = D/H; false if it reads all of x
 */

/**
 * Multi-head self-attention (Vaswani et al. 2017, section 3.2.2), with every intermediate.
 *
 * @param {Layer} layer
 * @param {Rows} x (N, D)
 * @param {object} options
 * @param {boolean[][] | null} [options.allowed] (N, N), as in `attend`
 * @param {boolean[]} [options.on] the output of a head that is off is set to 0 (Michel et al. 2019, section 2.3)
 * @returns {{ heads: AttentionTrace[], concat: Rows, contributions: Rows[], output: Rows }} concat: (N, D), the heads' outputs
 *   side by side. contributions: (N, D) of each head, its part of concat times its rows of W_0. output: (N, D)
 */
export function multiHead(layer, x, { allowed = null, on = layer.Wq.map(() => true) } = {}) {
  const { W0, b0, split } = layer;
  const [count, width] = [layer.Wq.length, x[0].length];
  if (width % count) throw new RangeError(`the number of heads must divide the width ${width}, received ${count}`);
  const headWidth = width / count;
  const pieceOf = (/** @type {Rows} */ rows, /** @type {number} */ head) =>
    rows.map((row) => row.slice(head * headWidth, (head + 1) * headWidth));
  const heads = layer.Wq.map((_, head) => headTrace(layer, head, split ? pieceOf(x, head) : x, allowed));
  const outputs = heads.map(({ output }, head) => (on[head] ? output : times(output, 0)));
  const concat = x.map((_, row) => outputs.flatMap((output) => output[row]));
  const joining = W0 ?? identity(width, width);
  const contributions = outputs.map((output, head) => matmul(output, joining.slice(head * headWidth, (head + 1) * headWidth)));
  return { heads, concat, contributions, output: W0 ? project(concat, W0, b0) : concat };
}

/**
 * @param {Layer} layer
 * @param {number} head
 * @param {Rows} piece of x that the head reads
 * @param {boolean[][] | null} allowed
 */
function headTrace({ Wq, bq, Wk, bk, Wv, bv }, head, piece, allowed) {
  const [q, k, v] = [
    project(piece, Wq[head], bq?.[head]),
    project(piece, Wk[head], bk?.[head]),
    project(piece, Wv[head], bv?.[head]),
  ];
  return attend(q, k, v, { allowed });
}
