// Where arrays come from that the page does not have yet: the store's component asks Python, the explorer says for which.

/** A layer, null once all are here, or numbers of all heads; `like` is the head that others are compared with. @typedef {{ layer?: number | null, what?: "statistics" | "contributions" | "likeness", like?: [number, number] }} Wanted */
/** @typedef {(wanted: Wanted) => void} Ask */

/** All modules of the page share it, each bundle with a copy of this file. @returns {Map<string, Ask>} */
function sources() {
  const page = /** @type {{ regardSources?: Map<string, Ask> }} */ (globalThis);
  return (page.regardSources ??= new Map());
}

/**
 * @param {string} key of who asks
 * @param {Ask} ask
 */
export function comeFrom(key, ask) {
  sources().set(key, ask);
}

/**
 * Ask for something; false where nobody can be asked yet.
 *
 * @param {string} key
 * @param {Wanted} wanted
 */
export function askFor(key, wanted) {
  const ask = sources().get(key);
  ask?.(wanted);
  return ask !== undefined;
}
