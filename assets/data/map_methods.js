// The maps through all layers, as map_methods.json describes them for Python (attention_core/export/map_methods.py) and the browser.
import described from "./map_methods.json" with { type: "json" };

/**
 * button: its two lines. word: its value of `depth` in the page's link. settings: those that it takes. says: what stands between
 * the asking token and the five largest. waits: what is said until it is here.
 *
 * @typedef {object} MapMethod
 * @property {string} title
 * @property {string[]} button
 * @property {string} word
 * @property {string[]} settings
 * @property {string} says
 * @property {string} waits
 */

/** By name, which is a value of the setting `depth`. @type {Record<string, MapMethod>} */
export const MAP_METHODS = described;

/** Words of the link, by name. */
export const METHOD_WORDS = Object.fromEntries(Object.entries(MAP_METHODS).map(([name, { word }]) => [name, word]));
