// Whose looks the numbers of all heads are of: those of the query, of all queries, or of who looks into the box.
import { askingName } from "./words.js";

/** @import { Exploration } from "./exploration.js" */

/**
 * Who may look into the box.
 *
 * @param {Exploration} exploration
 * @param {"short" | "long"} form
 */
export function lookersOf(exploration, form) {
  const [prefix] = exploration.data.layers[0].prefix;
  const query = exploration.asking === null || form === "short" ? "query" : askingName(exploration);
  return {
    outside: form === "short" ? "From all" : "From everywhere outside",
    ...(prefix && { prefix: `From ${prefix}` }),
    query: `From ${query}`,
  };
}

/** Whose they are, where they are not the query's that the maps are of; else "". @param {Exploration} exploration */
export function lookersSaid(exploration) {
  const { measures, settings, data } = exploration;
  if (measures.chosen?.name !== "box") return measures.over === "picture" ? "over all queries" : "";
  if (settings.from === "outside") return "from everywhere outside the box";
  const [prefix] = data.layers[0].prefix;
  return settings.from === "prefix" && exploration.asking !== null ? `from ${prefix}` : "";
}
