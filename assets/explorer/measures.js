// What can be measured of heads: the names, the units, and what a head has that looks at everything alike.
import { evenNumbers } from "./head_numbers.js";
import { layerName } from "./settings.js";

/** @import { HeadMeasures } from "./head_measures.js" */

/** @typedef {"mean_distance" | "entropy" | "prefix_share" | "contribution" | "box" | "likeness"} MeasureName */
/**
 * @typedef {object} Measure
 * @property {MeasureName} name
 * @property {string} title
 * @property {string} axis
 * @property {string} unit "%" for a share of 0 to 1, "×" for so many times something
 * @property {string} [of] what that is
 * @property {number | null} even what a head has that looks at everything alike
 */

/**
 * Those that say something of what is looked at.
 *
 * @param {HeadMeasures} measures
 * @returns {Measure[]}
 */
export function measuresOf(measures) {
  const { exploration, like, prefixName } = measures;
  const { data, box } = exploration;
  const { prefix, rows, cols } = data.layers[0];
  const even = evenNumbers({ rows, cols }, prefix.length, measures.over === "query" ? measures.distances() : null);
  const inStream = data.contributes === "stream";
  /** @type {(Measure | null | false | "" | undefined)[]} */
  const all = [
    {
      name: "mean_distance",
      title: "Distance",
      axis: "mean distance, in patches",
      unit: "patches",
      even: even.mean_distance,
    },
    { name: "entropy", title: "Entropy", axis: "entropy, in bits", unit: "bits", even: even.entropy },
    prefix.length > 0 && {
      name: "prefix_share",
      title: `Share of ${prefixName}`,
      axis: `share of ${prefixName}`,
      unit: "%",
      even: even.prefix_share,
    },
    data.contributes && {
      name: "contribution",
      title: "Contribution",
      axis: `norm of what the head writes${inStream ? ", in norms of the stream" : ""}`,
      unit: inStream ? "×" : "",
      of: inStream ? "stream norm" : "",
      even: null,
    },
    box && {
      name: "box",
      title: "Into the box",
      axis: "share that lies in the box",
      unit: "%",
      even: (box.rows * box.cols) / (prefix.length + rows * cols),
    },
    like && {
      name: "likeness",
      title: `Like ${layerName(data, like.layer)}.${like.head}`,
      axis: `likeness to head ${like.head} of layer ${layerName(data, like.layer)}`,
      unit: "",
      even: null,
    },
  ];
  return all.filter((each) => typeof each === "object" && each !== null);
}
