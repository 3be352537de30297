// The multi-head figure: every head from x below to y on top, and the sources of one number of y.
import { csv, numbersOf } from "../data/csv.js";
import { itemsOf } from "./items.js";
import { layOut } from "./layout.js";
import { writeDerivation } from "./terms.js";
import { STEPS, choiceOf, shapeOf, shownOf } from "./trace.js";
import { cellName, describe } from "./words.js";

/** @import { Plan } from "../lesson_figure/plan.js" */
/** @import { Mark } from "../lesson_figure/stops.js" */
/** @import { Chosen, HeadsData, Shown } from "./trace.js" */

const QUANTITIES = /** @type {const} */ (["W_q", "W_k", "W_v", "q", "k", "v", "scores", "scaled", "weights", "output"]);
const BIASES = /** @type {const} */ (["b_q", "b_k", "b_v"]);
const OPEN = { followed: null, pair: null, part: null };

/** @type {Plan} */
export const HEADS_FIGURE = {
  className: "heads",
  legend: [
    ["x", "input"],
    ["q", "query"],
    ["k", "key"],
    ["v", "values"],
    ["w", "weights"],
    ["y", "output"],
    ["join", "W₀ joins"],
  ],
  open: OPEN,
  writes: { derivation: writeDerivation },
  ...{ shapeOf, layOut, shownOf, itemsOf, stopsOf, moved, pointed, clicked, describe, cellName },
  csv: headsCsv,
};

/**
 * Return the keyboard stops: heads, the followed row of weights and its mask, parts of the followed head, numbers of y.
 *
 * @param {Pick<Shown, "data" | "at" | "choice" | "step">} shown
 * @param {(name: string) => string} say
 */
function stopsOf({ data, at, choice: { followed, pair, part }, step }, say) {
  const headDim = data.x[0].length / data.heads.length;
  /** @type {Mark[]} */
  const marks = [];
  /** @param {string} name @param {string} stop @param {boolean} chosen */
  const add = (name, stop, chosen, pressed = chosen) => marks.push({ name, stop, chosen, pressed, label: say(name) });
  data.heads.forEach((_, h) => add(`head/${h}`, "head", h === at.followed, h === followed));
  if (step < STEPS.scores) return marks;
  const weights = step > STEPS.scores ? "w" : "s";
  data.x.forEach((_, j) => {
    add(`head/${at.followed}/${weights}/${at.row}/${j}`, "weight", j === at.pair, j === pair);
    if (data.editable) add(`toggle/${at.row}/${j}`, "toggle", j === at.pair, !data.heads[0].blocked[at.row][j]);
  });
  if (step < STEPS.values) return marks;
  for (let c = 0; c < headDim; c += 1) {
    const [own, joined] = [`head/${at.followed}/out/${at.row}/${c}`, `concat/${at.row}/${at.followed * headDim + c}`];
    add(step < STEPS.concatenate ? own : joined, "part", c === at.part, c === part);
  }
  if (step < STEPS.join) return marks;
  data.output.forEach((row, i) => row.forEach((_, c) => add(`y/${i}/${c}`, "y", i === at.row && c === at.column)));
  return marks;
}

/**
 * @param {Pick<Shown, "data" | "at">} shown
 * @param {string} stop
 * @param {string} name
 * @param {[down: number, right: number]} move
 * @returns {Partial<Chosen>}
 */
export function moved({ data, at }, stop, name, [down, right]) {
  const [tokens, dim, heads] = [data.x.length, data.x[0].length, data.heads.length];
  const [row, column] = name.split("/").slice(-2).map(Number);
  /** @param {number} value @param {number} size */
  const within = (value, size) => Math.min(size - 1, Math.max(0, value));
  if (stop === "y") return { row: within(row + down, tokens), column: within(column + right, dim) };
  if (stop === "head") return { followed: within(column + down + right, heads) };
  if (stop === "part") return { followed: at.followed, part: within(at.part + down + right, dim / heads) };
  return { followed: at.followed, row: within(row + down, tokens), pair: within(column + right, tokens) };
}

/** Pointing at a number of y, or at a weight of the followed row, follows it back to x. @param {string} name @param {Shown} shown */
function pointed(name, { at, layout }) {
  const traced = new RegExp(`^(y|head/${at.followed}/[sw]/${at.row})/`).test(name);
  return traced ? choiceOf(name, layout.headDim) : null;
}

/** A second click on a followed number ends following it. @param {string} name @param {Shown} shown */
function clicked(name, { choice, layout }) {
  const chosen = choiceOf(name, layout.headDim);
  if (!chosen || name.startsWith("y/") || name.startsWith("row/")) return chosen;
  const unchanged = Object.entries(chosen).every(([key, value]) => choice[/** @type {keyof Chosen} */ (key)] === value);
  return unchanged ? OPEN : chosen;
}

/** Return all numbers of the figure as CSV. Rows and columns count from 1, as on the page. @param {HeadsData} data */
export function headsCsv({ x, heads, contributions, concat, W_0, b_0, output }) {
  const rows = [
    numbersOf(["x", ""], x),
    ...heads.flatMap((head, h) => [
      ...QUANTITIES.map((quantity) => numbersOf([quantity, h], head[quantity])),
      ...BIASES.map((bias) => numbersOf([bias, h], asRow(head[bias]))),
      numbersOf(["contribution", h], contributions[h]),
    ]),
    numbersOf(["concat", ""], concat),
    numbersOf(["W_0", ""], W_0),
    numbersOf(["b_0", ""], asRow(b_0)),
    numbersOf(["output", ""], output),
  ];
  return csv(["quantity", "head", "row", "column", "value"], rows.flat());
}

/** @param {number[] | null} vector */
const asRow = (vector) => vector && [vector];
