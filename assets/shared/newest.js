// Which data are the newest that Python gave a component: while its script is being loaded they come in any order
// (ui/components/component.py).

/** Who gave them, and how often it had given others before. @typedef {readonly [string, number]} Order */

/** @type {WeakMap<Node, Order>} */
const newest = new WeakMap();

/**
 * Whether a place has not been given newer data. Those that do not say when they were given always are the newest.
 *
 * @param {Node} place
 * @param {Order} [order]
 */
export function isNewest(place, order) {
  if (!order) return true;
  const before = newest.get(place);
  if (before && before[0] === order[0] && before[1] > order[1]) return false;
  newest.set(place, order);
  return true;
}
