// Descriptions of every number of the multi-head figure.
import { plainName } from "../lesson_figure/written.js";
import { formatNumber } from "../figures/numbers.js";

/** @import { HeadsData, Shown } from "./trace.js" */
/** @typedef {(i: number, letter?: string) => string} TokenName */

/**
 * Describe a number by its data-name; "" if the name is unknown.
 *
 * @param {string} name
 * @param {number | undefined} value
 * @param {Pick<Shown, "data">} shown
 */
export function describe(name, value, { data }) {
  const what = wordsOf(name.split("/"), data);
  return what && value !== undefined ? `${what}: ${formatNumber(value, "sentence")}` : what;
}

/** @param {string[]} name @param {HeadsData} data */
function wordsOf([kind, ...rest], data) {
  const [a, b] = rest.map(Number);
  /** @type {TokenName} */
  const token = (i, letter = "x") => data.names.x[i].replace("x_", letter);
  if (kind === "x") return `${token(a)}, column ${b + 1}`;
  if (kind === "y") return `${token(a, "y")}, column ${b + 1}`;
  if (kind === "concat") return `Concatenation, row ${token(a)}, column ${b + 1}`;
  if (kind === "w0") return `W₀, row ${a + 1}, column ${b + 1}`;
  if (kind === "b0") return `b₀, column ${a + 1}`;
  if (kind === "row") return `Row of ${token(a)}`;
  if (kind === "toggle") return `${token(a)} may look at ${token(b)}: ${data.heads[0].blocked[a][b] ? "no" : "yes"}`;
  return kind === "head" ? wordsOfHead(data, rest, token) : "";
}

/**
 * @param {HeadsData} data
 * @param {string[]} place the head's index, the quantity, row and column
 * @param {TokenName} token
 */
function wordsOfHead(data, [head, quantity, row, column], token) {
  const name = `Head ${head}`;
  const [i, j] = [Number(row), Number(column)];
  if (quantity === undefined) return `${name}${data.heads[Number(head)].on ? "" : ", switched off"}`;
  if (quantity === "w") return `${name}, what ${token(i)} takes from ${token(j)}`;
  if (quantity === "s") return `${name}, scaled score of ${token(i)} for ${token(j)}`;
  const words = /** @type {Record<string, string>} */ ({ q: "query", k: "key", v: "value", out: "output" });
  return `${name}, ${words[quantity]} of ${token(i)}, column ${j + 1}`;
}

/**
 * Return the name of an editable cell.
 *
 * @param {HeadsData} data
 * @param {string} matrix as in Doing.edit
 * @param {number} row
 * @param {number} column
 */
export function cellName(data, matrix, row, column) {
  if (matrix === "X") return `${plainName(data.names.x[row])}, column ${column + 1}`;
  if (matrix === "b0") return `b₀, column ${column + 1}`;
  return `W₀, row ${row + 1}, column ${column + 1}`;
}
