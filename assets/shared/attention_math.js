// The attention of one token, computed from q and k. Pure functions on typed arrays, tested against torch.
// A record is { q, k, numHeads, numTokens, headDim, scale }, with q and k laid out (H, N, d).

/** scores[j] = a_i · b_j · factor for every token j of one head. */
function dotWithAll(a, b, record, head, index, factor, out) {
  const { numTokens: n, headDim: d } = record;
  const base = head * n * d;
  const from = base + index * d;
  const whole = d - (d % 4);
  for (let j = 0; j < n; j++) {
    const to = base + j * d;
    let s0 = 0, s1 = 0, s2 = 0, s3 = 0;
    let i = 0;
    for (; i < whole; i += 4) {
      s0 += a[from + i] * b[to + i];
      s1 += a[from + i + 1] * b[to + i + 1];
      s2 += a[from + i + 2] * b[to + i + 2];
      s3 += a[from + i + 3] * b[to + i + 3];
    }
    for (; i < d; i++) s0 += a[from + i] * b[to + i];
    out[j] = (s0 + s1 + s2 + s3) * factor;
  }
  return out;
}

/** Softmax in place. */
function softmax(values) {
  let largest = -Infinity;
  for (let j = 0; j < values.length; j++) if (values[j] > largest) largest = values[j];
  let sum = 0;
  for (let j = 0; j < values.length; j++) sum += values[j] = Math.exp(values[j] - largest);
  for (let j = 0; j < values.length; j++) values[j] /= sum;
  return values;
}

/** Outgoing: the weights with which token `index` looks at every token. They sum to 1. */
export function attentionRow(record, head, index, temperature, out) {
  return softmax(dotWithAll(record.q, record.k, record, head, index, record.scale / temperature, out));
}

/** Incoming: the weights with which every token looks at token `index`; needs log Σ exp of each row, laid out (H, N). */
export function attentionColumn(record, normalisers, head, index, temperature, out) {
  dotWithAll(record.k, record.q, record, head, index, record.scale / temperature, out);
  const base = head * record.numTokens;
  for (let i = 0; i < out.length; i++) out[i] = Math.exp(out[i] - normalisers[base + i]);
  return out;
}

/** One vector from those of several heads: their "mean" or their "max". */
export function combineHeads(rows, how, out) {
  out.fill(how === "max" ? -Infinity : 0);
  for (const row of rows) {
    if (how === "max") for (let j = 0; j < out.length; j++) out[j] = Math.max(out[j], row[j]);
    else for (let j = 0; j < out.length; j++) out[j] += row[j] / rows.length;
  }
  return out;
}

/** Entropy of a distribution, in bits. */
export function entropyBits(weights) {
  let sum = 0;
  for (const w of weights) if (w > 0) sum -= w * Math.log2(w);
  return sum;
}

export function total(weights) {
  let sum = 0;
  for (const w of weights) sum += w;
  return sum;
}

/** The indices of the `count` largest values, largest first. */
export function largest(values, count) {
  const best = [];
  for (let j = 0; j < values.length; j++) {
    if (best.length === count && values[j] <= values[best[count - 1]]) continue;
    let at = best.length;
    while (at > 0 && values[best[at - 1]] < values[j]) at--;
    best.splice(at, 0, j);
    if (best.length > count) best.pop();
  }
  return best;
}

export const LOG_DECADES = 3;
export const ROBUST_QUANTILE = 0.995;

/** The ends of the colour scale: "linear" 0…max, "robust" 0…99.5th percentile, "log" max/10³…max. */
export function colourDomain(values, scale) {
  if (scale === "robust") {
    const sorted = Float32Array.from(values).sort();
    const at = ROBUST_QUANTILE * (sorted.length - 1);
    const below = Math.floor(at);
    const above = Math.min(below + 1, sorted.length - 1);
    const high = sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    return { low: 0, high: high > 0 ? high : 1e-12 };
  }
  let high = 1e-12;
  for (const v of values) if (v > high) high = v;
  return { low: scale === "log" ? high / 10 ** LOG_DECADES : 0, high };
}

/** Write one table entry a value: linear between the ends, or in their logarithms; beyond the ends, the end's colour. */
export function paint(values, { low, high }, scale, table, pixels) {
  const log = scale === "log";
  const from = log ? Math.log(low) : low;
  const step = 255 / ((log ? Math.log(high) : high) - from);
  for (let j = 0; j < values.length; j++) {
    const t = ((log ? Math.log(values[j]) : values[j]) - from) * step + 0.5;
    pixels[j] = table[t > 255 ? 255 : t > 0 ? t | 0 : 0];
  }
}
