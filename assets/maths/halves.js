// Numbers in 16 bits, as IEEE 754 writes them. Pure.

/** @type {Float32Array | undefined} what each bit pattern is; made once, for a look into a table is faster than the arithmetic */
let table;

/**
 * Bit patterns of float16 as numbers.
 *
 * @param {Uint16Array} bits
 */
export function fromHalves(bits) {
  const values = (table ??= Float32Array.from({ length: 65_536 }, (_, pattern) => valueOf(pattern)));
  const out = new Float32Array(bits.length);
  for (let at = 0; at < bits.length; at++) out[at] = values[bits[at]];
  return out;
}

/** @param {number} pattern */
function valueOf(pattern) {
  const sign = pattern & 0x8000 ? -1 : 1;
  const exponent = (pattern >> 10) & 31;
  const fraction = pattern & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return exponent ? sign * 2 ** (exponent - 15) * (1 + fraction / 1024) : sign * 2 ** -14 * (fraction / 1024);
}
