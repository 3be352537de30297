// Link parameters that several lessons share.
import { cells, flag, oneOf, place, places, step, wholeNumber } from "./parameters.js";
import { LARGEST_RADIUS, MASKS } from "./vectors.js";

/** The mask, the chosen row and key, the step, and the completed tasks. */
export const EVERYWHERE = {
  mask: oneOf(MASKS),
  radius: wholeNumber(0, LARGEST_RADIUS, 1),
  cells: cells(),
  row: place(2),
  pair: place(null),
  step: step(),
  done: places(1),
};

/** The order of the vectors, and the switch for position encodings. */
export const ORDERED = { order: places(1), positions: flag() };
