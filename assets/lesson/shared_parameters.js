// The settings that lessons share, as they stand in the link.
import { cells, flag, oneOf, place, places, step, wholeNumber } from "./parameters.js";
import { LARGEST_RADIUS, MASKS } from "./vectors.js";

/** Which row and key are looked at, at which step; the mask; the tasks that are done. */
export const EVERYWHERE = {
  mask: oneOf(MASKS),
  radius: wholeNumber(0, LARGEST_RADIUS, 1),
  cells: cells(),
  row: place(2),
  pair: place(null),
  step: step(),
  done: places(1),
};

/** The order of the vectors, and whether their places are added to them. */
export const ORDERED = { order: places(1), positions: flag() };
