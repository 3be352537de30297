// What a number of the multi-head figure is, in words.
import { formatNumber } from "../shared/numbers.js";
import { joinWeight, scoresOf } from "./trace.js";

/** @import { HeadsData, Shown } from "./figure.js" */
/** @typedef {(i: number, letter?: string) => string} TokenName */

/**
 * By its data-name; "" where it names nothing.
 *
 * @param {string} name
 * @param {HeadsData} data
 */
export function describe(name, data) {
  const [kind, ...rest] = name.split("/");
  const [a, b] = rest.map(Number);
  /** @type {TokenName} */
  const token = (i, letter = "x") => data.names.x[i].replace("x_", letter);
  if (kind === "x") return say(`${token(a)}, column ${b + 1}`, data.x[a][b]);
  if (kind === "y") return say(`${token(a, "y")}, column ${b + 1}`, data.output[a][b]);
  if (kind === "concat") return say(`Concatenation, row ${token(a)}, column ${b + 1}`, data.concat[a][b]);
  if (kind === "w0") return say(`W₀, row ${a + 1}, column ${b + 1}`, joinWeight(data, a, b));
  if (kind === "b0" && data.b_0) return say(`b₀, column ${a + 1}`, data.b_0[a]);
  if (kind === "row") return `Row of ${token(a)}`;
  if (kind === "toggle") return `${token(a)} may look at ${token(b)}: ${data.heads[0].blocked[a][b] ? "no" : "yes"}`;
  return kind === "head" ? describeHead(data, rest, token) : "";
}

/**
 * Data attributes of a cell that can be edited.
 *
 * @param {Shown} shown
 * @param {string} cell
 * @returns {Record<string, string>}
 */
export const editable = ({ data }, cell) => (data.editable ? { cell } : {});

/**
 * What a cell that is edited is called.
 *
 * @param {HeadsData} data
 * @param {string} matrix as in Doing.edit
 * @param {number} row
 * @param {number} column
 */
export function nameOfCell(data, matrix, row, column) {
  if (matrix === "X") return `${data.names.x[row].replace("_", "")}, column ${column + 1}`;
  if (matrix === "b0") return `b₀, column ${column + 1}`;
  return `W₀, row ${row + 1}, column ${column + 1}`;
}

/**
 * @param {HeadsData} data
 * @param {string[]} place the head's index, the quantity, row and column
 * @param {TokenName} token
 */
function describeHead(data, [index, quantity, row, column], token) {
  const [h, i, j] = [index, row, column].map(Number);
  const head = data.heads[h];
  const name = `Head ${h}`;
  if (quantity === undefined) return `${name}${head.on ? "" : ", switched off"}`;
  if (quantity === "w") return say(`${name}, what ${token(i)} takes from ${token(j)}`, head.weights[i][j]);
  if (quantity === "s") return say(`${name}, scaled score of ${token(i)} for ${token(j)}`, scoresOf(head)[i][j]);
  if (quantity === "q") return say(`${name}, query of ${token(i)}, column ${j + 1}`, head.q[i][j]);
  if (quantity === "k") return say(`${name}, key of ${token(i)}, column ${j + 1}`, head.k[i][j]);
  if (quantity === "v") return say(`${name}, value of ${token(i)}, column ${j + 1}`, head.v[i][j]);
  return say(`${name}, output of ${token(i)}, column ${j + 1}`, head.output[i][j]);
}

/**
 * @param {string} what
 * @param {number} value
 */
const say = (what, value) => `${what}: ${formatNumber(value, "sentence")}`;
