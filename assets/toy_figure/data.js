// The figure's data and their shape. No state.

/** @typedef {number[][]} Rows */

/**
 * @typedef {object} Projections matrices that vectors are multiplied by from the right, and biases of one row
 * @property {Rows} Wq
 * @property {Rows} bq
 * @property {Rows} Wk
 * @property {Rows} bk
 * @property {Rows} Wv
 * @property {Rows} bv
 */

/**
 * @typedef {object} ToyData
 * @property {Rows} x
 * @property {Rows | null} z source of keys and values in cross-attention, else null
 * @property {Rows} q
 * @property {Rows} k
 * @property {Rows} v
 * @property {Rows} scores
 * @property {Rows} scaled
 * @property {Rows} weights
 * @property {Rows} output
 * @property {boolean[][]} blocked
 * @property {number} scale
 * @property {boolean} normalise with softmax
 * @property {boolean} projected with columns for q, k and v
 * @property {Projections | null} projections null without projections
 * @property {boolean} biases true if any bias is not 0
 * @property {boolean} cross with z
 * @property {{ x: string[], z: string[], y: string[] }} names "x_1", …
 * @property {string[]} captions meanings of the vectors
 * @property {string} alt of the whole figure
 * @property {boolean} editable
 */

/**
 * @typedef {object} Shape
 * @property {number} queries how many
 * @property {number} keys how many
 * @property {number} dim of x
 * @property {number} sourceDim of the source of keys and values
 * @property {number} headDim of q and k
 * @property {number} valueDim of v
 * @property {boolean} projected
 * @property {boolean} cross
 * @property {boolean} biased with a row of biases under each matrix
 * @property {number} caption length of the longest caption
 */

/** @param {ToyData} data @returns {Shape} */
export function shapeOf({ x, z, q, k, v, projected, cross, projections, biases, captions }) {
  return {
    queries: q.length,
    keys: k.length,
    dim: x[0].length,
    sourceDim: (z ?? x)[0].length,
    headDim: q[0].length,
    valueDim: v[0].length,
    projected,
    cross,
    biased: projections !== null && biases,
    caption: Math.max(0, ...captions.map((caption) => caption.length)),
  };
}
