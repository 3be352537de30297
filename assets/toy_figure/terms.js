// One weight written out: its dot product term by term, with bars, then every step to the weight.
import { bar, inBrackets, subscript } from "../lesson_figure/written.js";
import { element, letter, named, numberSpan } from "../figures/elements.js";
import { formatNumber, largestOf } from "../figures/numbers.js";
import { STEPS, keyNames, pairOf, weightAt } from "./trace.js";

/** @import { Shown } from "./trace.js" */

/**
 * Write out the highlighted pair, or else the key with the largest weight of the chosen row.
 *
 * @param {HTMLElement} root
 * @param {Shown} shown
 */
export function writeTerms(root, shown) {
  const { data, row } = shown;
  const j = shown.lit ?? indexOfLargest(data.weights[row]);
  const query = data.q[row];
  const key = data.k[j];
  const [i1, j1] = [subscript(data.names.x[row]), subscript(keyNames(data)[j])];
  const letters = data.projected ? ["q", "k"] : ["x", data.cross ? "z" : "x"];
  root.replaceChildren(
    dotProduct([`${letters[0]}_${i1}`, `${letters[1]}_${j1}`], query, key, data.scores[row][j]),
    chain(shown, j, `w_${pairOf(i1, j1)}`),
  );
}

/** @param {readonly number[]} weights */
const indexOfLargest = (weights) => weights.reduce((best, weight, j) => (weight > weights[best] ? j : best), 0);

/**
 * @param {string[]} names of the query and the key
 * @param {readonly number[]} query
 * @param {readonly number[]} key
 * @param {number} score
 */
function dotProduct(names, query, key, score) {
  const line = element("p", "dot");
  line.append(letter(names[0], "q"), " · ", letter(names[1], "k"), " = ");
  const largest = largestOf([query.map((value, c) => value * key[c])]) || 1;
  query.forEach((value, c) => {
    if (c) line.append(" + ");
    const term = element("span", "term");
    const first = numberSpan(value, "q", c ? inBrackets(value) : undefined);
    const second = numberSpan(key[c], "k", inBrackets(key[c]));
    term.append(named(first, `term-q/${c}`), "×", named(second, `term-k/${c}`), productBar(value * key[c], largest, c));
    line.append(term);
  });
  line.append(" = ", named(numberSpan(score, "w strong"), "term-score"));
  return line;
}

/**
 * A bar under a product: how much it adds to the score.
 *
 * @param {number} product
 * @param {number} largest
 * @param {number} c
 */
function productBar(product, largest, c) {
  const fill = bar(product / largest);
  fill.dataset.value = String(product);
  return named(fill, `term/${c}`);
}

/** Describe the step from the score to the weight. @param {Shown["data"]} data @param {number} row @param {number} j */
function weighing({ normalise, blocked }, row, j) {
  if (!normalise) return blocked[row][j] ? "left out" : "no softmax";
  return blocked[row].every(Boolean) ? "no key is open" : "softmax over the row";
}

/**
 * Write score → scaled → masked → weight, up to the current step.
 *
 * @param {Shown} shown
 * @param {number} j
 * @param {string} name
 */
function chain({ data, row, step }, j, name) {
  const line = element("p", "chain");
  const scaling = data.scale === 1 ? "not scaled" : `× ${formatNumber(data.scale)} (1/√${data.q[0].length})`;
  /** @type {[string, number][]} */
  const stages = [
    ["dot product", data.scores[row][j]],
    [scaling, data.scaled[row][j]],
    [data.blocked[row][j] ? "masked" : "not masked", weightAt({ data, row, step: STEPS.mask }, j)],
    [weighing(data, row, j), data.weights[row][j]],
  ];
  stages.slice(0, Math.min(step, stages.length)).forEach(([text, value], at) => {
    if (at) line.append(" → ");
    const last = at === stages.length - 1;
    const stage = element("span", "stage", `${text}: `);
    if (last) stage.append(letter(name, "w"), " = ");
    stage.append(named(numberSpan(value, last ? "w strong" : ""), `stage/${at}`));
    line.append(stage);
  });
  return line;
}
