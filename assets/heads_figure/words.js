// What a number of the multi-head figure is, in words.
import { shortNumber } from "../shared/numbers.js";
import { joinWeight } from "./trace.js";

/** By its data-name; "" where it names nothing. */
export function describe(name, data) {
  const [kind, ...rest] = name.split("/");
  const [a, b] = rest.map(Number);
  const token = (i, letter = "x") => data.names.x[i].replace("x_", letter);
  if (kind === "x") return say(`${token(a)}, column ${b + 1}`, data.x[a][b]);
  if (kind === "y") return say(`${token(a, "y")}, column ${b + 1}`, data.output[a][b]);
  if (kind === "concat") return say(`Concatenation, row ${token(a)}, column ${b + 1}`, data.concat[a][b]);
  if (kind === "w0") return say(`W₀, row ${a + 1}, column ${b + 1}`, joinWeight(data, a, b));
  if (kind === "b0") return say(`b₀, column ${a + 1}`, data.b_0[a]);
  return kind === "head" ? describeHead(data, rest, token) : "";
}

function describeHead(data, [index, quantity, i, j], token) {
  const head = data.heads[index];
  const number = Number(index) + 1;
  if (quantity === undefined) return `Head ${number}${head.on ? "" : ", switched off"}`;
  if (quantity === "w") return say(`Head ${number}, what ${token(i)} takes from ${token(j)}`, head.weights[i][j]);
  if (quantity === "v") return say(`Head ${number}, value of ${token(i)}, column ${Number(j) + 1}`, head.v[i][j]);
  return say(`Head ${number}, output of ${token(i)}, column ${Number(j) + 1}`, head.output[i][j]);
}

const say = (what, value) => `${what}: ${Math.abs(value) < 0.005 ? shortNumber(value) : Number(value.toPrecision(6))}`;
