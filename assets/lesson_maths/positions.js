// Encodings of a token's position: attention_core.maths.positions in the browser.
import { filled } from "./matrices.js";

/**
 * Position encodings (N, D): sines in the even places, cosines in the odd (Vaswani et al. 2017, section 3.5). Any D.
 *
 * @param {number} tokens N
 * @param {number} width D
 */
export function sinusoidal(tokens, width) {
  return filled(tokens, width, (position, column) => {
    const even = column % 2 === 0;
    const angle = position / 10_000 ** ((even ? column : column - 1) / width);
    return even ? Math.sin(angle) : Math.cos(angle);
  });
}
