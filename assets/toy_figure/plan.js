// The x1..xN figure: one row of attention, from the inputs below to the outputs on top.
import { plainName } from "../lesson_figure/written.js";
import { csv, numbersOf } from "../data/csv.js";
import { shapeOf } from "./data.js";
import { writeEquations } from "./equations.js";
import { itemsOf } from "./items.js";
import { layOut } from "./layout.js";
import { writeTerms } from "./terms.js";
import { STEPS, shownOf } from "./trace.js";
import { cellName, describe, mayLookAt, partners, spelled } from "./words.js";

/** @import { Choice, Plan } from "../lesson_figure/plan.js" */
/** @import { Mark } from "../lesson_figure/stops.js" */
/** @import { ToyData } from "./data.js" */
/** @import { Shown } from "./trace.js" */

const QUANTITIES = /** @type {const} */ (["x", "z", "q", "k", "v", "scores", "scaled", "weights", "output"]);

/** @type {Plan} */
export const TOY_FIGURE = {
  className: "vectors",
  legend: [
    ["x", "input"],
    ["q", "query"],
    ["k", "key"],
    ["v", "value"],
    ["w", "weight"],
    ["y", "output"],
  ],
  open: { pair: null },
  writes: { terms: writeTerms, equations: writeEquations },
  upright: (matrix) => matrix === "X" || matrix === "Z",
  ...{ shapeOf, layOut, shownOf, itemsOf, stopsOf, moved, pointed, clicked, describe, aside, cellName, sourcesOf },
  csv: toyCsv,
};

/** @param {string} name @returns {[kind: string, first: number, second: number]} */
function partsOf(name) {
  const [kind, first, second] = name.split("/");
  return [kind, Number(first), Number(second)];
}

/**
 * Return the keyboard stops: weights, eyes of the mask, outputs.
 *
 * @param {Shown} shown
 * @param {(name: string) => string} say
 * @returns {Mark[]}
 */
function stopsOf({ data, row, step, pinned }, say) {
  const weights = data.k.map((_, j) => {
    const name = `w/${row}/${j}`;
    return { stop: "weight", name, chosen: j === pinned, pressed: j === pinned, label: say(name) };
  });
  const eyes = data.blocked[row].map((blocked, j) => {
    return { stop: "toggle", name: `toggle/${row}/${j}`, pressed: !blocked, label: mayLookAt(data, row, j) };
  });
  const outputs = data.output.map((values, i) => {
    const name = plainName(data.names.y[i]);
    const label = `Row of ${step === STEPS.sum ? spelled(name, values) : name}`;
    return { stop: "output", name: `row/${i}`, chosen: i === row, pressed: i === row, label };
  });
  return [...weights, ...(data.editable ? eyes : []), ...outputs];
}

/**
 * @param {Shown} shown
 * @param {string} stop
 * @param {string} name
 * @param {[down: number, right: number]} move
 * @returns {Choice | null}
 */
function moved({ data }, stop, name, [down, right]) {
  const [, first, second] = partsOf(name);
  /** @param {number} at @param {number} count */
  const on = (at, count) => Math.min(count - 1, Math.max(0, at + down + right));
  if (stop === "output") return { row: on(first, data.output.length) };
  return stop === "weight" ? { pair: on(second, data.k.length) } : null;
}

/** Pointing at a weight highlights its key. @param {string} name @returns {Choice | null} */
function pointed(name) {
  const [kind, , key] = partsOf(name);
  return kind === "w" ? { pair: key } : null;
}

/** @param {string} name @param {Shown} shown @returns {Choice | null} */
function clicked(name, { pinned }) {
  const [kind, first, key] = partsOf(name);
  if (kind === "w") return { pair: pinned === key ? null : key };
  return kind === "row" || kind === "y" ? { row: first } : null;
}

/** @param {string} name @param {Shown} shown */
function aside(name, { data }) {
  const [kind, , key] = partsOf(name);
  return kind === "w" ? partners(data, key) : "";
}

/** Return the selector of the matrix column that produces a number of q, k or v. @param {string} name */
function sourcesOf(name) {
  const [, role, column] = name.match(/^([qkv])\/\d+\/(\d+)$/) ?? [];
  return role ? `.column-${role}-${column}` : "";
}

/** Return all numbers of the figure as CSV. Rows and columns count from 1, as on the page. @param {Pick<ToyData, (typeof QUANTITIES)[number]>} data */
export function toyCsv(data) {
  const rows = QUANTITIES.flatMap((quantity) => numbersOf([quantity], data[quantity]));
  return csv(["quantity", "row", "column", "value"], rows);
}
