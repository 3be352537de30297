// The chosen number written out, term by term, from y back to x, up to the current step.
import { choosing, joined, product } from "../lesson_figure/written.js";
import { element, letter, named, numberSpan } from "../figures/elements.js";
import { formatNumber } from "../figures/numbers.js";
import { additions } from "./additions.js";
import { STEPS, subscriptOf } from "./trace.js";

/** @import { Shown, Trace } from "./trace.js" */

/** @param {HTMLElement} root @param {Shown} shown */
export function writeDerivation(root, shown) {
  const lines = linesOf(shown).filter(({ since }) => shown.step >= since);
  while (root.children.length < lines.length) root.append(emptyLine());
  while (root.children.length > lines.length) root.lastChild?.remove();
  lines.forEach(({ title, write }, at) => {
    const [name, frame] = /** @type {Iterable<HTMLElement>} */ (root.children[at].children);
    name.textContent = title;
    frame.dataset.label = title;
    frame.replaceChildren(write(shown));
  });
}

/** @param {Shown} shown */
function linesOf({ data, at }) {
  const head = `head ${at.followed}`;
  return [
    { since: STEPS.join, title: data.W_0 ? "W₀ joins the heads" : "the heads side by side", write: additions },
    { since: STEPS.values, title: `${head}: weights × values`, write: weighing },
    { since: STEPS.softmax, title: "softmax of the scores", write: softmaxRow },
    { since: STEPS.scores, title: "query · key / √d", write: score },
    { since: STEPS.values, title: "the value, from x", write: (/** @type {Shown} */ shown) => projection(shown, "v") },
    { since: STEPS.read, title: "the key, from x", write: (/** @type {Shown} */ shown) => projection(shown, "k") },
    { since: STEPS.read, title: "the query, from x", write: (/** @type {Shown} */ shown) => projection(shown, "q") },
  ];
}

function emptyLine() {
  const line = element("div", "line");
  line.append(element("p", "line-name"), element("div", "frame"));
  return line;
}

/** @param {Shown} shown */
function weighing({ data, at, step }) {
  const head = data.heads[at.followed];
  const sum = element("p", "sum");
  const terms = head.weights[at.row].map((weight, j) => {
    const term = product([weight, "w", `term-w/${j}`], [head.v[j][at.part], "v", `term-v/${j}`]);
    return choosable(term, j, at);
  });
  const output = named(numberSpan(head.output[at.row][at.part], "y strong"), "derived/output");
  sum.append(...joined(terms), " = ", output);
  if (step < STEPS.concatenate) return sum;
  const place = letter(`concat_${subscriptOf(data, at.row)},${at.m + 1}`, "y");
  if (head.on) sum.append(" = ", place);
  else sum.append(", but the head is off: ", place, " = ", named(numberSpan(data.concat[at.row][at.m], "y"), "derived/concat"));
  return sum;
}

/** @param {Shown} shown */
function softmaxRow({ data, at }) {
  const head = data.heads[at.followed];
  const sum = element("p", "sum");
  const name = letter(`w_${subscriptOf(data, at.row)},${subscriptOf(data, at.pair)}`, "w");
  const weight = named(numberSpan(head.weights[at.row][at.pair], "w strong"), "derived/w");
  if (head.blocked[at.row].every(Boolean)) {
    sum.append(name, " = ", weight, ": the mask forbids every key");
    return sum;
  }
  sum.append(name, " = softmax( ");
  head.scaled[at.row].forEach((scaled, j) => {
    if (j) sum.append(", ");
    const blocked = head.blocked[at.row][j];
    sum.append(choosable(named(numberSpan(blocked ? -Infinity : scaled, "product"), `score/${j}`), j, at));
  });
  sum.append(" )", element("sub", "", subscriptOf(data, at.pair)), " = ", weight);
  return sum;
}

/** @param {Shown} shown */
function score({ data, at }) {
  const head = data.heads[at.followed];
  const [query, key] = [head.q[at.row], head.k[at.pair]];
  const [i, j] = [subscriptOf(data, at.row), subscriptOf(data, at.pair)];
  const sum = element("p", "sum");
  sum.append(letter(`s_${i},${j}`), " = ", letter(`q_${i}`, "q"), "·", letter(`k_${j}`, "k"), ` / √${query.length} = ( `);
  sum.append(...joined(query.map((amount, c) => product([amount, "q", `term-q/${c}`], [key[c], "k", `term-k/${c}`]))));
  sum.append(
    ` ) / ${formatNumber(Math.sqrt(query.length))} = `,
    named(numberSpan(head.scaled[at.row][at.pair], "strong"), "derived/score"),
  );
  if (head.blocked[at.row][at.pair]) sum.append(" → masked: −∞");
  return sum;
}

/** The data-names of a projection's numbers. */
const NAMES = {
  q: ["term-xq", "term-wq", "term-bq"],
  k: ["term-xk", "term-wk", "term-bk"],
  v: ["term-x", "term-wv", "term-bv"],
};

/**
 * Write out a number of the followed query, key or value, from x.
 *
 * @param {Shown} shown
 * @param {"q" | "k" | "v"} role
 */
function projection({ data, at }, role) {
  const head = data.heads[at.followed];
  const [weights, bias] = [head[/** @type {const} */ (`W_${role}`)], head[/** @type {const} */ (`b_${role}`)]];
  const token = role === "q" ? at.row : at.pair;
  const from = data.split ? at.followed * weights.length : 0;
  const [x, w, b] = NAMES[role];
  const sum = element("p", "sum");
  const i = subscriptOf(data, token);
  sum.append(letter(`${role}_${i},${at.part + 1}`, role), " = ", letter(`x_${i}`, "x"));
  if (data.split) sum.append(weights.length > 1 ? ` columns ${from + 1}–${from + weights.length} ` : ` column ${from + 1} `);
  sum.append("·", letter(`W_${role}`), " = ");
  const terms = weights.map((row, r) =>
    product([data.x[token][from + r], "x", `${x}/${from + r}`], [row[at.part], "", `${w}/${r}`]),
  );
  if (bias) terms.push(named(numberSpan(bias[at.part], ""), b));
  sum.append(...joined(terms), " = ", named(numberSpan(head[role][token][at.part], `${role} strong`), `derived/${role}`));
  return sum;
}

/**
 * @param {HTMLElement} term
 * @param {number} j
 * @param {Trace} at
 */
function choosable(term, j, at) {
  term.classList.toggle("lit", j === at.pair);
  choosing(term, { followed: at.followed, pair: j });
  return term;
}
