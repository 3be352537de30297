// The chosen number written out, term by term, from y back to x: what each head adds, weights × values, q · k, x · W_v.
import { element, letter, named, numberSpan } from "../shared/elements.js";
import { formatNumber } from "../shared/numbers.js";
import { joinWeight } from "./trace.js";

/** @import { HeadsData, Shown } from "./heads_figure.js" */
/** @import { Chosen, Trace } from "./trace.js" */
/** @typedef {[value: number, role: string, name: string]} Factor */

/**
 * @param {HTMLElement} root
 * @param {Shown} shown
 */
export function writeDerivation(root, shown) {
  /** @type {[string, HTMLElement][]} */
  const lines = [
    [shown.data.W_0 ? "W₀ joins the heads" : "the heads side by side", additions(shown)],
    [`head ${shown.at.followed + 1}: weights × values`, weighing(shown)],
    ["softmax of the scores", softmaxRow(shown)],
    ["query · key / √d", score(shown)],
    ["the value, from x", value(shown)],
  ];
  while (root.children.length < lines.length) root.append(emptyLine());
  lines.forEach(([title, content], at) => {
    const [name, frame] = /** @type {Iterable<HTMLElement>} */ (root.children[at].children);
    name.textContent = title;
    frame.dataset.label = title;
    frame.style.setProperty("--rows", String(content.matches(".additions") ? content.children.length : 1));
    frame.replaceChildren(content);
  });
}

function emptyLine() {
  const line = element("div", "line");
  line.append(element("p", "line-name"), element("div", "frame"));
  return line;
}

/**
 * A row for each head: a bar, what it adds, and the terms of that.
 *
 * @param {Shown} shown
 */
function additions({ data, at }) {
  const table = element("div", "additions");
  const added = data.contributions.map((rows) => rows[at.row][at.column]);
  const bias = data.b_0?.[at.column];
  const output = data.output[at.row][at.column];
  const largest = Math.max(...[...added, bias ?? 0, output].map(Math.abs)) || 1;
  /** @param {string} className @param {string | Node} label @param {number} amount @param {string} name @param {(string | Node)[]} rest */
  const row = (className, label, amount, name, ...rest) => {
    const line = element("div", `addition ${className}`);
    const terms = element("span", "terms");
    terms.append(...rest);
    line.append(label, bar(amount / largest), named(numberSpan(amount, "y strong"), name), terms);
    table.append(line);
    return line;
  };
  added.forEach((amount, h) => {
    const label = element("span", "whose", `head ${h}${data.heads[h].on ? "" : ", off"}`);
    const line = row(h === at.followed ? "followed" : "", label, amount, `contribution/${h}`, ...headTerms({ data, at }, h));
    choosing(line, { followed: h, part: null });
  });
  if (bias !== undefined) row("", letter("b_0"), bias, "derived/b0");
  row("total", "sum", output, "derived/y", "= ", letter(`y_${subscript(data, at.row)},${at.column + 1}`, "y"));
  return table;
}

/**
 * @param {Pick<Shown, "data" | "at">} shown
 * @param {number} h
 * @returns {(string | Node)[]}
 */
function headTerms({ data, at }, h) {
  const headDim = data.x[0].length / data.heads.length;
  const column = letter(`concat_${subscript(data, at.row)},${at.column + 1}`, "y");
  if (!data.W_0) return Math.floor(at.column / headDim) === h ? ["= ", column] : [];
  const places = Array.from({ length: headDim }, (_, part) => h * headDim + part);
  const terms = places.map((m, part) => {
    const term = product(
      [data.concat[at.row][m], "y", `term-concat/${m}`],
      [joinWeight(data, m, at.column), "", `term-w0/${m}`],
    );
    term.classList.toggle("lit", m === at.m);
    choosing(term, { followed: h, part });
    return term;
  });
  return ["= ", ...joined(terms)];
}

/** @param {Shown} shown */
function weighing({ data, at }) {
  const head = data.heads[at.followed];
  const sum = element("p", "sum");
  sum.append(letter(`concat_${subscript(data, at.row)},${at.m + 1}`, "y"), " = ");
  const terms = head.weights[at.row].map((weight, j) => {
    const term = product([weight, "w", `term-w/${j}`], [head.v[j][at.part], "v", `term-v/${j}`]);
    return choosable(term, j, at);
  });
  sum.append(...joined(terms), " = ");
  const concat = named(numberSpan(data.concat[at.row][at.m], "y strong"), "derived/concat");
  if (head.on) sum.append(concat);
  else sum.append(named(numberSpan(head.output[at.row][at.part], "y"), "derived/output"), " → ", concat, ", the head is off");
  return sum;
}

/** @param {Shown} shown */
function softmaxRow({ data, at }) {
  const head = data.heads[at.followed];
  const sum = element("p", "sum");
  sum.append(weightLetter(data, at), " = softmax( ");
  head.scaled[at.row].forEach((scaled, j) => {
    if (j) sum.append(", ");
    const blocked = head.blocked[at.row][j];
    sum.append(choosable(named(numberSpan(blocked ? -Infinity : scaled, "product"), `score/${j}`), j, at));
  });
  const weight = named(numberSpan(head.weights[at.row][at.pair], "w strong"), "derived/w");
  sum.append(" )", element("sub", "", subscript(data, at.pair)), " = ", weight);
  return sum;
}

/** @param {Shown} shown */
function score({ data, at }) {
  const head = data.heads[at.followed];
  const [query, key] = [head.q[at.row], head.k[at.pair]];
  const [i, j] = [subscript(data, at.row), subscript(data, at.pair)];
  const sum = element("p", "sum");
  sum.append(letter(`s_${i},${j}`), " = ", letter(`q_${i}`, "q"), "·", letter(`k_${j}`, "k"), ` / √${query.length} = ( `);
  sum.append(...joined(query.map((amount, c) => product([amount, "q", `term-q/${c}`], [key[c], "k", `term-k/${c}`]))));
  sum.append(
    ` ) / ${formatNumber(Math.sqrt(query.length))} = `,
    named(numberSpan(head.scaled[at.row][at.pair], "strong"), "derived/score"),
  );
  if (head.blocked[at.row][at.pair]) sum.append(" → masked");
  return sum;
}

/** @param {Shown} shown */
function value({ data, at }) {
  const head = data.heads[at.followed];
  const from = data.split ? at.followed * head.W_v.length : 0;
  const sum = element("p", "sum");
  const j = subscript(data, at.pair);
  sum.append(letter(`v_${j},${at.part + 1}`, "v"), " = ", letter(`x_${j}`, "x"));
  if (data.split) sum.append(` piece ${at.followed + 1}`);
  sum.append("·", letter("W_v"), " = ");
  const terms = head.W_v.map((row, r) =>
    product([data.x[at.pair][from + r], "x", `term-x/${from + r}`], [row[at.part], "", `term-wv/${r}`]),
  );
  if (head.b_v) terms.push(named(numberSpan(head.b_v[at.part], ""), "term-bv"));
  sum.append(...joined(terms), " = ", named(numberSpan(head.v[at.pair][at.part], "v strong"), "derived/v"));
  return sum;
}

/**
 * a×b with its two numbers.
 *
 * @param {Factor} first
 * @param {Factor} second
 */
function product([first, firstRole, firstName], [second, secondRole, secondName]) {
  const term = element("span", "product");
  const written = second < 0 ? `(${formatNumber(second)})` : formatNumber(second);
  term.append(named(numberSpan(first, firstRole), firstName), "×", named(numberSpan(second, secondRole, written), secondName));
  return term;
}

/**
 * A click on it makes this choice.
 *
 * @param {HTMLElement} node
 * @param {Partial<Chosen>} choice
 */
function choosing(node, choice) {
  node.dataset.choose = JSON.stringify(choice);
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

/** @param {readonly HTMLElement[]} terms */
const joined = (terms) => terms.flatMap((term, at) => (at ? [" + ", term] : [term]));
/** @param {HeadsData} data @param {number} i */
const subscript = (data, i) => data.names.x[i].split("_")[1];
/** @param {HeadsData} data @param {Trace} at */
const weightLetter = (data, at) => letter(`w_${subscript(data, at.row)},${subscript(data, at.pair)}`, "w");

/** @param {number} share */
function bar(share) {
  const node = element("i", `bar ${share < 0 ? "negative" : ""}`);
  node.style.setProperty("--share", String(Math.abs(share)));
  return node;
}
