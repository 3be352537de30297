// Every output as the sum that it is: y3 = (x3·x1) x1 + (x3·x2) x2 + …, each letter in the colour of the place it has there;
// with softmax y3 = (exp(x3·x1) x1 + …) / Z3, where Z3 is the sum of the row's exponentials.
import { element, letter, named, numberSpan } from "../shared/elements.js";
import { keyNames, subscript } from "./trace.js";

/** @import { Shown, ToyData } from "./toy_figure.js" */

/**
 * @param {HTMLElement} root
 * @param {Shown} shown
 */
export function writeEquations(root, { data, row, lit }) {
  const wanted = JSON.stringify([data.names, data.projected, data.normalise, data.scale, data.cross, row]);
  if (root.dataset.wanted !== wanted) {
    root.dataset.wanted = wanted;
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
  line.append(letter(data.names.y[i], "y"), data.normalise ? " = ( " : " = ");
  const scale = data.scale === 1 ? "" : "/√d";
  const [q, k, v] = data.projected ? ["q", "k", "v"] : ["x", "x", "x"];
  const terms = keyNames(data).map((name, j) => {
    const query = letter(rename(data.names.x[i], q), `q ${data.cross ? "" : `token-${i}`}`);
    const [key, value] = [letter(rename(name, k), `k token-${j}`), letter(rename(name, v), `v token-${j}`)];
    return product(j, data.normalise ? "exp(" : "(", query, "·", key, `${scale}) `, value);
  });
  line.append(...joined(terms));
  if (data.normalise) line.append(" ) / ", letter(rename(data.names.y[i], "Z")));
  return line;
}

/**
 * The chosen row again with its weights as numbers, and what they sum to.
 *
 * @param {ToyData} data
 * @param {number} row
 */
function numbers(data, row) {
  const line = element("p", "equation numbers");
  const terms = data.weights[row].map((weight, j) => {
    const value = rename(keyNames(data)[j], data.projected ? "v" : "x");
    const number = named(numberSpan(weight, "w"), `equation/${row}/${j}`);
    return product(j, number, " ", letter(value, `v token-${j}`));
  });
  line.append(letter(data.names.y[row], "y"), " = ", ...joined(terms));
  return line;
}

/**
 * @param {number} j
 * @param {(string | Node)[]} content
 */
function product(j, ...content) {
  const term = element("span", "product");
  term.dataset.key = String(j);
  term.append(...content);
  return term;
}

/** @param {readonly Node[]} terms */
const joined = (terms) => terms.flatMap((term, at) => (at ? [" + ", term] : [term]));

/**
 * @param {string} name
 * @param {string} role
 */
const rename = (name, role) => `${role}_${subscript(name)}`;
