// The number that a reader typed, or why it is none. Pure.

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const LONGEST_QUOTE = 20;

/** The largest number that a reader can enter, and the smallest with a minus. */
export const LARGEST = 1000;

/**
 * Spaces around a number, a decimal comma and the minus sign U+2212 are read.
 *
 * @param {string} text
 * @returns {{ value: number } | { refusal: string }}
 */
export function typedNumber(text) {
  const written = text.trim();
  const value = Number(written.replace("−", "-").replace(",", "."));
  const quoted = written.length > LONGEST_QUOTE ? `${written.slice(0, LONGEST_QUOTE - 1)}…` : written;
  if (!written) return { refusal: "This cell is empty; it needs a number such as 0.5." };
  if (!NUMBER.test(written.replace("−", "-").replace(",", ".")))
    return { refusal: `“${quoted}” is not a number such as 0.5, -2 or 1e-3.` };
  if (Math.abs(value) > LARGEST)
    return { refusal: `${quoted} is too large; numbers from ${-LARGEST} to ${LARGEST} are accepted.` };
  return { value };
}

/**
 * After a step of a key or of a drag: without the dust of additions in 64 bits, and within what can be entered.
 *
 * @param {number} value
 * @param {number} decimals
 */
export function tidied(value, decimals = 10) {
  return Math.min(LARGEST, Math.max(-LARGEST, Number(value.toFixed(decimals)))) + 0; // + 0 makes -0 a 0
}
