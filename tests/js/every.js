// All combinations of options, for tests over a grid.

/** @template T @param {Record<string, T[]>} options @returns {Record<string, T>[]} */
export function every(options) {
  return Object.entries(options).reduce(
    (found, [name, values]) => found.flatMap((chosen) => values.map((value) => ({ ...chosen, [name]: value }))),
    /** @type {Record<string, T>[]} */ ([{}]),
  );
}
