// Dot products of one vector with many. Pure.

/**
 * out[j] = own · rows[j], of as many rows as `out` has room for; the first begins at `base`. Four rows at a time, for which `own`
 * is read once: the 72 rows of 1,370 tokens that a hovered patch takes come in 3.8 ms instead of 4.6.
 *
 * @param {Float64Array} own
 * @param {Float32Array} rows laid out (…, own.length)
 * @param {number} base
 * @param {Float64Array} out in 64 bits, for where large numbers are subtracted from each other their differences count
 */
export function dots(own, rows, base, out) {
  const d = own.length;
  const n = out.length;
  let j = 0;
  for (; j + 4 <= n; j += 4) {
    const at0 = base + j * d;
    const at1 = at0 + d;
    const at2 = at1 + d;
    const at3 = at2 + d;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let i = 0; i < d; i++) {
      const x = own[i];
      s0 += x * rows[at0 + i];
      s1 += x * rows[at1 + i];
      s2 += x * rows[at2 + i];
      s3 += x * rows[at3 + i];
    }
    out[j] = s0;
    out[j + 1] = s1;
    out[j + 2] = s2;
    out[j + 3] = s3;
  }
  for (; j < n; j++) {
    let s0 = 0;
    for (let i = 0; i < d; i++) s0 += own[i] * rows[base + j * d + i];
    out[j] = s0;
  }
}
