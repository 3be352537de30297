// Every output written as a sum: y3 = (x3·x1) x1 + (x3·x2) x2 + …, each letter in the colour of its role.
// With softmax, y3 = (exp(x3·x1) x1 + …) / Z3, where Z3 is the sum of the row's exponentials.
import { choosing, inBrackets, joined, subscript } from "../lesson_figure/written.js";
import { element, letter, named, numberSpan } from "../figures/elements.js";
import { keyNames } from "./trace.js";

/** @import { ToyData } from "./data.js" */
/** @import { Shown } from "./trace.js" */

/** @param {HTMLElement} root @param {Shown} shown */
export function writeEquations(root, { data, row, lit }) {
  const content = JSON.stringify([data.names, data.projected, data.normalise, data.scale, data.cross, data.blocked, row]);
  if (root.dataset.wanted !== content) {
    root.dataset.wanted = content;
    root.replaceChildren(...data.output.map((_, i) => equation(data, i, i === row)));
  }
  root.querySelector(".numbers")?.remove();
  root.querySelector(".chosen")?.after(numbers(data, row));
  /** @type {NodeListOf<HTMLElement>} */
  const terms = root.querySelectorAll(".chosen .product, .numbers .product");
  for (const term of terms) term.classList.toggle("lit", Number(term.dataset.key) === lit);
}

/**
 * @param {ToyData} data
 * @param {number} i
 * @param {boolean} chosen
 */
function equation(data, i, chosen) {
  const line = element("p", chosen ? "equation chosen" : "equation");
  choosing(line, { row: i });
  line.append(letter(data.names.y[i], "y"), data.normalise ? " = ( " : " = ");
  if (data.blocked[i].every(Boolean)) {
    line.replaceChildren(letter(data.names.y[i], "y"), " = 0: the mask forbids every key");
    return line;
  }
  const scale = data.scale === 1 ? "" : "/√d";
  const [q, k, v] = lettersOf(data);
  const terms = keyNames(data).map((name, j) => {
    const query = letter(rename(data.names.x[i], q), `q ${data.cross ? "" : `token-${i}`}`);
    const [key, value] = [letter(rename(name, k), `k token-${j}`), letter(rename(name, v), `v token-${j}`)];
    return product(data, i, j, data.normalise ? "exp(" : "(", query, "·", key, `${scale}) `, value);
  });
  line.append(...joined(terms));
  if (!data.normalise) return line;
  const end = element("span", "end", ") / ");
  end.append(letter(rename(data.names.y[i], "Z")));
  line.append(" ", end);
  return line;
}

/**
 * Write the chosen row again with its weights as numbers.
 *
 * @param {ToyData} data
 * @param {number} row
 */
function numbers(data, row) {
  const line = element("p", "equation numbers");
  const terms = data.weights[row].map((weight, j) => {
    const value = rename(keyNames(data)[j], lettersOf(data)[2]);
    const number = named(numberSpan(weight, "w", j ? inBrackets(weight) : undefined), `equation/${row}/${j}`);
    return product(data, row, j, number, " ", letter(value, `v token-${j}`));
  });
  line.append(letter(data.names.y[row], "y"), " = ", ...joined(terms));
  return line;
}

/** Return the letters of query, key and value. @param {ToyData} data */
const lettersOf = ({ projected, cross }) => (projected ? ["q", "k", "v"] : cross ? ["x", "z", "z"] : ["x", "x", "x"]);

/**
 * Write one product. It is struck out if the mask forbids it.
 *
 * @param {ToyData} data
 * @param {number} i
 * @param {number} j
 * @param {(string | Node)[]} content
 */
function product(data, i, j, ...content) {
  const term = element("span", data.blocked[i][j] ? "product blocked" : "product");
  term.dataset.key = String(j);
  term.append(...content);
  return term;
}

/** @param {string} name @param {string} role */
const rename = (name, role) => `${role}_${subscript(name)}`;
