// The measures of heads that say something of what is looked at, with their words and units.
import { filled, MEASURES } from "../data/measures.js";
import { evenOf } from "../maths/row_measures.js";
import { layerName } from "./settings.js";

/** @import { Block } from "../maths/patches.js" */
/** @import { HeadMeasures } from "./head_measures.js" */

/**
 * @typedef {object} Measure
 * @property {string} name
 * @property {string} title
 * @property {string} axis
 * @property {string} unit "%" for a share of 0 to 1, "×" for so many times something
 * @property {string} [of] what that is
 * @property {string} says what it is
 * @property {number | null} even what a head has that looks at everything alike
 */

/**
 * @param {HeadMeasures} measures
 * @returns {Measure[]}
 */
export function measuresOf(measures) {
  const { exploration, like, prefixName } = measures;
  const { data, box } = exploration;
  const { prefix, rows, cols } = data.layers[0];
  /** @type {Record<string, unknown>} */
  const here = { prefix: prefix.length, blocks: data.contributes, box, like };
  const words = { prefix: prefixName, ...(like && { layer: layerName(data, like.layer), head: String(like.head) }) };
  const distances = measures.over === "query" ? measures.distances() : null;
  return MEASURES.filter(({ name, needs = "" }) => (!needs || here[needs]) && measures.has(name)).map((one) => ({
    name: one.name,
    title: filled(one.label, words),
    axis: filled(one.axis, words),
    unit: one.unit,
    says: one.says,
    even:
      one.name === "box"
        ? evenInBox(box, rows * cols, prefix.length)
        : evenOf(one.name, { rows, cols }, prefix.length, distances),
    ...(one.name === "contribution" && asWritten(data.contributes === "stream", one.axis)),
  }));
}

/** @param {Block | null} box @param {number} patches @param {number} numPrefix */
function evenInBox(box, patches, numPrefix) {
  return box && (box.rows * box.cols) / (numPrefix + patches);
}

/** What heads write has another unit where the stream is known that it is added to. @param {boolean} inStream @param {string} axis */
function asWritten(inStream, axis) {
  return inStream ? { unit: "×", of: "stream norm", axis: `${axis}, in norms of the stream` } : { unit: "", of: "" };
}
