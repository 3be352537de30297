// One weight written out: its dot product term by term, as numbers and as bars, and what becomes of it up to the weight.
import { numberSpan, shortNumber } from "../shared/numbers.js";
import { STEPS, largestOf, pairOf, weightAt } from "./draw.js";

/** Of the lit pair, or else of the key that the chosen row weighs most. */
export function writeTerms(root, view) {
  const { data, row } = view;
  const j = view.lit ?? largestIndex(data.weights[row]);
  const query = data.q[row];
  const key = data.k[j];
  const products = query.map((value, c) => value * key[c]);
  const [i1, j1] = [data.names.x[row], (data.cross ? data.names.z : data.names.x)[j]].map((name) => name.split("_")[1]);
  const letters = data.projected ? ["q", "k", "v"] : ["x", "x", "x"];
  root.replaceChildren(
    dotProduct([`${letters[0]}${low(i1)}`, `${letters[1]}${low(j1)}`], query, key, data.scores[row][j]),
    bars(products),
    chain(view, j, `w${low(pairOf(i1, j1))}`),
  );
}

const largestIndex = (weights) => weights.reduce((best, weight, j) => (weight > weights[best] ? j : best), 0);
const low = (digits) => [...digits].map((digit) => "₀₁₂₃₄₅₆₇₈₉"[digit] ?? digit).join("");

function dotProduct(names, query, key, score) {
  const line = element("p", "dot");
  line.append(span("q", names[0]), " · ", span("k", names[1]), " = ");
  query.forEach((value, c) => {
    if (c) line.append(" + ");
    const term = element("span", "term");
    term.append(named(numberSpan(value, "q", c ? inBrackets(value) : undefined), `term-q/${c}`), "×", named(numberSpan(key[c], "k", inBrackets(key[c])), `term-k/${c}`));
    line.append(term);
  });
  line.append(" = ", named(numberSpan(score, "w strong"), "term-score"));
  return line;
}

const inBrackets = (value) => (value < 0 ? `(${shortNumber(value)})` : shortNumber(value));

/** A bar for each dimension; together they add up to the score. */
function bars(products) {
  const figure = element("div", "bars");
  figure.setAttribute("role", "img");
  figure.setAttribute("aria-label", `The ${products.length} products that add up to the dot product`);
  const largest = largestOf([products]) || 1;
  products.forEach((product, c) => {
    const bar = element("div", "bar");
    const fill = element("i", product < 0 ? "negative" : "positive");
    fill.style.setProperty("--share", Math.abs(product) / largest);
    bar.append(fill, named(numberSpan(product), `term/${c}`));
    figure.append(bar);
  });
  return figure;
}

/** score → scaled → masked → weight, as far as the stepper has come. */
function chain(view, j, name) {
  const { data, row, step } = view;
  const line = element("p", "chain");
  const stages = [
    ["dot product", data.scores[row][j]],
    [data.scale === 1 ? "not scaled" : `× ${shortNumber(data.scale)} (1/√${data.q[0].length})`, data.scaled[row][j]],
    [data.blocked[row][j] ? "masked" : "not masked", weightAt({ data, row, step: STEPS.mask }, j)],
    [data.normalise ? "softmax over the row" : "no softmax", data.weights[row][j]],
  ];
  stages.slice(0, Math.min(step, stages.length)).forEach(([text, value], at) => {
    if (at) line.append(" → ");
    const last = at === stages.length - 1;
    line.append(`${text} `, named(numberSpan(value, last ? "w strong" : ""), `stage/${at}`));
    if (last) line.append(" = ", span("w", name));
  });
  return line;
}

function named(node, name) {
  node.dataset.name = name;
  return node;
}

const span = (className, textContent) => Object.assign(document.createElement("span"), { className: `letter ${className}`, textContent });
const element = (tag, className) => Object.assign(document.createElement(tag), { className });
