// Which numbers one output number comes from. Pure arithmetic on the data of the multi-head figure.

/** The choice with everything that was left open filled in: what is largest is followed.
 *  choice: { row, column, followed, part, pair }, the last three null where open → also m, the place of part in the concatenation. */
export function completed(data, { row, column, followed, part, pair }) {
  const headDim = data.x[0].length / data.heads.length;
  const head = followed ?? largestIndex(data.contributions.map((rows) => rows[row][column]));
  const share = (at) => data.concat[row][head * headDim + at] * joinWeight(data, head * headDim + at, column);
  const within = part ?? largestIndex(Array.from({ length: headDim }, (_, at) => share(at)));
  const key = pair ?? largestIndex(data.heads[head].weights[row]);
  return { row, column, followed: head, part: within, pair: key, m: head * headDim + within };
}

/** W_0 at (m, c); without W_0 the concatenation is the output as it is. */
export const joinWeight = (data, m, c) => (data.W_0 ? data.W_0[m][c] : Number(m === c));

/** What pointing at a number chooses, by its data-name. */
export function choiceOf(name, headDim) {
  const [kind, ...rest] = name.split("/");
  if (kind === "y") return { row: Number(rest[0]), column: Number(rest[1]) };
  if (kind === "concat") return { row: Number(rest[0]), ...partOf(Number(rest[1]), headDim) };
  if (kind === "w0") return { column: Number(rest[1]), ...partOf(Number(rest[0]), headDim) };
  if (kind !== "head") return null;
  const [followed, quantity, i, c] = [Number(rest[0]), rest[1], Number(rest[2]), Number(rest[3])];
  if (quantity === "w") return { followed, row: i, pair: c };
  if (quantity === "v") return { followed, pair: i, part: c };
  if (quantity === "out") return { followed, row: i, part: c };
  return { followed };
}

const partOf = (m, headDim) => ({ followed: Math.floor(m / headDim), part: m % headDim });

/** The index of what is largest in size, the first of equals. */
export function largestIndex(values) {
  return values.reduce((best, value, at) => (Math.abs(value) > Math.abs(values[best]) ? at : best), 0);
}

export const largestOf = (rows) => Math.max(0, ...rows.flat().filter(Number.isFinite).map(Math.abs));
