// How the numbers of heads are written.
import { formatNumber } from "../shared/numbers.js";

/** @import { Measure } from "./head_measures.js" */

/**
 * A number in short, without its unit unless that is %.
 *
 * @param {Pick<Measure, "unit">} measure
 * @param {number} value
 */
export function shortOf({ unit }, value) {
  return unit === "%" ? `${formatNumber(100 * value)} %` : formatNumber(value);
}

/**
 * The same with its unit.
 *
 * @param {Pick<Measure, "unit" | "of">} measure
 * @param {number} value
 */
export function textOf(measure, value) {
  const { unit, of = "" } = measure;
  return [shortOf(measure, value), unit === "%" ? "" : unit, of].filter(Boolean).join(" ");
}
