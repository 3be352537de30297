// The cells of the multi-head figure.
import { allAlike } from "../lesson_figure/lettering.js";
import { largestOf } from "../figures/numbers.js";

/** @import { GridItem, Look } from "../lesson_figure/grid.js" */
/** @import { Shown } from "./trace.js" */

/** @type {Look} */
const LOOK = { inset: (width) => Math.min(0.75, width / 12), radius: () => 2, tint: [0.05, 0.42], alone: [0.05, 0.75] };

/**
 * Return a matrix of cells, with all digits in one size.
 *
 * @param {Shown} shown
 * @param {Pick<GridItem, "key" | "at" | "values" | "role" | "cellOf"> & Partial<GridItem>} options
 * @returns {GridItem}
 */
export const grid = ({ type }, options) => ({
  kind: "grid",
  look: LOOK,
  largest: options.largest ?? largestOf(options.values),
  write: options.write ?? allAlike(options.values, options.at.cell, type),
  ...options,
});

/** Return the data-cell of a number if the figure is editable. @param {Shown} shown @param {string} cell */
export const edits = ({ data }, cell) => (data.editable ? cell : undefined);
