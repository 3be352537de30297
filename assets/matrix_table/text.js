// What the editable matrix reads and writes: short numbers, names with subscripts, pasted blocks, keys. No state.
export const MATRIX_INPUT = {
  type: "text", size: 1, inputMode: "decimal", autocomplete: "off", spellcheck: false, enterKeyHint: "next",
};
const MATRIX_LONGEST_PASTE = 100_000; // characters; far beyond what Python accepts

/** An element; children are elements or objects of properties. */
export function matrixElement(tag, ...children) {
  const element = document.createElement(tag);
  for (const child of children) child instanceof Node ? element.append(child) : Object.assign(element, child);
  return element;
}

/** Three or four significant digits, at most seven characters but for small negative numbers. */
export function matrixShort(value) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value < 0 ? "-∞" : "∞";
  const size = Math.abs(value);
  const plain = String(Number(value.toPrecision(size >= 1 ? 4 : 3)));
  const fits = size === 0 || (size >= 1e-3 && size < 1e4 && plain.length <= 7);
  return fits ? plain : value.toExponential(1).replace(/(\.0)?e\+?/, "e");
}

/** "W_q" and "x1" with their subscripts; the text that can be read out stays "Wq" and "x1". */
export function matrixName(element, name) {
  if (element.dataset.name === name) return;
  element.dataset.name = name;
  const [, letters, low] = name.match(/^(\p{L}+)_?(?:(?<=_)(\w+)|(\d+))$/u)?.filter((part) => part !== undefined) ?? [];
  element.replaceChildren(letters ?? name);
  if (low) element.append(matrixElement("sub", { textContent: low }));
}

/** Write into an input without moving the caret where the text stays, and with all selected where all was. */
export function matrixWrite(input, text) {
  if (input.value === text) return;
  const { selectionStart, selectionEnd, value } = input;
  const focused = input.getRootNode().activeElement === input;
  input.value = text;
  if (!focused) return;
  if (selectionEnd - selectionStart === value.length) input.select();
  else input.setSelectionRange(selectionStart, selectionEnd);
}

/** [rows, columns] to go by a key, or null: sideways only with all selected or from the end of the text. */
export function matrixMove({ key, shiftKey }, { selectionStart, selectionEnd, value }) {
  const all = selectionStart === 0 && selectionEnd === value.length;
  const still = !shiftKey && (all || selectionStart === selectionEnd);
  if (key === "Enter") return [shiftKey ? -1 : 1, 0];
  if (key === "ArrowDown") return [1, 0];
  if (key === "ArrowUp") return [-1, 0];
  if (key === "ArrowLeft" && still && selectionStart === 0) return [0, -1];
  if (key === "ArrowRight" && still && selectionEnd === value.length) return [0, 1];
  return null;
}

/**
 * The cells of a pasted text: rows by line or by "], [", columns by tab, else semicolon, else comma, else space.
 * One comma between the digits of a single line is a decimal comma.
 */
export function matrixBlock(text) {
  const lines = text.slice(0, MATRIX_LONGEST_PASTE).replace(/\]\s*,?\s*\[/g, "\n").replace(/[[\]]/g, "");
  const plain = lines.replace(/[\r\n]+$/, "");
  const separator = plain.includes("\t") ? "\t"
    : plain.includes(";") ? ";"
    : /^[^,]*\d,\d+(e[+-]?\d+)?$/i.test(plain) && !plain.includes(".") ? /\s+/
    : plain.includes(",") ? "," : /\s+/;
  const cells = (line) => (separator === "\t" ? line : line.trim()).split(separator).map((cell) => cell.trim());
  return plain.split(/\r\n|\r|\n/).map(cells);
}

/** `texts` with `block` laid over it from a cell on; larger, with empty cells, where the block sticks out. */
export function matrixOverlay(texts, block, { row, column }) {
  const height = Math.max(texts.length, row + block.length);
  const width = Math.max(texts[0].length, ...block.map((line) => column + line.length));
  return Array.from({ length: height }, (_, r) =>
    Array.from({ length: width }, (_, c) => block[r - row]?.[c - column] ?? texts[r]?.[c] ?? ""));
}
