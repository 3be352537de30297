// What an exploration misses, the most urgent first: what is on the screen, what other figures need, then what may be looked at next.
import {
  layerWanted,
  likenessWanted,
  numbersWanted,
  pictureWanted,
  recordId,
  rowsWanted,
  throughWanted,
} from "../data/wanted.js";
import { isStored } from "../data/stored.js";

/** @import { Missed } from "../data/fetching.js" */
/** @import { Wanted } from "../data/wanted.js" */
/** @import { Exploration } from "./exploration.js" */

/** All that is missed, numbers of all heads included. @param {Exploration} exploration @returns {Missed[]} */
export function missedBy(exploration) {
  const layers = missedLayers(exploration);
  const numbers = layers.length ? [] : missing(exploration, numbersOf(exploration));
  return [...missedNow(exploration), ...layers, ...numbers];
}

/** The data that the screen waits for. @param {Exploration} exploration @returns {Missed[]} */
export function missedNow(exploration) {
  const { data, layer } = exploration;
  if (!data || !exploration.source) return [];
  const record = data.inBrowser && exploration.settings.depth === "layer" ? layerWanted(data, layer) : null;
  const wanted = [pictureWanted(data.picture), rowOf(exploration), record, ...exploration.needs.values()];
  return missing(
    exploration,
    wanted.filter((each) => each !== null),
  ).map((each) => ({ ...each, urgent: true }));
}

/** The other layers, the nearest first, once there is a map: small maps at once, then queries and keys. @param {Exploration} exploration */
export function missedLayers(exploration) {
  const { data, drawn, layer: shown } = exploration;
  if (!data?.inBrowser || !data.allLayers || !drawn) return [];
  const numbers = data.layers.map((_, layer) => layer).sort((a, b) => Math.abs(a - shown) - Math.abs(b - shown));
  const layers = numbers.map((layer) => layerWanted(data, layer));
  return missing(exploration, [...rowsOfLayers(exploration, numbers), ...layers]);
}

/**
 * The asking token's rows in layers that are not here: a hundredth of a layer's bytes. A token under the pointer would ask for
 * them all the time, so it waits for the layers.
 *
 * @param {Exploration} exploration
 * @param {number[]} layers
 * @returns {Wanted[]}
 */
function rowsOfLayers(exploration, layers) {
  const { data, settings, follows } = exploration;
  if (data.served === false || settings.direction !== "outgoing" || follows) return [];
  const absent = layers.filter((layer) => !isStored(recordId(data, layer)));
  return absent.map((layer) => rowsWanted(data, layer, exploration.ask(layer)));
}

/**
 * The row that the server computes: through all layers, of a model whose rows do not follow from queries and keys, of a layer that is
 * not here yet, and exactly for a token that was chosen.
 *
 * @param {Exploration} exploration
 * @returns {Wanted | null}
 */
export function rowOf(exploration) {
  const { data, settings, layer } = exploration;
  const ask = exploration.ask(layer);
  if (settings.depth !== "layer") return throughWanted(data, settings, ask.token);
  if (data.served === false) return null;
  const isChosen = settings.pin !== null || settings.query === "prefix";
  const computes = data.inBrowser && isStored(recordId(data, layer));
  return isChosen || !computes ? rowsWanted(data, layer, ask, computes) : null;
}

/** Numbers of all heads that are looked at, first those by which heads are ranked. @param {Exploration} exploration @returns {Wanted[]} */
function numbersOf({ data, settings, measures }) {
  if (!data?.measured || !(measures.looked || measures.besidePicture)) return [];
  const { like } = measures;
  const statistics = numbersWanted(data, "statistics");
  const alike = like ? [likenessWanted(data, like)] : [];
  const ofAll = settings.measure === "likeness" ? [...alike, statistics] : [statistics, ...alike];
  const written = data.contributes && (measures.looked || settings.measure === "contribution");
  return [...(measures.asked === "picture" ? ofAll : []), ...(written ? [numbersWanted(data, "contributions")] : [])];
}

/** @param {Exploration} exploration @param {Wanted[]} wanted @returns {Missed[]} */
function missing({ source }, wanted) {
  return source ? wanted.filter(({ id }) => !isStored(id)).map((each) => ({ ...each, from: source })) : [];
}
