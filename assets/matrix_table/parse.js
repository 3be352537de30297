// Parses texts as a matrix, or returns a sentence that says why not. No state.

/** @typedef {number[][]} Rows */

/**
 * @typedef {object} Limits
 * @property {string} name of the matrix, in the sentence
 * @property {[number, number] | null} shape rows and columns, if only this shape is accepted
 * @property {number} maxRows
 * @property {number} maxColumns
 * @property {number} [largest] in size
 */

const LONGEST_QUOTE = 20;
const LONGEST_NUMBER = 64;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const NOT_FINITE = /^[+-]?(nan|inf|infinity|∞)$/i;
const NOT_PRINTABLE = /(?! )[\p{C}\p{Z}]/gu;

/** A sentence about cells, without the name of the matrix. */
class Refused extends Error {}

/**
 * Return the cells as numbers, exactly of `shape` if it is given, else from 1 × 1 to the largest size. Spaces around a number,
 * a decimal comma and the minus sign U+2212 are accepted. Everything else is refused with a sentence for the reader.
 *
 * @param {readonly (readonly string[])[]} cells
 * @param {Limits} limits
 * @returns {{ values: Rows } | { refusal: string }}
 */
export function parseCells(cells, { name, shape, maxRows, maxColumns, largest = 1000 }) {
  try {
    checkShape(cells, shape, maxRows, maxColumns);
    return { values: cells.map((row, r) => row.map((cell, c) => parsed(cell, `row ${r + 1}, column ${c + 1}`, largest))) };
  } catch (reason) {
    if (!(reason instanceof Refused)) throw reason;
    return { refusal: `${name}: ${reason.message} The last valid ${name} stays.` };
  }
}

/**
 * Check only the shape. Throws Refused if it is not accepted.
 *
 * @param {readonly (readonly string[])[]} cells
 * @param {[number, number] | null} shape
 * @param {number} maxRows
 * @param {number} maxColumns
 */
function checkShape(cells, shape, maxRows, maxColumns) {
  const [rows, columns] = [cells.length, cells[0]?.length ?? 0];
  if (!columns) throw new Refused("expected rows of numbers, but received none.");
  if (shape && (rows !== shape[0] || columns !== shape[1]))
    throw new Refused(`expected ${shape.join(" × ")} numbers (rows × columns), but received ${rows} × ${columns}.`);
  if (rows > maxRows) throw new Refused(`received ${rows} rows, but at most ${maxRows} are accepted.`);
  if (columns > maxColumns) throw new Refused(`received ${columns} columns, but at most ${maxColumns} are accepted.`);
  const other = cells.findIndex((row) => row.length !== columns);
  if (other < 0) return;
  const counted = cells[other].length === 1 ? "1 cell" : `${cells[other].length} cells`;
  throw new Refused(`row ${other + 1} has ${counted}, but row 1 has ${columns}. All rows need the same number of cells.`);
}

/**
 * @param {string} cell
 * @param {string} place
 * @param {number} largest
 */
function parsed(cell, place, largest) {
  const written = cell.trim();
  const plain = plainNumber(written);
  if (!written) throw new Refused(`${place} is empty. Every cell needs a number such as 0.5.`);
  if (NOT_FINITE.test(plain))
    throw new Refused(`${place} is “${cut(written)}”, but only finite numbers such as 0.5 are accepted.`);
  if (plain.length > LONGEST_NUMBER || !NUMBER.test(plain))
    throw new Refused(`${place} is “${cut(written)}”, which is not a number such as 0.5, -2 or 1e-3.`);
  const value = Number(plain);
  if (Math.abs(value) > largest)
    throw new Refused(`${place} is ${cut(written)}, but only numbers from ${-largest} to ${largest} are accepted.`);
  return value;
}

/**
 * Replace the minus sign U+2212 and the decimal comma by the signs that JavaScript reads.
 *
 * @param {string} written
 */
export function plainNumber(written) {
  return written.replaceAll("−", "-").replaceAll(",", ".");
}

/** @param {string} written */
function cut(written) {
  const letters = [...written];
  const shown = letters.length <= LONGEST_QUOTE ? letters : [...letters.slice(0, LONGEST_QUOTE - 1), "…"];
  return shown.join("").replace(NOT_PRINTABLE, " ");
}
