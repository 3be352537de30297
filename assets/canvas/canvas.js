// The attention canvas: hover a patch and its exact row of weights is drawn over the picture in the same frame.
import { mounted } from "../shared/mounted.js";
import { AttentionView } from "./view.js";

/** @import { ColourMap, Scale } from "../shared/colour_maps.js" */

/** @typedef {{ rows: number, cols: number }} Grid of patches */

/**
 * @typedef {object} CanvasData
 * @property {string} picture id in the store, as those of the next two
 * @property {string} record
 * @property {string | null} logSumExp where columns are shown
 * @property {Grid} grid
 * @property {string[]} prefix the names of the tokens before the patches
 * @property {number[]} heads
 * @property {string} combine "mean", "max" or "one"
 * @property {string | null} [method] "rollout" where the weights are no layer's
 * @property {number} head the one that is shown with "one"
 * @property {string} query "patch" or "prefix"
 * @property {string} direction "outgoing" or "incoming"
 * @property {number} temperature
 * @property {number} opacity
 * @property {Scale} scale
 * @property {ColourMap} colourMap
 * @property {boolean} gridLines
 * @property {[number, number] | null} pin row and column
 * @property {[number, number]} opening the patch that asks before any other does
 * @property {string} alt
 * @property {string} name of the whole figure
 * @property {string} file the beginning of its files' names
 */

export default mounted(AttentionView, ".regard-canvas", (view, { setStateValue }) => {
  view.setState = setStateValue;
});
