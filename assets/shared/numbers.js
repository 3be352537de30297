// How numbers are written: short to read, whole in data-value.

/** What is left of a zero after additions in 64 bits. */
const ROUNDING = 1e-15;

/** At most five characters where it can be: "1.24", "-0.50", "12.3", "3e-4". */
export function shortNumber(value) {
  if (value === -Infinity) return "−∞";
  const size = Math.abs(value);
  if (size < ROUNDING) return "0";
  if (size < 0.005) return value.toExponential(0);
  if (size >= 999.5) return value.toExponential(1).replace("e+", "e");
  return value.toFixed(size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2);
}

/** A span that reads `text` (or the short number) and carries the whole value. */
export function numberSpan(value, className = "", text = shortNumber(value)) {
  const span = Object.assign(document.createElement("span"), { className: `number ${className}`, textContent: text });
  span.dataset.value = String(value);
  return span;
}
