// torch's random numbers on the CPU, bit for bit: a page draws the same numbers as torch.randn with the same seed.

const STATE = 624;
const MIDDLE = 397;
const TWIST = 0x9908b0df;
const LOW_BITS = 0x7fffffff;
const BLOCK = 16; // torch draws normal numbers in blocks of this size

/**
 * Mersenne Twister (Matsumoto and Nishimura 1998), and torch's way from its bits to numbers in [0, 1).
 */
class Twister {
  #state = new Uint32Array(STATE);
  #used = STATE;

  /** @param {number} seed a whole number; its low 32 bits count, as in torch */
  constructor(seed) {
    this.#state[0] = seed;
    for (let place = 1; place < STATE; place++) {
      const last = this.#state[place - 1];
      this.#state[place] = Math.imul(1812433253, last ^ (last >>> 30)) + place;
    }
  }

  uniform() {
    const high = this.#bits() & 0x1fffff; // 53 bits in all
    return (high * 2 ** 32 + this.#bits()) * 2 ** -53;
  }

  #bits() {
    if (this.#used === STATE) this.#renew();
    let bits = this.#state[this.#used++];
    bits ^= bits >>> 11;
    bits ^= (bits << 7) & 0x9d2c5680;
    bits ^= (bits << 15) & 0xefc60000;
    return (bits ^ (bits >>> 18)) >>> 0;
  }

  #renew() {
    const state = this.#state;
    for (let place = 0; place < STATE; place++) {
      const next = state[(place + 1) % STATE];
      const joined = (state[place] & ~LOW_BITS) | (next & LOW_BITS);
      state[place] = state[(place + MIDDLE) % STATE] ^ (joined >>> 1) ^ (next & 1 ? TWIST : 0);
    }
    this.#used = 0;
  }
}

/**
 * Return the numbers of torch.randn(count, dtype=torch.float64) after torch.manual_seed(seed): standard normal numbers (Box and
 * Muller 1958). torch has two algorithms, and uses the faster one for larger counts.
 *
 * @param {number} seed a whole number from 0 on
 * @param {number} count
 */
export function randn(seed, count) {
  const twister = new Twister(seed);
  return count < BLOCK ? inPairs(twister, count) : inBlocks(twister, count);
}

/**
 * @param {Twister} twister
 * @param {number} count
 */
function inPairs(twister, count) {
  /** @type {number[]} */
  const drawn = [];
  while (drawn.length < count) {
    const angle = twister.uniform();
    drawn.push(...normalPair(twister.uniform(), angle));
  }
  return drawn.slice(0, count);
}

/**
 * @param {Twister} twister
 * @param {number} count
 */
function inBlocks(twister, count) {
  const drawn = Array.from({ length: count }, () => twister.uniform());
  const whole = count - (count % BLOCK);
  for (let start = 0; start < whole; start += BLOCK) makeNormal(drawn, start);
  if (whole < count) {
    // The last block overlaps the one before to be complete, and is drawn again.
    for (let place = count - BLOCK; place < count; place++) drawn[place] = twister.uniform();
    makeNormal(drawn, count - BLOCK);
  }
  return drawn;
}

/**
 * @param {number[]} drawn uniform numbers; one block of them becomes normal
 * @param {number} start
 */
function makeNormal(drawn, start) {
  const half = BLOCK / 2;
  for (let place = start; place < start + half; place++)
    [drawn[place], drawn[place + half]] = normalPair(drawn[place], drawn[place + half]);
}

/**
 * Two normal numbers out of two uniform ones.
 *
 * @param {number} length
 * @param {number} angle
 */
function normalPair(length, angle) {
  const radius = Math.sqrt(-2 * Math.log1p(-length));
  const turned = 2 * Math.PI * angle;
  return [radius * Math.cos(turned), radius * Math.sin(turned)];
}
