// Where everything of the x1..xN figure stands, in pixels of its own drawing. Pure arithmetic.

const MARGIN = 14;

/**
 * @typedef {object} Shape
 * @property {number} queries how many
 * @property {number} keys how many
 * @property {number} dim of x
 * @property {number} headDim of q and k
 * @property {number} valueDim of v
 * @property {boolean} projected
 * @property {boolean} cross
 */

/** @typedef {ReturnType<typeof layOut>} Layout */

/**
 * The places of columns and the size of the drawing.
 *
 * @param {Shape} shape
 */
export function layOut({ queries, keys, dim, headDim, valueDim, projected, cross }) {
  const deepest = Math.max(dim, headDim, valueDim);
  const cellHeight = deepest > 10 ? 16 : deepest > 6 ? 18 : 22;
  const cellWidth = projected ? 39 : deepest > 8 || keys > 8 ? 46 : 54;
  const gap = projected ? 15 : 26;
  const seam = 3; // between the q, k and v of one token
  const inGroup = projected ? (cross ? ["k", "v"] : ["q", "k", "v"]) : ["x"];
  const groupWidth = inGroup.length * cellWidth + (inGroup.length - 1) * seam;
  const laneWidth = cellWidth + 38;
  const left = MARGIN + laneWidth;
  const groupLeft = (/** @type {number} */ j) => left + j * (groupWidth + gap);
  const centre = (/** @type {number} */ j) => groupLeft(j) + groupWidth / 2;
  const outputLeft = (/** @type {number} */ i) => (cross ? left + i * (cellWidth + gap) : centre(i) - cellWidth / 2);

  const outputTop = 32;
  const productTop = outputTop + valueDim * cellHeight + 54;
  const weightTop = productTop + valueDim * cellHeight + 16;
  const weightHeight = 30;
  const groupTop = weightTop + weightHeight + 56;
  const inputTop = projected ? groupTop + Math.max(headDim, valueDim) * cellHeight + 52 : groupTop;
  const inputBottom = inputTop + dim * cellHeight;
  const queryMiddle = weightTop + weightHeight / 2 - (headDim * cellHeight) / 2;
  return {
    cellWidth,
    cellHeight,
    weightHeight,
    groupWidth,
    centre,
    outputLeft,
    inputLeft: (/** @type {number} */ j) => centre(j) - cellWidth / 2,
    roleLeft: (/** @type {string} */ role, /** @type {number} */ j) =>
      groupLeft(j) + inGroup.indexOf(role) * (cellWidth + seam),
    weightLeft: (/** @type {number} */ j) => centre(j) - cellWidth / 2,
    outputTop,
    productTop,
    weightTop,
    groupTop,
    inputTop,
    inputBottom,
    query: { x: MARGIN, y: Math.max(outputTop, Math.min(queryMiddle, inputTop - headDim * cellHeight - (cross ? 40 : 24))) },
    width: Math.max(groupLeft(keys - 1) + groupWidth, outputLeft(queries - 1) + cellWidth) + MARGIN,
    height: inputBottom + 44,
  };
}
