// Orders of the page's script: what it sets in a view that the browser owns (ui/orders.py). Each is followed once.

/**
 * @template Order
 * @typedef {{ session: string, given: ({ number: number } & Order)[] }} Orders
 */

export class Followed {
  session = "";
  number = 0;

  /**
   * The orders that are new; from now on they are not. Another session's numbers are others.
   *
   * @template Order
   * @param {Orders<Order> | undefined} orders
   */
  newIn(orders) {
    if (!orders) return [];
    if (orders.session !== this.session) Object.assign(this, { session: orders.session, number: 0 });
    const found = orders.given.filter(({ number }) => number > this.number);
    this.number = found.at(-1)?.number ?? this.number;
    return found;
  }
}
