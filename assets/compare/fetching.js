// What a comparison misses: features of both sides, and queries and keys where attention is looked at. First what is shown.
import { Fetching, missedLayer } from "../explorer/fetching.js";
import { recordId } from "../explorer/weights.js";
import { SIDES } from "./settings.js";

/** @import { Missed } from "../explorer/fetching.js" */
/** @import { Comparison } from "./comparison.js" */
/** @import { Side } from "./side.js" */

/** Asks Python for the features of a side's layer. @typedef {(wanted: { side: number, recording: string, layer: number, kind: string }) => void} Want */

/** Of the features of all layers of both sides, in 32 bits. Of more than that a layer comes when it is looked at. */
const MOST_BYTES = 128 * 2 ** 20;

/**
 * @param {Comparison} comparison
 * @param {() => Want | undefined} want
 */
export function fetchingFor(comparison, want) {
  const ids = (/** @type {Side} */ side) =>
    side.data.layers.flatMap((_, layer) => [side.featuresId(layer), recordId(side.data, layer)]);
  return new Fetching(
    () => missed(comparison, want),
    (id) => comparison.sides.some((side) => ids(side).includes(id)),
  );
}

/**
 * @param {Comparison} comparison
 * @param {() => Want | undefined} want
 * @returns {Missed | null}
 */
function missed({ data, sides }, want) {
  if (!data) return null;
  const shown = sides.flatMap((side) => [
    missedNow(side, data.key),
    side.features(side.layer) ? null : askOf(side, side.layer, want),
  ]);
  const features = () => (fits(sides) ? firstOf(sides, (side) => nextOf(side, want)) : null);
  const records = () => firstOf(sides, (side) => missedLayer(side.exploration, keyOf(side, data.key)));
  const [first, then] = sides.every(({ attends }) => attends) ? [records, features] : [features, records];
  return shown.find((each) => each !== null) ?? first() ?? then();
}

/** @param {readonly Side[]} sides @param {(side: Side) => Missed | null} misses */
function firstOf(sides, misses) {
  return sides.map(misses).find((each) => each !== null) ?? null;
}

/** The shown layer's queries and keys, where attention is looked at. @param {Side} side @param {string} key @returns {Missed | null} */
function missedNow(side, key) {
  const waits = side.attends && !side.exploration.has(side.layer);
  return waits ? missedLayer(side.exploration, keyOf(side, key)) : null;
}

/** @param {Side} side @param {string} key */
const keyOf = (side, key) => `${key}-${SIDES[side.index]}`;

/**
 * @param {Side} side
 * @param {number} layer
 * @param {() => Want | undefined} want
 * @returns {Missed}
 */
function askOf(side, layer, want) {
  const ask = () => {
    const { kind } = side.comparison.settings;
    const asks = want();
    asks?.({ side: side.index, recording: side.data.recording, layer, kind });
    return asks !== undefined;
  };
  return { id: side.featuresId(layer), ask };
}

/** The nearest other layer without features. @param {Side} side @param {() => Want | undefined} want */
function nextOf(side, want) {
  const layer = side.exploration.nearest((each) => side.features(each) === undefined);
  return layer === undefined ? null : askOf(side, layer, want);
}

/** Whether the features of all layers may be here. @param {readonly Side[]} sides */
function fits(sides) {
  const bytes = sides.map((side) => {
    const dim = side.features(side.layer)?.dim ?? Infinity;
    return side.data.layers.reduce((sum, { rows, cols }) => sum + 4 * rows * cols * dim, 0);
  });
  return bytes[0] + bytes[1] <= MOST_BYTES;
}
