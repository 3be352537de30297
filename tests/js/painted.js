// The whole way from weights to pixels, for test_attention_math.py.
import { colourTable, paint } from "../../assets/figures/colour_maps.js";

/** @import { ColourMap, Domain, Scale } from "../../assets/figures/colour_maps.js" */

/**
 * @param {Float32Array} weights
 * @param {Domain} domain
 * @param {Scale} scale
 * @param {ColourMap} colourMap
 */
export function painted(weights, domain, scale, colourMap) {
  const pixels = new Uint32Array(weights.length);
  paint(weights, domain, scale, colourTable(colourMap), pixels);
  return [...pixels];
}
