// Formats of numbers in all components. They are short; the full value is in data-value.

/** Rounding error of a sum that should be zero, in 64 bits. */
const ROUNDING = 1e-15;

/**
 * A format for numbers in one kind of place.
 *
 * @typedef {object} Form
 * @property {number} zero absolute values up to this one are written as 0
 * @property {number} from the smallest size that needs no exponent
 * @property {number} to the smallest size that needs one again
 * @property {(value: number, size: number) => string} plain
 * @property {(value: number, size: number) => string} exponential also used if `plain` returns ""
 */

/** @satisfies {Record<string, Form>} */
const FORMS = {
  /** At most five characters if possible: "1.24", "-0.50", "12.3", "0.002"; "≈0" for numbers near zero. */
  figure: {
    zero: ROUNDING,
    from: 0,
    to: 999.5,
    plain: (value, size) => (size < 0.0005 ? "≈0" : value.toFixed(size < 0.005 ? 3 : size < 9.995 ? 2 : size < 99.95 ? 1 : 0)),
    exponential: (value) => value.toExponential(1),
  },
  /** Four significant digits: "0.08125", "1.23e-5". */
  readout: {
    zero: 0,
    from: 1e-4,
    to: 1e4,
    plain: (value) => significant(value, 4),
    exponential: (value) => value.toExponential(2),
  },
  /** Three or four significant digits in at most seven characters, plus a sign: "0.333", "-0.00002", "1.2e-5". */
  cell: {
    zero: 0,
    from: 1e-6,
    to: 1e4,
    plain: (value, size) => fitting(value, size, 7, 2),
    exponential: (value) => value.toExponential(1).replace(".0e", "e"),
  },
  /** The same in five characters, with one digit if necessary: "-0.333", "-0.002", "2e-5". */
  narrow: {
    zero: 0,
    from: 1e-6,
    to: 1e4,
    plain: (value, size) => fitting(value, size, 5, 1),
    exponential: (value) => value.toExponential(1).replace(".0e", "e"),
  },
  /** Three significant digits, in a sentence. */
  short: {
    zero: ROUNDING,
    from: 1e-3,
    to: 1e5,
    plain: (value) => significant(value, 3),
    exponential: (value) => value.toExponential(1),
  },
  /** Six significant digits, for screen readers. */
  sentence: {
    zero: ROUNDING,
    from: 1e-4,
    to: Infinity,
    plain: (value) => significant(value, 6),
    exponential: (value) => significant(value, 6),
  },
};

/**
 * @param {number} value
 * @param {keyof typeof FORMS} form
 */
export function formatNumber(value, form = "figure") {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value < 0 ? "−∞" : "∞";
  /** @type {Form} */
  const { zero, from, to, plain, exponential } = FORMS[form];
  const size = Math.abs(value);
  if (size <= zero) return "0";
  const written = size >= from && size < to ? plain(value, size) : "";
  return written || exponential(value, size).replace("e+", "e");
}

/**
 * Write a number with fewer digits if it is too long; "" if it would need fewer than `least` digits.
 *
 * @param {number} value
 * @param {number} size
 * @param {number} longest characters without the sign
 * @param {number} least digits
 */
function fitting(value, size, longest, least) {
  for (let digits = size >= 1 ? 4 : 3; digits >= least; digits--) {
    const written = significant(value, digits);
    if (written.replace("-", "").length <= longest) return written;
  }
  return "";
}

/**
 * @param {number} value
 * @param {number} digits
 */
function significant(value, digits) {
  return String(Number(value.toPrecision(digits)));
}

/**
 * Return the number of decimals that makes neighbours of a list differ: four significant digits of the largest number, or more,
 * up to 6.
 *
 * @param {readonly number[]} values
 */
export function decimalsOf(values) {
  const most = Math.max(1, ...values.map(Math.abs).filter(Number.isFinite));
  let decimals = Math.max(0, 3 - Math.floor(Math.log10(most)));
  const alike = (/** @type {number} */ value, /** @type {number} */ at) =>
    at > 0 && value !== values[at - 1] && value.toFixed(decimals) === values[at - 1].toFixed(decimals);
  while (decimals < 6 && values.some(alike)) decimals++;
  return decimals;
}

/**
 * @param {number} value
 * @param {number} decimals
 */
export function fixed(value, decimals) {
  return Number.isFinite(value) ? value.toFixed(decimals) : formatNumber(value);
}

/**
 * Return the largest absolute value in rows of numbers. Ignores infinite numbers and NaN.
 *
 * @param {readonly (readonly number[])[]} rows
 */
export function largestOf(rows) {
  return Math.max(0, ...rows.flat().filter(Number.isFinite).map(Math.abs));
}
