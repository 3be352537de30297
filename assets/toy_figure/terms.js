// One weight written out: its dot product term by term, as numbers and as bars, and what becomes of it up to the weight.
import { element, named, numberSpan } from "../shared/elements.js";
import { formatNumber, largestOf } from "../shared/numbers.js";
import { STEPS, keyNames, pairOf, subscript, weightAt } from "./trace.js";

/** @import { Shown } from "./toy_figure.js" */

/**
 * Of the lit pair, or else of the key that the chosen row weighs most.
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
  const letters = data.projected ? ["q", "k"] : ["x", "x"];
  root.replaceChildren(
    dotProduct([`${letters[0]}${low(i1)}`, `${letters[1]}${low(j1)}`], query, key, data.scores[row][j]),
    bars(query.map((value, c) => value * key[c])),
    chain(shown, j, `w${low(pairOf(i1, j1))}`),
  );
}

/** @param {readonly number[]} weights */
const indexOfLargest = (weights) => weights.reduce((best, weight, j) => (weight > weights[best] ? j : best), 0);

/** @param {string} digits */
const low = (digits) => [...digits].map((digit) => "₀₁₂₃₄₅₆₇₈₉"[Number(digit)] ?? digit).join("");

/** @param {number} value */
const inBrackets = (value) => (value < 0 ? `(${formatNumber(value)})` : formatNumber(value));

/**
 * @param {string[]} names of the query and the key
 * @param {readonly number[]} query
 * @param {readonly number[]} key
 * @param {number} score
 */
function dotProduct(names, query, key, score) {
  const line = element("p", "dot");
  line.append(element("span", "letter q", names[0]), " · ", element("span", "letter k", names[1]), " = ");
  query.forEach((value, c) => {
    if (c) line.append(" + ");
    const term = element("span", "term");
    const first = numberSpan(value, "q", c ? inBrackets(value) : undefined);
    const second = numberSpan(key[c], "k", inBrackets(key[c]));
    term.append(named(first, `term-q/${c}`), "×", named(second, `term-k/${c}`));
    line.append(term);
  });
  line.append(" = ", named(numberSpan(score, "w strong"), "term-score"));
  return line;
}

/**
 * A bar for each dimension; together they add up to the score.
 *
 * @param {readonly number[]} products
 */
function bars(products) {
  const figure = element("div", "bars");
  figure.setAttribute("role", "img");
  figure.setAttribute("aria-label", `The ${products.length} products that add up to the dot product`);
  const largest = largestOf([products]) || 1;
  products.forEach((product, c) => {
    const bar = element("div", "bar");
    const fill = element("i", product < 0 ? "negative" : "positive");
    fill.style.setProperty("--share", String(Math.abs(product) / largest));
    bar.append(fill, named(numberSpan(product), `term/${c}`));
    figure.append(bar);
  });
  return figure;
}

/**
 * score → scaled → masked → weight, as far as the stepper has come.
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
    [data.normalise ? "softmax over the row" : "no softmax", data.weights[row][j]],
  ];
  stages.slice(0, Math.min(step, stages.length)).forEach(([text, value], at) => {
    if (at) line.append(" → ");
    const last = at === stages.length - 1;
    line.append(`${text} `, named(numberSpan(value, last ? "w strong" : ""), `stage/${at}`));
    if (last) line.append(" = ", element("span", "letter w", name));
  });
  return line;
}
