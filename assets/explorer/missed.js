// What an exploration misses, the most urgent first: what is on the screen, what other figures need, then what may be looked at next.
import { layerWanted, likenessWanted, numbersWanted, pictureWanted, rolloutWanted, rowsWanted } from "../data/wanted.js";
import { isStored } from "../shared/stored.js";

/** @import { Missed } from "../data/fetching.js" */
/** @import { Wanted } from "../data/wanted.js" */
/** @import { Exploration } from "./exploration.js" */

/** All that is missed, numbers of all heads included. @param {Exploration} exploration @returns {Missed[]} */
export function missedBy(exploration) {
  const layers = missedLayers(exploration);
  const numbers = layers.length ? [] : missing(exploration, numbersOf(exploration));
  return [...missedNow(exploration), ...layers, ...numbers];
}

/** What the screen waits for. @param {Exploration} exploration @returns {Missed[]} */
export function missedNow(exploration) {
  const { data, layer } = exploration;
  if (!data || !exploration.source) return [];
  const row = rowOf(exploration);
  const map = data.inBrowser && exploration.settings.depth === "layer" ? layerWanted(data, layer) : row;
  const wanted = [pictureWanted(data.picture), map, row, ...exploration.needs.values()];
  return missing(
    exploration,
    wanted.filter((each) => each !== null),
  ).map((each) => ({ ...each, urgent: true }));
}

/** Queries and keys of the other layers, the nearest first, once there is a map. @param {Exploration} exploration */
export function missedLayers(exploration) {
  const { data, drawn, layer: shown } = exploration;
  if (!data?.inBrowser || !data.allLayers || !drawn) return [];
  const numbers = data.layers.map((_, layer) => layer).sort((a, b) => Math.abs(a - shown) - Math.abs(b - shown));
  const wanted = numbers.map((layer) => layerWanted(data, layer));
  return missing(exploration, wanted);
}

/**
 * The row that the server computes: of a rollout, of a model whose rows do not follow from queries and keys, and exactly for a
 * token that was chosen.
 *
 * @param {Exploration} exploration
 * @returns {Wanted | null}
 */
export function rowOf(exploration) {
  const { data, settings, layer } = exploration;
  const ask = exploration.ask(layer);
  if (settings.depth === "rollout") return rolloutWanted(data, settings, ask.token);
  if (data.served === false) return null;
  const isChosen = settings.pin !== null || settings.query === "prefix";
  return isChosen || !data.inBrowser ? rowsWanted(data, layer, ask) : null;
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
