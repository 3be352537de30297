// What is said of what is shown.
import { layerName } from "../view/settings.js";
import { placeOf } from "../maths/patches.js";
import { recordingOf } from "../data/wanted.js";
import { SCALE_NAMES, facts, headsName } from "../view/words.js";
import { differenceWords } from "./difference.js";
import { quantityOf } from "./drawn.js";
import { ratioOf } from "./similarity.js";

/** @import { Grid } from "../maths/patches.js" */
/** @import { Fact } from "../figures/number_lists.js" */
/** @import { Comparison } from "./comparison.js" */
/** @import { Drawn } from "./drawn.js" */
/** @import { Side } from "./side.js" */

export const KINDS = /** @type {Record<string, string>} */ ({
  features: "Features (normed)",
  raw: "Features (raw)",
  q: "Queries",
  k: "Keys",
  v: "Values",
});
export const CLEANS = { "as-is": "As they are", mean: "Less their mean", position: "Less what position explains" };
const CLEANED = { "as-is": "", mean: ", less mean", position: ", less position" };

/** What patches are compared by, in few words. @param {import("./settings.js").Settings} settings */
export const comparedBy = ({ kind, clean }) => KINDS[kind].replace(" (normed)", "") + CLEANED[clean];

/**
 * @param {number} patch
 * @param {Grid} grid
 */
export function nameOf(patch, grid) {
  return `Patch (${placeOf(patch, grid).join(", ")})`;
}

/** Why there is no line. @param {import("./settings.js").Settings} settings */
export function noMatchSays({ within, mutual, ratio }) {
  const which = mutual ? "No mutual match" : "No match";
  if (within === "box") return `${which} begins in the box`;
  if (within === "foreground") return `${which} has both ends in the foreground`;
  const [, segment] = within.split("-");
  if (segment !== undefined) return `${which} has both ends in segment ${Number(segment) + 1}`;
  return ratio < 1 ? `${which} has Lowe's ratio below ${ratio.toFixed(2)}` : `There is ${which.toLowerCase()}`;
}

/** Choices of the colour scales of two maps. */
export const SCALES = { one: "One colour scale", own: "A colour scale each" };

/** A cosine, in as many decimals as every other. @param {number} value */
export const cosineText = (value) => value.toFixed(4);

/** A value of what is drawn; undefined where any number's form will do. @param {Drawn["quantity"]} quantity @param {number} value */
export const valueText = (quantity, value) => (quantity === "similarity" ? cosineText(value) : undefined);

/** @param {Comparison} comparison @param {Drawn} drawn */
export function legendOf({ data }, drawn) {
  if (drawn.quantity === "difference") return differenceWords(data).legend;
  if (drawn.quantity === "similarity" && "scale" in drawn) return `cosine${similarityEnds(drawn)}`;
  if (drawn.quantity === "pca") return "component";
  if (drawn.quantity === "moved") return "1 − cosine, left to right";
  return "scale" in drawn
    ? `attention, ${SCALE_NAMES[drawn.scale]}, ${drawn.of === 2 ? "one scale for both" : "own scale"}`
    : "";
}

/** @param {Drawn & import("./drawn.js").Scaled} drawn */
function similarityEnds({ scale, of }) {
  return scale === "linear" ? ", 0 to 1" : `, 1st to 99.5th percentile${of === 2 ? " of both" : ""}`;
}

/** The layer of a side, and which of its heads where not all are on the map. @param {Side} side */
export function layerSays({ data, layer, settings, attends }) {
  const heads = attends && settings.heads ? `, ${headsName(settings, data.layers[layer].numHeads)}` : "";
  return `layer ${layerName(data, layer)}${heads}`;
}

const SHOWN = /** @type {Record<string, string>} */ ({
  attention: "where the patch looks",
  similarity: "similarity to the patch",
  pca: "principal components",
  segments: "segments",
  moved: "how far each patch moved",
  plain: "the picture alone",
});

/** What a canvas is called. @param {Side} side */
export function canvasName(side) {
  const { comparison, data, index, title } = side;
  const quantity = comparison.shown().drawn[index]?.quantity ?? quantityOf(comparison.settings.show, index);
  const what = quantity === "difference" ? differenceWords(comparison.data).canvas : SHOWN[quantity];
  return `${index ? "Right" : "Left"} picture, ${title}: ${what}, ${data.model}, ${layerSays(side)}`;
}

/** What a reader of a match has to know. @param {Comparison} comparison */
export function warningOf({ sides }) {
  const [left, right] = sides.map(({ data, layer }) => layerName(data, layer));
  return left === right ? "" : "of different layers: no common measure";
}

/** The value under the pointer while another patch is pinned; null where there is none. @param {Side} side */
export function pointedOf({ comparison, index, hovered, grid }) {
  const drawn = comparison.shown().drawn[index];
  if (!comparison.settings.pin || hovered === null || !drawn || !("values" in drawn)) return null;
  return { place: placeOf(hovered, grid).join(", "), value: drawn.values[hovered], quantity: drawn.quantity };
}

/** How far the asked patch moved, where that is drawn. @param {Side} side */
export function movedOf(side) {
  const { comparison, index, asking } = side;
  const drawn = comparison.shown().drawn[index];
  if (stillSays(side, drawn)) return null;
  return drawn?.quantity === "moved" && "values" in drawn ? drawn.values[asking] : null;
}

/** What the map waits for. @param {Side} side */
export function waitingFor({ comparison, data, layer, attends }) {
  const { show } = comparison.settings;
  if (show === "pca") return "The components are being computed…";
  if (show === "segments") return "The segments are being computed…";
  return `Layer ${layerName(data, layer)} is on its way…${attends || data.inBrowser ? "" : " It is computed on the server."}`;
}

/** What the list of the largest values is called. @param {Side} side @param {Drawn["quantity"]} quantity */
export function listName({ index, title, comparison }, quantity) {
  if (quantity === "difference") return differenceWords(comparison.data).lists[index];
  return `${title}: ${largestOf(quantity)}`;
}

/** @param {Drawn["quantity"]} quantity */
function largestOf(quantity) {
  if (quantity === "attention") return "where it looks most";
  if (quantity === "similarity") return "most like it";
  if (quantity === "moved") return "the patches that moved most";
  return quantity === "pca" ? "its components" : "its segment";
}

/**
 * Why nothing is seen of how far patches moved; "" where some did, or anything else is drawn.
 *
 * @param {Side} side
 * @param {Drawn | null} drawn
 */
export function stillSays({ comparison, layer, data }, drawn) {
  if (drawn?.quantity !== "moved" || !("values" in drawn) || drawn.values.some((value) => value !== 0)) return "";
  if (comparison.stale.size) return ""; // the changed model is on its way
  const [left, right] = comparison.sides.map((side) => recordingOf(side.data, side.layer));
  if (comparison.sides[0].data.recording === comparison.sides[1].data.recording) return "Nothing is changed.";
  const before = left === right ? ": what is changed comes after it" : "";
  return `Nothing moved in layer ${layerName(data, layer)}${before}.`;
}

/** What a side's map is of: of a difference, both; after less before where the right is the left, changed. @param {Side} side @param {Drawn | null} drawn */
export function titleOf({ comparison, title }, drawn) {
  if (drawn?.quantity !== "difference") return title;
  const [left, right] = comparison.sides.map((side) => side.title);
  return comparison.data.changed ? "Changed − as it is" : `${left} − ${right}`;
}

/**
 * The numbers of one side.
 *
 * @param {Side} side
 * @returns {Fact[]}
 */
export function factsOf(side) {
  const { comparison, index } = side;
  const { show } = comparison.settings;
  const drawn = comparison.shown().drawn[index];
  if (show === "pca") return componentFacts(side);
  if (show === "segments") return segmentFacts(side);
  if (drawn?.quantity === "attention") {
    const shown = side.shown();
    return shown ? facts({ settings: side.settings, hovered: side.hovered }, shown) : [];
  }
  if (drawn?.quantity === "moved") return movedFacts(side, drawn);
  return [...matchFacts(side), ...pointerFacts(side)];
}

/** @param {Side} side @param {Drawn} drawn @returns {Fact[]} */
function movedFacts({ asking, grid }, drawn) {
  if (!("values" in drawn)) return [];
  const { values } = drawn;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return [
    { term: nameOf(asking, grid), value: values[asking] },
    { term: "All, on average", value: mean },
  ];
}

/** @param {Side} side @returns {Fact[]} */
function matchFacts({ comparison, index, other }) {
  const { leader, match } = comparison.shown();
  if (leader.side === index || !match) return [];
  const back = match.mutual ? "yes" : `no, its best is (${placeOf(match.back, other.grid).join(", ")})`;
  return [
    { term: "Second best", value: match.second, text: cosineText(match.second) },
    { term: "Lowe's ratio", value: ratioOf(match.similarity, match.second) },
    { term: "Mutual", text: back },
  ];
}

/** @param {Side} side @returns {Fact[]} */
function pointerFacts({ comparison, index, hovered }) {
  const drawn = comparison.shown().drawn[index];
  if (!drawn || !("values" in drawn) || hovered === null) return [];
  const value = drawn.values[hovered];
  return [{ term: "Under the pointer", value, text: valueText(drawn.quantity, value) }];
}

/** @param {Side} side @returns {Fact[]} */
function componentFacts(side) {
  const { comparison, asking } = side;
  const { components } = comparison.joint;
  const scores = comparison.joint.scoresOf(side, asking);
  if (!components || !scores) return [];
  const { component } = comparison.settings;
  const numbers = component === "rgb" ? [0, 1, 2] : [Number(component) - 1];
  return numbers.map((number) => ({ term: `Component ${number + 1}`, value: scores[number] }));
}

/** @param {Side} side @returns {Fact[]} */
function segmentFacts(side) {
  const labels = side.comparison.joint.labelsOf(side);
  if (!labels) return [];
  const label = labels[side.asking];
  const share = labels.filter((each) => each === label).length / labels.length;
  return [
    { term: "Segment", value: label, text: String(label + 1) },
    { term: "Share of this picture", value: share, text: `${(100 * share).toFixed(1)} %` },
  ];
}

/** For screen readers, on keyboard and click. @param {Comparison} comparison */
export function spoken(comparison) {
  const { leader, asked, match } = comparison.shown();
  const [here, there] = [comparison.sides[leader.side], comparison.sides[1 - leader.side]];
  const says = (/** @type {Side} */ side) => {
    const [row, col] = placeOf(asked[side.index], side.grid);
    return `row ${row} column ${col} of ${side.title}`;
  };
  const pinned = comparison.settings.pin ? " pinned" : "";
  const answer = match
    ? `Best match ${says(there)}, cosine ${match.similarity.toFixed(2)}${match.mutual ? ", mutual" : ""}.`
    : `Beside it ${says(there)}.`;
  return `Patch ${says(here)}${pinned}. ${answer}`;
}
