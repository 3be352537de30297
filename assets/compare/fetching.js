// The data that a comparison lacks: features of both sides, queries and keys if attention is shown, and results over several pictures.
// Data on the screen come first.
import { Fetching } from "../data/fetching.js";
import { Server } from "../data/source.js";
import { featuresWanted, pictureWanted } from "../data/wanted.js";
import { missedLayers, missedNow } from "../view/missed.js";
import { isStored } from "../data/stored.js";
import { jointKinds, jointWanted } from "./joint_wanted.js";
import { SIDES } from "../view/settings.js";

/** @import { Missed } from "../data/fetching.js" */
/** @import { CompareData, Comparison } from "./comparison.js" */
/** @import { Side } from "./side.js" */

/** Of the features of all layers of both sides, in 32 bits. Of more than that a layer comes when it is looked at. */
const MOST_BYTES = 128 * 2 ** 20;

/**
 * @param {Comparison} comparison
 * @param {() => void} onGone asks for other leases
 */
export function fetchingFor(comparison, onGone) {
  const leased = new Leased();
  const sources = () => [
    ...comparison.sides.map(({ exploration }) => exploration.source).filter((source) => source !== null),
    ...(comparison.data?.pictures.slice(2) ?? []).flatMap(({ lease }) => (lease ? [leased.of(lease)] : [])),
  ];
  return new Fetching(() => missed(comparison, leased), { sources, onGone });
}

/** The sources of leases besides the sides' own. */
class Leased {
  /** @type {Map<string, Server>} */ servers = new Map();

  /** The source that asks under a lease, and another one with other leases beside it. @param {string} lease @param {string} [beside] */
  of(lease, beside = "") {
    const name = `${lease} ${beside}`;
    const known = this.servers.get(name) ?? new Server(lease);
    this.servers.set(name, known);
    return known;
  }
}

/** @param {Comparison} comparison @param {Leased} leased @returns {Missed[]} */
function missed(comparison, leased) {
  const { data, sides, settings } = comparison;
  if (!data) return [];
  const shown = sides.flatMap((side) => shownOf(side));
  const joint = jointOf(comparison, leased);
  const pictures = shown.filter(({ kind }) => kind === "picture");
  const isJoint = settings.show === "pca" || settings.show === "segments";
  const now = isJoint ? [...pictures, ...joint, ...shown] : [...shown, ...joint];
  const records = () => sides.flatMap(({ exploration }) => missedLayers(exploration));
  const looking = sides.filter(looksAtFeatures);
  const features = () => (fits(looking) ? looking.flatMap((side) => otherFeatures(side)) : []);
  const [first, then] = sides.every(({ attends }) => attends) ? [records, features] : [features, records];
  return [...now, ...first(), ...then(), ...otherPictures(data, leased)];
}

/** Results over several pictures. @param {Comparison} comparison @param {Leased} leased @returns {Missed[]} */
function jointOf(comparison, leased) {
  const { lease } = comparison.data.sides[0];
  if (!lease) return [];
  const wanted = jointKinds(comparison).map((kind) => jointWanted(comparison, kind));
  return wanted
    .filter(({ id }) => !isStored(id))
    .map((each) => ({ ...each, from: leased.of(lease, JSON.stringify(each.body.leases)), urgent: true }));
}

/** The pictures of the set besides the sides' own. @param {CompareData} data @param {Leased} leased @returns {Missed[]} */
function otherPictures({ pictures }, leased) {
  return pictures
    .slice(2)
    .flatMap(({ picture, lease }) =>
      lease && !isStored(picture) ? [{ ...pictureWanted(picture), from: leased.of(lease) }] : [],
    );
}

/** The picture and features of a side; its queries and keys too, if attention is shown. @param {Side} side @returns {Missed[]} */
function shownOf(side) {
  const { source } = side.exploration;
  if (!source) return [];
  const picture = pictureWanted(side.data.picture);
  const features = looksAtFeatures(side) ? [wantedOf(side, side.layer)] : [];
  const wanted = [picture, ...features].map((each) => ({ ...each, from: source, urgent: true }));
  const missing = wanted.filter(({ id }) => !isStored(id));
  return side.attends ? [...missedNow(side.exploration), ...missing] : missing;
}

/** Whether what is drawn takes features: attention at one place does not. @param {Side} side */
function looksAtFeatures({ attends, comparison }) {
  return !attends || comparison.settings.asks === "match";
}

/** @param {Side} side @param {number} layer */
function wantedOf(side, layer) {
  const fails = (/** @type {string} */ says) =>
    `The ${SIDES[side.index]} side has attention alone in this layer: ${says[0].toLowerCase()}${says.slice(1)}`;
  return { ...featuresWanted(side.data, layer, side.comparison.settings.kind), fails };
}

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
  return bytes.reduce((sum, each) => sum + each, 0) <= MOST_BYTES;
}
