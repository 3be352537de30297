// float16, as it comes over the wire, to float32. Pure; browsers before 2025 have no Float16Array.

/** The value of every float16, by its bits. @type {Float32Array | undefined} */
let values;

/** Sign, five bits of exponent, ten of fraction (IEEE 754 binary16). */
function table() {
  return Float32Array.from({ length: 65536 }, (_, bits) => {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 0x1f;
    const fraction = bits & 0x3ff;
    if (exponent === 0x1f) return fraction ? NaN : sign * Infinity;
    return sign * (exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : fraction * 2 ** -24);
  });
}

/** @param {Uint16Array} halves their bits */
export function float32(halves) {
  values ??= table();
  const out = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) out[i] = values[halves[i]];
  return out;
}
