// Where layers come from that the page does not have yet: the store's component asks Python, the explorer says for which.

/** @typedef {(layer: number) => void} Ask */

/** All modules of the page share it, each bundle with a copy of this file. @returns {Map<string, Ask>} */
function sources() {
  const page = /** @type {{ regardLayerSources?: Map<string, Ask> }} */ (globalThis);
  return (page.regardLayerSources ??= new Map());
}

/**
 * @param {string} key of the exploration
 * @param {Ask} ask
 */
export function comeFrom(key, ask) {
  sources().set(key, ask);
}

/**
 * Ask for a layer; false where nobody can be asked yet.
 *
 * @param {string} key
 * @param {number} layer
 */
export function askFor(key, layer) {
  const ask = sources().get(key);
  ask?.(layer);
  return ask !== undefined;
}
