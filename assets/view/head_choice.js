// Choosing one head of all, in whichever figure shows them.
import { headsAfter } from "./settings.js";

/** @import { Exploration } from "./exploration.js" */

/** @typedef {{ layer: number, head: number }} HeadPlace */

/**
 * It alone is the map.
 *
 * @param {Exploration} exploration
 * @param {HeadPlace} place
 */
export function showHead(exploration, { layer, head }) {
  exploration.scrubbed = null;
  exploration.set({ depth: "layer", layer, heads: [head] });
}

/**
 * A click: it alone is the map, or again all heads of its layer where it was that. With `adds` it joins others of its layer.
 *
 * @param {Exploration} exploration
 * @param {HeadPlace} place
 * @param {boolean} adds
 */
export function chooseHead(exploration, { layer, head }, adds) {
  const { settings } = exploration;
  const here = settings.depth === "layer" && settings.layer === layer;
  exploration.scrubbed = null;
  exploration.set({ depth: "layer", layer, heads: here ? headsAfter(settings.heads, head, adds) : [head] });
}

/**
 * Whether a head is on the map.
 *
 * @param {Exploration} exploration
 * @param {HeadPlace} place
 */
export function isOnMap({ settings, layer: shown }, { layer, head }) {
  return settings.depth === "layer" && layer === shown && (settings.heads?.includes(head) ?? true);
}
