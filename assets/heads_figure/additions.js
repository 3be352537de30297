// The contribution of each head to the chosen number, with a bar and its terms.
import { bar, choosing, joined, product } from "../lesson_figure/written.js";
import { element, letter, named, numberSpan } from "../figures/elements.js";
import { joinWeight, subscriptOf } from "./trace.js";

/** @import { Shown } from "./trace.js" */

/** @param {Shown} shown */
export function additions({ data, at }) {
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
  row("total", "sum", output, "derived/y", "= ", letter(`y_${subscriptOf(data, at.row)},${at.column + 1}`, "y"));
  return table;
}

/**
 * @param {Pick<Shown, "data" | "at">} shown
 * @param {number} h
 * @returns {(string | Node)[]}
 */
function headTerms({ data, at }, h) {
  const headDim = data.x[0].length / data.heads.length;
  const column = letter(`concat_${subscriptOf(data, at.row)},${at.column + 1}`, "y");
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
