// Orders of the page's script: what it sets in a view that the browser owns (ui/orders.py). Each is followed once.

/** @template Order @typedef {{ session: string, given: (Order & { number: number })[] }} Orders */
/** The last order that was followed, and of which session. @typedef {{ session: string, number: number }} Followed */

/**
 * The orders that are new. They count as followed from then on.
 *
 * @template Order
 * @param {Orders<Order>} orders
 * @param {Followed} followed
 */
export function newOrders({ session, given }, followed) {
  if (session !== followed.session) Object.assign(followed, { session, number: 0 });
  const found = given.filter(({ number }) => number > followed.number);
  followed.number = found.at(-1)?.number ?? followed.number;
  return found;
}
