// What a page of its own carries in its scripts, as numbers.
import { unpacked } from "../maths/steps.js";

/** @typedef {string} Encoded little-endian numbers, in base64 */
/** float32, or int16 multiples of a step for each channel. @typedef {{ floats: Encoded } | { multiples: Encoded, steps: Encoded }} Packed */

/**
 * @typedef {object} LayerArrays
 * @property {Packed} q
 * @property {Packed | null} k null where it is q
 * @property {Encoded} logSumExp float32, at temperature 1
 * @property {number} numHeads
 * @property {number} numTokens
 * @property {number} headDim
 * @property {number} scale
 */

/**
 * A layer's queries and keys, as the store has them.
 *
 * @param {LayerArrays} arrays
 */
export function recordOf({ q, k, logSumExp, numHeads, ...sizes }) {
  const queries = numbersOf(q, numHeads);
  const keys = k === null ? queries : numbersOf(k, numHeads);
  return { ...sizes, q: queries, k: keys, logSumExp: floatsOf(logSumExp) };
}

/**
 * @param {Packed} packed
 * @param {number} heads
 */
function numbersOf(packed, heads) {
  if ("floats" in packed) return floatsOf(packed.floats);
  return unpacked(new Int16Array(bytesOf(packed.multiples).buffer), floatsOf(packed.steps), heads);
}

/** @param {Encoded} base64 */
export function floatsOf(base64) {
  return new Float32Array(bytesOf(base64).buffer);
}

/**
 * The text of a script that is data, which the page needs only once.
 *
 * @param {Document} page
 * @param {string} id
 */
export function taken(page, id) {
  const script = page.getElementById(id);
  script?.remove();
  return script?.textContent ?? "";
}

/** @param {Encoded} base64 */
export function bytesOf(base64) {
  const letters = atob(base64);
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < letters.length; at++) bytes[at] = letters.charCodeAt(at);
  return bytes;
}
