// Heads in the order of a number, and those that stand out. Pure.
import { filled, MEASURES } from "../data/measures.js";

/** @import { HeadPlace } from "./head_choice.js" */
/** By layer, of each head. @typedef {readonly ArrayLike<number>[]} ByHead */
/** @typedef {HeadPlace & { value: number }} Ranked */
/** @typedef {Ranked & { measure: string, says: string }} Standing */

/**
 * All heads that have a number, the largest first, or with `rising` the smallest.
 *
 * @param {ByHead} values
 * @param {boolean} rising
 * @returns {Ranked[]}
 */
export function ranked(values, rising = false) {
  const all = values.flatMap((heads, layer) => Array.from(heads, (value, head) => ({ layer, head, value })));
  const sign = rising ? 1 : -1;
  return all.filter(({ value }) => Number.isFinite(value)).sort((a, b) => sign * (a.value - b.value)); // stable: layers in order
}

/**
 * The extremes of every measure that there is.
 *
 * @param {(measure: string) => ByHead | null} valuesOf
 * @param {string} prefix what the tokens before the first patch are called
 * @returns {Standing[]}
 */
export function standingOut(valuesOf, prefix) {
  return MEASURES.filter(({ extremes }) => extremes.some(Boolean)).flatMap(({ name, extremes }) => {
    const values = valuesOf(name);
    const order = values ? ranked(values) : [];
    if (order.length < 2) return [];
    const ends = [order[0], order[order.length - 1]];
    const said = ends.map((head, at) => ({ ...head, measure: name, says: filled(extremes[at], { prefix }) }));
    return said.filter(({ says }) => says);
  });
}

/**
 * Of each head, by layer and then head of `heads` a layer, where it stands; -1 where there is none or it has no number.
 *
 * @param {readonly HeadPlace[]} order
 * @param {number} layers
 * @param {number} heads
 */
export function slotsOf(order, layers, heads) {
  const slots = new Array(layers * heads).fill(-1);
  order.forEach(({ layer, head }, slot) => (slots[layer * heads + head] = slot));
  return slots;
}
