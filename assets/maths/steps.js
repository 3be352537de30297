// Numbers in 16 bits, as attention_core/export/wire.py cuts them. Pure.

/**
 * Multiples of a step as numbers.
 *
 * @param {Int16Array} multiples (H, N, d)
 * @param {Float32Array} steps of each channel of each head, (H, d) for d channels
 * @param {number} heads
 */
export function unpacked(multiples, steps, heads) {
  const out = new Float32Array(multiples.length);
  const channels = steps.length / heads;
  const ofHead = multiples.length / heads;
  for (let head = 0, i = 0; head < heads; head++) {
    const first = head * channels;
    for (const end = i + ofHead; i < end;)
      for (let channel = 0; channel < channels; channel++, i++) out[i] = multiples[i] * steps[first + channel];
  }
  return out;
}
