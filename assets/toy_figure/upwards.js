// The figure from top to bottom: y, the weighted values, the weights with the eyes of the mask, the keys, the inputs.
import { tall } from "../lesson_figure/lettering.js";
import { fitted } from "../maths/fit.js";

/** @import { Room } from "../lesson_figure/plan.js" */
/** @import { Shape } from "./data.js" */

/** @param {Shape & { captioned: boolean }} shape @param {Room} room */
export function upwardsOf(shape, room) {
  const { headDim, valueDim, projected, biased } = shape;
  const inputDim = Math.max(shape.dim, shape.sourceDim);
  const groupDim = projected ? Math.max(headDim, valueDim) : 0;
  const { margin, name, caption, cell, sumGap, seam, weight, eye, keyGap, inputGap, biasGap } = sizesOf(shape, room);
  const used =
    2 * margin +
    (projected ? 4 : 3) * name +
    (shape.captioned ? caption : 0) +
    (2 * valueDim + groupDim + inputDim + (biased ? 1 : 0)) * cell +
    sumGap +
    seam +
    weight +
    eye +
    keyGap +
    (projected ? inputGap : 0) +
    (biased ? biasGap : 0);
  const outputTop = (room.height - used) / 2 + margin + name;
  const productTop = outputTop + valueDim * cell + sumGap + name;
  const weightTop = productTop + valueDim * cell + seam;
  const eyeTop = weightTop + weight;
  const groupTop = eyeTop + eye + keyGap;
  const groupBottom = groupTop + groupDim * cell;
  const inputTop = projected ? groupBottom + name + inputGap : groupTop;
  const inputBottom = inputTop + inputDim * cell;
  return {
    cellHeight: cell,
    nameHeight: name,
    outputTop,
    productTop,
    weightTop,
    weightHeight: weight,
    eyeTop,
    eyeHeight: eye,
    groupTop,
    groupBottom,
    inputTop,
    inputBottom,
    captionTop: inputBottom + name,
    captionHeight: caption,
    biasGap,
    laneBottom: projected ? inputTop - inputGap : inputBottom + name,
  };
}

/** @param {Shape & { captioned: boolean }} shape @param {Room} room */
function sizesOf({ dim, sourceDim, headDim, valueDim, projected, biased, captioned }, { height, digits }) {
  const deep = 2 * valueDim + Math.max(dim, sourceDim) + (projected ? Math.max(headDim, valueDim) : 0) + (biased ? 1 : 0);
  /** @param {number} count @param {number[]} sizes in sizes of digits */
  const part = (count, ...sizes) => ({ count, sizes: sizes.map((size) => size * digits) });
  return fitted(height, {
    margin: part(2, 0.25, 0.35, 0.6, 1, 1),
    name: part(projected ? 4 : 3, 1.45, 1.5, 1.7, 2.1, 2.2),
    caption: part(captioned ? 1 : 0, 1.25, 1.3, 1.4, 1.5, 1.5),
    cell: { count: deep, sizes: [1, tall(digits) + 0.2, 1.5 * digits, 3.1 * digits, 3.1 * digits] },
    sumGap: part(1, 1.2, 1.7, 2.6, 5.5, 9),
    seam: part(1, 0.3, 0.3, 0.4, 0.8, 1),
    weight: part(1, 1.4, 1.6, 2, 3.1, 3.1),
    eye: part(1, 1.3, 1.35, 1.5, 1.8, 1.8),
    keyGap: part(1, 1.1, 1.6, 2.4, 5.5, 9),
    inputGap: part(projected ? 1 : 0, 1.2, 1.9, 2.8, 5.5, 9),
    biasGap: part(biased ? 1 : 0, 0.2, 0.25, 0.35, 0.5, 0.5),
  });
}
