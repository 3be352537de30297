// Descriptions of every number of the figure. No state.
import { plainName, subscript } from "../lesson_figure/written.js";
import { formatNumber } from "../figures/numbers.js";
import { STEPS, keyNames, pairOf } from "./trace.js";

/** @import { ToyData } from "./data.js" */
/** @import { Shown } from "./trace.js" */

const KINDS = { q: "query", k: "key", v: "value" };
const HANDLE = "Click to type, drag up or down to change.";

/**
 * Return the name of an editable cell.
 *
 * @param {ToyData} data
 * @param {string} matrix
 * @param {number} row
 * @param {number} column
 */
export function cellName(data, matrix, row, column) {
  if (matrix === "X" || matrix === "Z")
    return `${plainName(data.names[matrix === "X" ? "x" : "z"][row])}, number ${column + 1}`;
  return matrix[0] === "b" ? `${matrix}, number ${column + 1}` : `${matrix}, row ${row + 1}, column ${column + 1}`;
}

/** @param {ToyData} data @param {number} row @param {number} key */
export const mayLookAt = (data, row, key) => `${plainName(data.names.x[row])} may look at ${plainName(keyNames(data)[key])}`;

/**
 * Describe the number of a data-name; "" if there is no description.
 *
 * @param {string} name
 * @param {number | undefined} value
 * @param {Shown} shown
 */
export function describe(name, value, shown) {
  const { data } = shown;
  const [what, ...at] = name.split("/");
  const [first, second = 0, third = 0] = at.map(Number);
  if (what === "toggle") return `${mayLookAt(data, first, second)}: ${data.blocked[first][second] ? "no" : "yes"}.`;
  if (value === undefined) return "";
  const written = formatNumber(value, "sentence");
  const edits = data.editable ? ` ${HANDLE}` : "";
  if (what === "x" || what === "z") return `${vector(data, what, first)}, number ${second + 1}: ${written}.${edits}`;
  if (/^[Wb][qkv]$/.test(what)) return `${cellName(data, what, first, second)}: ${written}.${edits}`;
  if (what === "query") return `The query ${queryName(data, first)}, number ${second + 1}: ${written}.`;
  if (what === "q" || what === "k" || what === "v") return madeOf(data, what, first, second, written);
  if (what === "w") return weight(shown, first, second, written);
  if (what === "product") return `${pair(data, first, second)} · ${valueName(data, second)}, number ${third + 1}: ${written}.`;
  if (what === "y") return `The output ${plainName(data.names.y[first])}, number ${second + 1}: ${written}.`;
  return "";
}

/**
 * @param {ToyData} data
 * @param {"x" | "z"} kind
 * @param {number} i
 */
function vector(data, kind, i) {
  const caption = (kind === "z") === data.cross ? data.captions[i] : "";
  return plainName(data.names[kind][i]) + (caption ? ` (${caption})` : "");
}

/** @param {ToyData} data @param {number} i */
const queryName = (data, i) => (data.projected ? `q${subscript(data.names.x[i])}` : plainName(data.names.x[i]));
/** @param {ToyData} data @param {number} j */
const valueName = (data, j) => (data.projected ? `v${subscript(keyNames(data)[j])}` : plainName(keyNames(data)[j]));
/** @param {ToyData} data @param {number} i @param {number} j */
const pair = (data, i, j) => `w${pairOf(subscript(data.names.x[i]), subscript(keyNames(data)[j]))}`;

/**
 * @param {ToyData} data
 * @param {"q" | "k" | "v"} role
 * @param {number} j
 * @param {number} c
 * @param {string} written
 */
function madeOf(data, role, j, c, written) {
  const source = role === "q" ? data.names.x[j] : keyNames(data)[j];
  const bias = data.biases ? ` + b${role}` : "";
  return `The ${KINDS[role]} ${role}${subscript(source)}, number ${c + 1}: ${plainName(source)} · column ${c + 1} of W${role}${bias} = ${written}.`;
}

/**
 * @param {Shown} shown
 * @param {number} i
 * @param {number} j
 * @param {string} written
 */
function weight({ data, step }, i, j, written) {
  const key = plainName(keyNames(data)[j]);
  const of = `${queryName(data, i)} and ${data.projected ? `k${subscript(keyNames(data)[j])}` : key}`;
  if (step === STEPS.dot) return `The dot product of ${of}: ${written}.`;
  if (step === STEPS.scale || step === STEPS.mask) {
    const became = [...(data.scale === 1 ? [] : ["scaled"]), ...(step === STEPS.mask && data.blocked[i][j] ? ["masked"] : [])];
    return `The dot product of ${of}${became.length ? `, ${became.join(" and ")}` : ""}: ${written}.`;
  }
  const masked = data.blocked[i][j] ? " A mask forbids it." : "";
  return `The weight ${pair(data, i, j)}, how much ${plainName(data.names.y[i])} takes from ${valueName(data, j)}: ${written}.${masked}`;
}

/**
 * Spell out a whole vector, for readers without a pointer.
 *
 * @param {string} name
 * @param {readonly number[]} values
 */
export const spelled = (name, values) => `${name} = (${values.map((value) => formatNumber(value, "sentence")).join(", ")})`;

/**
 * Spell out the key and the value of a weight.
 *
 * @param {ToyData} data
 * @param {number} j
 */
export function partners(data, j) {
  const name = keyNames(data)[j];
  if (!data.projected) return `${spelled(plainName(name), data.k[j])}.`;
  return `${spelled(`k${subscript(name)}`, data.k[j])}, ${spelled(`v${subscript(name)}`, data.v[j])}.`;
}
