// What each head is worth: how far the model moves without it, and how much it writes. Pure.

/** values: by attention call and head. @typedef {{ name: string, title: string, values: (number | null)[][] }} Measure */
/** layer: the number of its attention call. @typedef {{ layer: number, head: number, effect: number, contribution: number | null }} Worth */

/**
 * All heads of which the effect is known, the largest first.
 *
 * @param {Measure} measure
 * @param {(number | null)[][] | null} contribution
 * @returns {Worth[]}
 */
export function worthOf({ values }, contribution) {
  const all = values.flatMap((heads, layer) =>
    heads.flatMap((effect, head) =>
      effect === null ? [] : [{ layer, head, effect, contribution: contribution?.[layer]?.[head] ?? null }],
    ),
  );
  return all.sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect) || a.layer - b.layer || a.head - b.head);
}

/** What moves, within a sentence. @param {Measure} measure */
export function inSentence({ name, title }) {
  return name === "cls" ? title : title.charAt(0).toLowerCase() + title.slice(1);
}

/**
 * How many of the first can be off together before the model moves by more than the limit.
 *
 * @param {readonly number[]} together how far it moves where the first 1, 2, … are off
 * @param {number} limit
 */
export function howManyCanGo(together, limit) {
  const first = together.findIndex((moved) => !(moved <= limit));
  return first < 0 ? together.length : first;
}
