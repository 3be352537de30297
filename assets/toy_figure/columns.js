// Columns of cells and names of vectors, in the sizes of the layout.
import { eachAsItFits, nameEms } from "../lesson_figure/lettering.js";
import { matrix } from "../lesson_figure/matrix.js";
import { largestOf } from "../figures/numbers.js";

/** @import { CellOptions, GridItem, Look } from "../lesson_figure/grid.js" */
/** @import { LabelItem } from "../lesson_figure/shapes.js" */
/** @import { Start } from "../lesson_figure/scene.js" */
/** @import { Shown } from "./trace.js" */

/** @type {Look} */
export const LOOK = {
  inset: (width, height) => Math.min(0.5, width / 20, height / 20),
  radius: (width, height) => Math.min(3, width / 5, height / 5),
  tint: [0.06, 0.4],
  alone: [0.08, 0.75],
  stripes: true,
};

/**
 * @typedef {object} Columns
 * @property {(j: number) => number} x left edge of column j; distances are equal
 * @property {number} y
 * @property {number} width
 * @property {number} [height] of a cell
 * @property {string} role
 * @property {number} [largest]
 * @property {(j: number) => string} [name] start of the cells' data-names; key/j by default
 * @property {(j: number) => string} [edits] the matrix and the row that a column shows, "X/2"
 * @property {(j: number) => string} [says] description of a vector for screen readers
 * @property {(j: number) => string} [className]
 * @property {(j: number) => CellOptions} [cellOf] replaces the four properties above
 * @property {Start} [from]
 * @property {number} [opacity]
 * @property {boolean} [striped]
 */

/**
 * Draw vectors as columns, side by side.
 *
 * @param {Shown} shown
 * @param {string} key
 * @param {readonly (readonly number[])[]} vectors
 * @param {Columns} columns
 * @returns {GridItem}
 */
export function columnsOf({ data, layout }, key, vectors, { x, y, width, height = layout.cellHeight, ...rest }) {
  const { largest = largestOf(vectors), name = (j) => `${key}/${j}`, edits, says, className, cellOf, ...looks } = rest;
  const values = vectors[0].map((_, i) => vectors.map((vector) => vector[i]));
  const seams = { columns: 1, gap: x(1) - x(0) - width };
  return {
    ...{
      kind: "grid",
      key,
      values,
      largest,
      upright: true,
      ...looks,
      look: LOOK,
      write: eachAsItFits({ width, height }, layout.digits),
    },
    at: matrix({ x: x(0), y }, [values.length, vectors.length], [width, height], seams),
    cellOf: (i, j) =>
      cellOf?.(j) ?? {
        name: `${name(j)}/${i}`,
        edits: edits && data.editable ? `${edits(j)}/${i}` : undefined,
        says: says && `${says(j)}, number ${i + 1}`,
        className: className?.(j),
      },
  };
}

/**
 * Draw a name in the colour of its role. If the longest name of its kind does not fit, the text is empty.
 *
 * @param {Shown} shown
 * @param {string} key
 * @param {{ text: string, x: number, y: number, room?: number, longest?: string, className: string }} name
 * @returns {LabelItem}
 */
export function drawnName({ layout }, key, { text, longest = text, room = Infinity, className, ...place }) {
  const fits = nameEms(longest) * layout.nameSize <= room;
  return { kind: "label", key, text: fits ? text : "", ...place, className: `name ${className}` };
}
