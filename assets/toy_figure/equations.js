// Every output as the sum that it is: y3 = (x3·x1) x1 + (x3·x2) x2 + …, each letter in the colour of the place it has there;
// with softmax y3 = (exp(x3·x1) x1 + …) / Z3, where Z3 is the sum of the row's exponentials.
import { numberSpan } from "../shared/numbers.js";

export function writeEquations(root, { data, row, step, lit }) {
  const wanted = JSON.stringify([data.names, data.projected, data.normalise, data.scale, data.cross, row]);
  if (root.dataset.wanted !== wanted) {
    root.dataset.wanted = wanted;
    root.replaceChildren(...data.output.map((_, i) => equation(data, i, i === row)));
  }
  root.querySelector(".numbers")?.remove();
  root.querySelector(".chosen")?.after(numbers(data, row));
  for (const term of root.querySelectorAll(".chosen .product, .numbers .product")) term.classList.toggle("lit", Number(term.dataset.key) === lit);
}

function equation(data, i, chosen) {
  const line = element("p", chosen ? "equation chosen" : "equation");
  line.append(letter(data.names.y[i], "y"), data.normalise ? " = ( " : " = ");
  const scale = data.scale === 1 ? "" : "/√d";
  const [q, k, v] = data.projected ? ["q", "k", "v"] : ["x", "x", "x"];
  data.k.forEach((_, j) => {
    if (j) line.append(" + ");
    const term = element("span", "product");
    term.dataset.key = j;
    const query = letter(rename(data.names.x[i], q), `q ${data.cross ? "" : `token-${i}`}`);
    const keyName = (data.cross ? data.names.z : data.names.x)[j];
    term.append(data.normalise ? "exp(" : "(", query, "·", letter(rename(keyName, k), `k token-${j}`), `${scale}) `, letter(rename(keyName, v), `v token-${j}`));
    line.append(term);
  });
  if (data.normalise) line.append(" ) / ", letter(rename(data.names.y[i], "Z"), ""));
  return line;
}

/** The chosen row again with its weights as numbers, and what they sum to. */
function numbers(data, row) {
  const line = element("p", "equation numbers");
  line.append(letter(data.names.y[row], "y"), " = ");
  const keys = data.cross ? data.names.z : data.names.x;
  data.weights[row].forEach((weight, j) => {
    if (j) line.append(" + ");
    const term = element("span", "product");
    term.dataset.key = j;
    const number = numberSpan(weight, "w");
    number.dataset.name = `equation/${row}/${j}`;
    term.append(number, " ", letter(rename(keys[j], data.projected ? "v" : "x"), `v token-${j}`));
    line.append(term);
  });
  return line;
}

const rename = (name, role) => `${role}_${name.split("_")[1]}`;

function letter(name, className) {
  const [text, low] = name.split("_");
  const node = Object.assign(document.createElement("span"), { className: `letter ${className}`, textContent: text });
  if (low) node.append(Object.assign(document.createElement("sub"), { textContent: low }));
  return node;
}

const element = (tag, className) => Object.assign(document.createElement(tag), { className });
