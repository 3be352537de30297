// One plain sentence for each word that a newcomer may not know.

/** @type {Record<string, string>} */
export const HINTS = {
  token: "a word or part of one, or a patch of an image, as a vector: a row of numbers.",
  query: "the vector that is compared with every key, to decide how much is taken from each value.",
  "dot product":
    "multiply number by number and add up: positive where two vectors point the same way, 0 at right angles, negative where they " +
    "point apart.",
  softmax: "e to the power of each number, divided by the sum of these powers: none is negative, and together they are 1.",
};
