// Every number of the figure as CSV; places count from 1, as on the page.
import { csv, numbersOf } from "../shared/csv.js";

/** @import { ToyData } from "./data.js" */

const QUANTITIES = /** @type {const} */ (["x", "z", "q", "k", "v", "scores", "scaled", "weights", "output"]);

/** @param {Pick<ToyData, (typeof QUANTITIES)[number]>} data */
export function toyCsv(data) {
  const rows = QUANTITIES.flatMap((quantity) => numbersOf([quantity], data[quantity]));
  return csv(["quantity", "row", "column", "value"], rows);
}
