// What Python measures of all heads: asked for when somebody looks, once the layers that are on their way have come.
import { isStored } from "../shared/stored.js";
import { askFor } from "../shared/wanted.js";
import { Fetching } from "./fetching.js";

/** @import { Exploration } from "./exploration.js" */
/** @import { Missed } from "./fetching.js" */
/** @import { Wanted } from "../shared/wanted.js" */

/**
 * @param {Exploration} exploration
 * @param {string} key
 */
export function fetchingNumbers(exploration, key) {
  return new Fetching(
    () => missedNumbers(exploration, key),
    (id) => id.includes(`:${exploration.data.recording}`),
    { later: true },
  );
}

/**
 * What is missed most of what was asked for.
 *
 * @param {Exploration} exploration
 * @param {string} key
 * @returns {Missed | null}
 */
export function missedNumbers(exploration, key) {
  const { data } = exploration;
  if (!data || (data.allLayers && !data.layers.every((_, layer) => exploration.has(layer)))) return null;
  for (const wanted of wantedOf(exploration)) {
    const id = `${wanted.what}:${data.recording}${wanted.like ? `/${wanted.like.join(".")}` : ""}`;
    if (!isStored(id)) return { id, ask: () => askFor(`${key}-numbers`, wanted) };
  }
  return null;
}

/** First what is ranked by. @param {Exploration} exploration @returns {Wanted[]} */
function wantedOf({ data, settings, measures }) {
  const { like } = measures;
  const all = measures.asked === "picture";
  /** @type {Wanted} */
  const statistics = { what: "statistics" };
  /** @type {Wanted[]} */
  const likeness = like ? [{ what: "likeness", like: [like.layer, like.head] }] : [];
  const ofAll = settings.measure === "likeness" ? [...likeness, statistics] : [statistics, ...likeness];
  const written = data.contributes && (measures.looked || settings.measure === "contribution");
  return [...(all ? ofAll : []), .../** @type {Wanted[]} */ (written ? [{ what: "contributions" }] : [])];
}
