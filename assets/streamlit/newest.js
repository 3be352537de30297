// Which data are the newest that Python gave a component: while its script is being loaded they come in any order
// (ui/components/component.py).

/** Who gave them, and how often it had given others before. @typedef {readonly [string, number]} Turn */

/** @type {WeakMap<Node, Turn>} */
const newest = new WeakMap();

/**
 * Whether a place has not been given newer data. Those that do not say when they were given always are the newest.
 *
 * @param {Node} place
 * @param {Turn} [turn]
 */
export function isNewest(place, turn) {
  if (!turn) return true;
  const before = newest.get(place);
  if (before && before[0] === turn[0] && before[1] > turn[1]) return false;
  newest.set(place, turn);
  return true;
}
