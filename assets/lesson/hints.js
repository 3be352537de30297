// A definition of each term that a newcomer may not know.

/** @type {Record<string, string>} */
export const HINTS = {
  token: "a word, a part of a word or a patch of an image, as a vector of numbers.",
  query: "the vector that is compared with every key, to decide how much of each value to take.",
  "dot product":
    "multiply two vectors number by number, and add up the products. It is positive if the vectors point in similar directions, " +
    "0 if they are at right angles, and negative if they point in opposite directions.",
  softmax:
    "e to the power of each number, divided by the sum of these powers. No result is negative, and all results sum to 1.",
};
