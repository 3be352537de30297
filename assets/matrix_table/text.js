// Texts of an editable matrix: names with subscripts, pasted blocks, keys. No state.
import { element } from "../figures/elements.js";
import { plainNumber } from "./parse.js";

const LONGEST_PASTE = 100_000; // characters; far more than any accepted matrix

/** @typedef {{ row: number, column: number }} Place */

/**
 * "W_q" and "x1" with their subscripts; the text that can be read out stays "Wq" and "x1".
 *
 * @param {HTMLElement} node
 * @param {string} name
 */
export function writeMatrixName(node, name) {
  if (node.dataset.written === name) return;
  node.dataset.written = name;
  const [letters, low] = splitName(name);
  node.replaceChildren(letters);
  if (low) node.append(element("sub", "", low));
}

/**
 * The letters of a name, and its subscript or "".
 *
 * @param {string} name
 */
export function splitName(name) {
  const [, letters = name, afterLine = "", digits = ""] = name.match(/^(\p{L}+)(?:_(\w+)|(\d+))$/u) ?? [];
  return [letters, afterLine || digits];
}

/**
 * Write into an input without moving the caret where the text stays, and with all selected where all was.
 *
 * @param {HTMLInputElement} input
 * @param {string} text
 */
export function writeInput(input, text) {
  if (input.value === text) return;
  const { selectionStart, selectionEnd, value } = input;
  const root = input.getRootNode();
  const focused = (root instanceof Document || root instanceof ShadowRoot) && root.activeElement === input;
  input.value = text;
  if (!focused) return;
  if (selectionStart === 0 && selectionEnd === value.length) input.select();
  else input.setSelectionRange(selectionStart, selectionEnd);
}

/**
 * Return the move [rows, columns] of a key, infinite for a move to an end, or null. A sideways move needs all text selected, or
 * the caret at that end of the text. A move to an end needs all text selected.
 *
 * @param {{ key: string, shiftKey: boolean, ctrlKey?: boolean }} press
 * @param {{ selectionStart: number | null, selectionEnd: number | null, value: string }} input
 * @returns {[number, number] | null}
 */
export function moveOf({ key, shiftKey, ctrlKey = false }, { selectionStart, selectionEnd, value }) {
  const all = selectionStart === 0 && selectionEnd === value.length;
  const still = !shiftKey && (all || selectionStart === selectionEnd);
  if (key === "Enter") return [shiftKey ? -1 : 1, 0];
  if (key === "ArrowDown") return [1, 0];
  if (key === "ArrowUp") return [-1, 0];
  if (key === "ArrowLeft" && still && selectionStart === 0) return [0, -1];
  if (key === "ArrowRight" && still && selectionEnd === value.length) return [0, 1];
  if (key === "Home" && all && !shiftKey) return [ctrlKey ? -Infinity : 0, -Infinity];
  if (key === "End" && all && !shiftKey) return [ctrlKey ? Infinity : 0, Infinity];
  return null;
}

/**
 * The cells of a pasted text: rows by line or by "], [", columns by tab, else semicolon, else comma, else space.
 * One comma between the digits of a single line is a decimal comma.
 *
 * @param {string} text
 */
export function pastedBlock(text) {
  const lines = text
    .slice(0, LONGEST_PASTE)
    .replace(/\]\s*,?\s*\[/g, "\n")
    .replace(/[[\]]/g, "");
  const plain = lines.replace(/[\r\n]+$/, "");
  const separator = separatorOf(plain);
  /** @param {string} line */
  const cells = (line) => (separator === "\t" ? line : line.trim()).split(separator).map((cell) => cell.trim());
  return plain.split(/\r\n|\r|\n/).map(cells);
}

/** @param {string} text */
function separatorOf(text) {
  const decimalComma = /^[^,]*\d,\d+(e[+-]?\d+)?$/i.test(text) && !text.includes(".");
  if (text.includes("\t")) return "\t";
  if (text.includes(";")) return ";";
  return text.includes(",") && !decimalComma ? "," : /\s+/;
}

/**
 * `texts` with `block` laid over it from a cell on; larger, with empty cells, where the block sticks out.
 *
 * @param {readonly string[][]} texts
 * @param {readonly string[][]} block
 * @param {Place} place
 */
export function overlaid(texts, block, { row, column }) {
  const height = Math.max(texts.length, row + block.length);
  const width = Math.max(texts[0].length, ...block.map((line) => column + line.length));
  return Array.from({ length: height }, (_row, r) =>
    Array.from({ length: width }, (_column, c) => block[r - row]?.[c - column] ?? texts[r]?.[c] ?? ""),
  );
}

/**
 * The number in a cell after a step, or null where the cell holds none.
 *
 * @param {string} text
 * @param {number} by
 */
export function stepped(text, by) {
  const now = plainNumber(text.trim());
  if (now === "" || !Number.isFinite(Number(now))) return null;
  return String(Number((Number(now) + by).toPrecision(15)));
}
