// The soft dictionary of lesson 1: a lookup in which every key matches to some extent.
import { attend } from "../lesson_maths/attention.js";
import { num } from "./parts.js";
import { sumOf } from "./sums.js";

/** @import { Block } from "./panel_types.js" */
/** @import { LessonState, Rows } from "./state.js" */

export const ENTRIES = "entries";
export const ASKED = "ask";
export const TEMPERATURES = [0, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, Infinity];
/** Each row: the two numbers of a key, then its value. */
const PRESET = [
  [1, 0, 1],
  [0, 1, 2],
  [-1, 0, 3],
  [0, -1, 4],
];
const QUERY = [[0.8, 0.5]];

/**
 * @param {LessonState} state
 * @returns {Block[]}
 */
export function dictionary(state) {
  const [entries, query] = [state.matrix(ENTRIES, PRESET), state.matrix(ASKED, QUERY)];
  const [keys, values] = [entries.map((row) => row.slice(0, 2)), entries.map((row) => row.slice(2))];
  const { t: temperature } = state.settings;
  const soft = attend(query, keys, values, { scale: 1, temperature });
  const rows = entries.map((_, at) => `entry ${at + 1}`);
  const mixture = soft.output[0][0];
  const best = bestMatches(soft.scores[0], values);
  const hard = sumOf(best) / best.length;
  const apart = Math.abs(mixture - hard);
  const shared = { kind: /** @type {const} */ ("table"), rows };
  return [
    { key: "dictionary", kind: "heading", text: "A soft dictionary" },
    {
      key: "dictionary-is",
      kind: "sentence",
      says: [
        "A dictionary returns the value of the one key that matches. Here every key matches the query to some extent: their dot " +
          "product says how well. The dot products are divided by a temperature T, and softmax turns them into the weights of the " +
          "values. At T = 0 the best match gets all the weight. At T = ∞ all values have the same weight.",
      ],
    },
    {
      key: ENTRIES,
      ...shared,
      name: ENTRIES,
      label: "k, keys",
      role: "k",
      columns: ["1", "2"],
      values: keys,
      edit: (edited) =>
        state.edit(
          ENTRIES,
          edited.map((row, at) => [...row, values[at][0]]),
        ),
    },
    {
      key: "entry-values",
      ...shared,
      name: "entry-values",
      label: "v, values",
      role: "v",
      columns: ["v"],
      values,
      edit: (edited) =>
        state.edit(
          ENTRIES,
          keys.map((row, at) => [...row, edited[at][0]]),
        ),
    },
    {
      key: ASKED,
      ...shared,
      name: ASKED,
      label: "q, the query",
      role: "q",
      rows: ["q"],
      columns: ["1", "2"],
      values: query,
      edit: (edited) => state.edit(ASKED, edited),
    },
    {
      key: "t",
      kind: "range",
      label: "Temperature T",
      options: TEMPERATURES,
      chosen: temperature,
      write: writtenTemperature,
      choose: (t) => state.set({ t }),
    },
    {
      key: "lookup",
      ...shared,
      name: "lookup",
      label: "Lookup",
      role: "w",
      columns: ["q·k", "weight"],
      values: entries.map((_, at) => [soft.scores[0][at], soft.weights[0][at]]),
      edit: null,
    },
    {
      key: "weighed",
      ...shared,
      name: "weighed",
      label: "Weighted values",
      role: "v",
      columns: ["weight × v"],
      values: values.map(([value], at) => [soft.weights[0][at] * value]),
      edit: null,
    },
    {
      key: "answers",
      kind: "sentence",
      says: [
        "Mixture: ",
        num(mixture),
        best.length === 1
          ? ". Hard lookup, the value of the best match: "
          : `. Hard lookup, the mean value of the ${best.length} best matches: `,
        num(hard),
        ...(apart < 1e-9 ? [". They are equal."] : [". They differ by ", num(apart), "."]),
      ],
    },
  ];
}

/** Return the value of the best match, or the values of all equally good matches. @param {readonly number[]} scores @param {Rows} values */
function bestMatches(scores, values) {
  const best = Math.max(...scores);
  return values.flatMap(([value], at) => (scores[at] === best ? [value] : []));
}

/** @param {number} value */
export function writtenTemperature(value) {
  if (value === 0) return "0 (hard)";
  return Number.isFinite(value) ? String(value) : "∞ (mean)";
}
