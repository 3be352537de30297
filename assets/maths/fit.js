// Sizes that together fill a room. Pure arithmetic.

/**
 * How often a part is there, and its sizes from cramped to generous; all parts have equally many.
 *
 * @typedef {{ count: number, sizes: readonly number[] }} Part
 */

/**
 * The size of each part when all are equally generous and together as large as the room; the most generous where that is smaller
 * than the room, and below the cramped where even those do not fit.
 *
 * @template {string} Name
 * @param {number} room
 * @param {Record<Name, Part>} parts
 * @returns {Record<Name, number>}
 */
export function fitted(room, parts) {
  const all = /** @type {[Name, Part][]} */ (Object.entries(parts));
  const levels = Math.max(...all.map(([, { sizes }]) => sizes.length));
  /** @param {number} level */
  const total = (level) => all.reduce((sum, [, { count, sizes }]) => sum + count * sizes[level], 0);
  /** @param {(part: Part) => number} size */
  const sized = (size) =>
    /** @type {Record<Name, number>} */ (Object.fromEntries(all.map(([name, part]) => [name, size(part)])));
  if (total(0) >= room) return sized(({ sizes }) => (sizes[0] * room) / total(0));
  let upper = 1;
  while (upper < levels - 1 && total(upper) < room) upper += 1;
  const step = total(upper) - total(upper - 1);
  const share = step > 0 ? Math.min(1, (room - total(upper - 1)) / step) : 1;
  return sized(({ sizes }) => sizes[upper - 1] + share * (sizes[upper] - sizes[upper - 1]));
}
