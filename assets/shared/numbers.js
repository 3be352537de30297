// How numbers are written, in every component: short to read; their whole value stands in data-value.

/** What is left of a zero after additions in 64 bits. */
const ROUNDING = 1e-15;

/**
 * Where a number stands, and how much room there is.
 *
 * @typedef {object} Form
 * @property {number} zero sizes up to this one are written as 0
 * @property {number} from the smallest size that needs no exponent
 * @property {number} to the smallest size that needs one again
 * @property {(value: number, size: number) => string} plain
 * @property {(value: number, size: number) => string} exponential
 * @property {number} [longest] characters of `plain`; longer ones get an exponent
 */

/** @satisfies {Record<string, Form>} */
const FORMS = {
  /** At most five characters where it can be: "1.24", "-0.50", "12.3", "3e-4". */
  figure: {
    zero: ROUNDING,
    from: 0.005,
    to: 999.5,
    plain: (value, size) => value.toFixed(size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2),
    exponential: (value, size) => value.toExponential(size < 1 ? 0 : 1),
  },
  /** Four significant digits: "0.08125", "1.23e-5". */
  readout: {
    zero: 0,
    from: 1e-4,
    to: 1e4,
    plain: (value) => significant(value, 4),
    exponential: (value) => value.toExponential(2),
  },
  /** Three or four significant digits, at most seven characters but for small negative numbers. */
  cell: {
    zero: 0,
    from: 1e-3,
    to: 1e4,
    plain: (value, size) => significant(value, size >= 1 ? 4 : 3),
    exponential: (value) => value.toExponential(1).replace(".0e", "e"),
    longest: 7,
  },
  /** Six significant digits, to be read out. */
  sentence: {
    zero: ROUNDING,
    from: 0.005,
    to: Infinity,
    plain: (value) => significant(value, 6),
    exponential: (value) => value.toExponential(0),
  },
};

/**
 * @param {number} value
 * @param {keyof typeof FORMS} form
 */
export function formatNumber(value, form = "figure") {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value < 0 ? "−∞" : "∞";
  /** @type {Form} */
  const { zero, from, to, plain, exponential, longest = Infinity } = FORMS[form];
  const size = Math.abs(value);
  if (size <= zero) return "0";
  const written = size >= from && size < to ? plain(value, size) : "";
  return written && written.length <= longest ? written : exponential(value, size).replace("e+", "e");
}

/**
 * @param {number} value
 * @param {number} digits
 */
function significant(value, digits) {
  return String(Number(value.toPrecision(digits)));
}

/**
 * The largest size in rows of numbers, without those that are not finite.
 *
 * @param {readonly (readonly number[])[]} rows
 */
export function largestOf(rows) {
  return Math.max(0, ...rows.flat().filter(Number.isFinite).map(Math.abs));
}
