// How the numbers of heads are written.
import { formatNumber } from "../figures/numbers.js";

/** @import { Measure } from "./measures.js" */

/**
 * A number in short, without its unit unless that is % or ×.
 *
 * @param {Pick<Measure, "unit">} measure
 * @param {number} value
 */
export function shortOf({ unit }, value) {
  if (unit === "×") return `${formatNumber(value, "short")} ×`;
  return unit === "%" ? `${formatNumber(100 * value)} %` : formatNumber(value);
}

/** A measure's name and, where its numbers are written without it, their unit. @param {Pick<Measure, "title" | "unit">} measure */
export function titleWithUnit({ title, unit }) {
  return isWritten(unit) ? title : `${title}, in ${unit}`;
}

/** Whether a number stands with its unit even in short, or has none. @param {string} unit */
const isWritten = (unit) => ["%", "×", ""].includes(unit);

/**
 * The same with its unit.
 *
 * @param {Pick<Measure, "unit" | "of">} measure
 * @param {number} value
 */
export function textOf(measure, value) {
  const { unit, of = "" } = measure;
  return [shortOf(measure, value), isWritten(unit) ? "" : unit, of].filter(Boolean).join(" ");
}
