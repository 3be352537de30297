// Every number of the multi-head figure as CSV; places count from 1, as on the page.
import { csv, numbersOf } from "../shared/csv.js";

/** @import { HeadsData } from "./figure.js" */

const QUANTITIES = /** @type {const} */ (["W_q", "W_k", "W_v", "q", "k", "v", "scores", "scaled", "weights", "output"]);
const BIASES = /** @type {const} */ (["b_q", "b_k", "b_v"]);

/** @param {HeadsData} data */
export function headsCsv({ x, heads, contributions, concat, W_0, b_0, output }) {
  const rows = [
    numbersOf(["x", ""], x),
    ...heads.flatMap((head, h) => [
      ...QUANTITIES.map((quantity) => numbersOf([quantity, h], head[quantity])),
      ...BIASES.map((bias) => numbersOf([bias, h], asRow(head[bias]))),
      numbersOf(["contribution", h], contributions[h]),
    ]),
    numbersOf(["concat", ""], concat),
    numbersOf(["W_0", ""], W_0),
    numbersOf(["b_0", ""], asRow(b_0)),
    numbersOf(["output", ""], output),
  ];
  return csv(["quantity", "head", "row", "column", "value"], rows.flat());
}

/** @param {number[] | null} vector */
const asRow = (vector) => vector && [vector];
