// What a comparison misses: features of both sides, and queries and keys where attention is looked at. First what is shown.
import { Fetching } from "../data/fetching.js";
import { Server } from "../data/source.js";
import { featuresWanted, pictureWanted } from "../data/wanted.js";
import { missedLayers, missedNow } from "../explorer/missed.js";
import { isStored } from "../shared/stored.js";

/** @import { Missed } from "../data/fetching.js" */
/** @import { CompareData, Comparison } from "./comparison.js" */
/** @import { Side } from "./side.js" */

/** Of the features of all layers of both sides, in 32 bits. Of more than that a layer comes when it is looked at. */
const MOST_BYTES = 128 * 2 ** 20;

/**
 * @param {Comparison} comparison
 * @param {() => void} onGone asks for another lease
 */
export function fetchingFor(comparison, onGone) {
  const sources = () => comparison.sides.map(({ exploration }) => exploration.source).filter((source) => source !== null);
  return new Fetching(() => missed(comparison), { sources, onGone });
}

/** @param {Comparison} comparison @returns {Missed[]} */
function missed({ data, sides }) {
  if (!data) return [];
  const now = sides.flatMap((side) => shownOf(side));
  const records = () => sides.flatMap(({ exploration }) => missedLayers(exploration));
  const features = () => (fits(sides) ? sides.flatMap((side) => otherFeatures(side)) : []);
  const [first, then] = sides.every(({ attends }) => attends) ? [records, features] : [features, records];
  return [...now, ...first(), ...then(), ...otherPictures(data)];
}

/** The pictures of the set besides the sides' own. @param {CompareData} data @returns {Missed[]} */
function otherPictures({ pictures }) {
  return pictures.flatMap(({ picture, lease }) =>
    lease && !isStored(picture) ? [{ ...pictureWanted(picture), from: new Server(lease) }] : [],
  );
}

/** The picture and features of a side; its queries and keys too, if attention is shown. @param {Side} side @returns {Missed[]} */
function shownOf(side) {
  const { source } = side.exploration;
  if (!source) return [];
  const picture = pictureWanted(side.data.picture);
  const wanted = [picture, wantedOf(side, side.layer)].map((each) => ({ ...each, from: source, urgent: true }));
  const missing = wanted.filter(({ id }) => !isStored(id));
  return side.attends ? [...missedNow(side.exploration), ...missing] : missing;
}

/** @param {Side} side @param {number} layer */
const wantedOf = (side, layer) => featuresWanted(side.data, layer, side.comparison.settings.kind);

/** The features of the other layers, the nearest first. @param {Side} side @returns {Missed[]} */
function otherFeatures(side) {
  const { exploration, layer: shown } = side;
  const from = exploration.source;
  const layers = side.data.layers.map((_, layer) => layer).filter((layer) => side.features(layer) === undefined);
  const nearest = layers.sort((a, b) => Math.abs(a - shown) - Math.abs(b - shown));
  return from ? nearest.map((layer) => ({ ...wantedOf(side, layer), from })) : [];
}

/** Whether the features of all layers may be here. @param {readonly Side[]} sides */
function fits(sides) {
  const bytes = sides.map((side) => {
    const dim = side.features(side.layer)?.dim ?? Infinity;
    return side.data.layers.reduce((sum, { rows, cols }) => sum + 4 * rows * cols * dim, 0);
  });
  return bytes[0] + bytes[1] <= MOST_BYTES;
}
