// What is drawn over each picture: a value or a colour a patch, and the scale that goes with it.
import { colourDomain, colourTable } from "../figures/colour_maps.js";
import { differenceDomain, divergingTable, similarityDomain } from "./colours.js";
import { differenceOf } from "./difference.js";

/** @import { Domain, Scale } from "../figures/colour_maps.js" */
/** @import { Grid } from "../maths/patches.js" */
/** @import { Comparison } from "./comparison.js" */
/** @import { Found } from "./found.js" */
/** @import { Settings } from "./settings.js" */
/** @import { Side } from "./side.js" */

/** plain: the picture alone. @typedef {"attention" | "similarity" | "difference" | "pca" | "segments" | "moved" | "plain"} Quantity */
/** Values on a scale of colours. @typedef {{ values: Float32Array, domain: Domain, scale: Scale, table: Uint32Array, of?: number }} Scaled `of` so many pictures the scale is */
/** @typedef {{ quantity: Quantity, grid: Grid } & (Scaled | { pixels: Uint32Array })} Drawn */

/**
 * @param {Settings["show"]} show
 * @param {number} side
 * @returns {Quantity}
 */
export function quantityOf(show, side) {
  if (show === "both") return side === 0 ? "attention" : "similarity";
  if (show === "moved") return side === 0 ? "plain" : "moved";
  return show;
}

/**
 * On the left and on the right; null while it is on its way.
 *
 * @param {Comparison} comparison
 * @param {Omit<Found, "drawn">} found
 * @returns {Found["drawn"]}
 */
export function drawnOn({ settings, data, sides, joint }, found) {
  const values = sides.map((side) => valuesOf(side, found));
  const [left, right] = values;
  if (settings.difference && left && right && isAlike(sides[0].grid, sides[1].grid)) {
    const differences = differenceOf(left, right, data);
    /** @type {Scaled} */
    const scaled = { values: differences, domain: differenceDomain(differences), scale: "linear", table: divergingTable() };
    return [
      { quantity: "difference", grid: sides[0].grid, ...scaled },
      { quantity: "difference", grid: sides[1].grid, ...scaled },
    ];
  }
  const together = sharesScale(settings) ? values.filter((each) => each !== null) : null;
  const drawn = (/** @type {Side} */ side) => {
    const quantity = quantityOf(settings.show, side.index);
    if (quantity === "plain") return { quantity, grid: side.grid, pixels: new Uint32Array(side.grid.rows * side.grid.cols) };
    if (quantity === "pca" || quantity === "segments") return joint.drawn(quantity, side.index, side.grid);
    const of = values[side.index];
    return of && scaledOn(side, quantity, of, together ?? [of]);
  };
  return [drawn(sides[0]), drawn(sides[1])];
}

/** True if both maps have one colour scale. Similarities to a patch and to its match always have one. @param {Settings} settings */
function sharesScale({ show, scales, asks }) {
  if (show === "similarity" && asks === "match") return true;
  return scales === "one" && quantityOf(show, 0) === quantityOf(show, 1);
}

/**
 * A value a patch, where what is shown has one.
 *
 * @param {Side} side
 * @param {Omit<Found, "drawn">} found
 */
function valuesOf(side, { similarity }) {
  const quantity = quantityOf(side.comparison.settings.show, side.index);
  const values = ofQuantity(side, quantity, similarity[side.index]);
  return values?.length === side.grid.rows * side.grid.cols ? values : null;
}

/**
 * @param {Side} side
 * @param {Quantity} quantity
 * @param {Float32Array | null} similarity
 */
function ofQuantity(side, quantity, similarity) {
  if (quantity === "attention") return side.attention();
  if (quantity === "moved") return side.moved();
  return quantity === "similarity" ? similarity : null;
}

/**
 * @param {Side} side
 * @param {Quantity} quantity
 * @param {Float32Array} values
 * @param {readonly Float32Array[]} together those that have one scale
 * @returns {Drawn}
 */
function scaledOn({ grid, comparison }, quantity, values, together) {
  const { scale: wanted, map } = comparison.settings;
  const scale = quantity === "similarity" && wanted !== "linear" ? "robust" : wanted; // a cosine can be below 0
  const domain = quantity === "similarity" ? similarityDomain(together, scale) : widestDomain(together, scale);
  return { quantity, grid, values, domain, scale, table: colourTable(map), of: together.length };
}

/** Return the colour scale with the highest end. It hides no more of a map than the map's own scale. @param {readonly Float32Array[]} maps @param {Scale} scale */
function widestDomain(maps, scale) {
  return maps.map((map) => colourDomain(map, scale)).reduce((widest, domain) => (domain.high > widest.high ? domain : widest));
}

/**
 * @param {Grid} a
 * @param {Grid} b
 */
export function isAlike(a, b) {
  return a.rows === b.rows && a.cols === b.cols;
}
