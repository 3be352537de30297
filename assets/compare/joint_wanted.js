// Requests about several pictures together (ui/compare/findings.py): matches of both sides, components and segments of the set.

/** @import { Wanted } from "../data/wanted.js" */
/** @import { Comparison } from "./comparison.js" */
/** @import { Settings } from "./settings.js" */

/** @typedef {"matches" | "components" | "segments"} JointKind */

/** The settings by which each is found. @type {Record<JointKind, (keyof Settings)[]>} */
const DECIDES = {
  matches: ["kind", "clean"],
  components: ["kind", "clean", "foreground"],
  segments: ["kind", "clean", "k"],
};

/**
 * The kinds that the settings need.
 *
 * @param {Pick<Comparison, "data" | "settings">} comparison
 * @returns {JointKind[]}
 */
export function jointKinds({ data, settings }) {
  if (data.served === false || data.matches === false) return [];
  const { show, lines, within } = settings;
  /** @type {Record<JointKind, boolean>} */
  const needs = {
    matches: lines > 0,
    components: show === "pca" || within === "foreground",
    segments: show === "segments" || within.startsWith("segment-"),
  };
  return /** @type {JointKind[]} */ (Object.keys(needs)).filter((kind) => needs[kind]);
}

/**
 * One kind, at the layers that were chosen.
 *
 * @param {Pick<Comparison, "data" | "settings">} comparison
 * @param {JointKind} kind
 * @returns {Wanted}
 */
export function jointWanted({ data, settings }, kind) {
  const view = Object.fromEntries(DECIDES[kind].map((name) => [name, settings[name]]));
  const { parts, leases } = partsOf({ data, settings }, kind === "matches" ? 2 : data.pictures.length);
  const id = kind === "matches" ? matchesId(data, settings, settings.layers) : setId(data, settings, kind, view);
  return { id, kind, body: { parts, leases, view }, entry: { kind } };
}

/**
 * The id of the matches of two layers.
 *
 * @param {Comparison["data"]} data
 * @param {Settings} settings
 * @param {readonly number[]} layers
 */
export function matchesId({ sides }, { kind, clean }, layers) {
  const [left, right] = sides.map(({ recording }, at) => `${recording}/${layers[at]}`);
  return `matches:${left}|${right}/${kind}/${clean}`;
}

/** @param {Comparison["data"]} data @param {Settings} settings @param {"components" | "segments"} kind @param {object} view */
function setId({ pictures, oneSpace, served, given }, { layers }, kind, view) {
  if (served === false) return given?.[kind] ?? "";
  const set = pictures.map(({ recording }) => recording).join("|");
  return `${kind}:${set}/${layers.join()}/${oneSpace}/${Object.values(view).join("/")}`;
}

/**
 * The parts of a request, and the leases of all but the left side's, whose token stands in the header. All but the right side are
 * taken at the layer of the left one.
 *
 * @param {Pick<Comparison, "data" | "settings">} comparison
 * @param {number} [count] of pictures
 */
export function partsOf({ data, settings }, count = data.pictures.length) {
  const { sides, pictures, oneSpace } = data;
  const parts = pictures.slice(0, count).map((_, at) => ({
    ...(at ? { of: String(at) } : {}),
    layer: settings.layers[at === 1 ? 1 : 0],
    space: oneSpace ? 0 : at,
  }));
  const tokens = pictures
    .slice(0, count)
    .map(({ lease }, at) => /** @type {const} */ ([String(at), sides[at]?.lease ?? lease]));
  return { parts, leases: Object.fromEntries(tokens.slice(1)) };
}

/** All of the view that the server needs for a file or a script of it. @param {Comparison} comparison */
export function viewAsked(comparison) {
  const { data, settings, sides } = comparison;
  const { parts, leases } = partsOf(comparison);
  const named = parts.map((part, at) => ({ ...part, title: data.pictures[at].title, file: data.sides[at]?.file ?? "" }));
  const asking = sides[0].placeOf(sides[0].asking);
  return { parts: named, leases, view: settings, oneSpace: data.oneSpace, asking };
}

/** How far heads and layers moved from the left side to the right one. @param {Comparison} comparison @returns {Wanted} */
export function movementWanted({ data, settings }) {
  const id = `movement:${data.sides.map(({ recording }) => recording).join("|")}`;
  return { id, kind: "movement", body: partsOf({ data, settings }, 2), entry: { kind: "movement" } };
}
