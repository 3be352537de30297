// The numbers of what is shown, as CSV: every row says the layer and the measure, so that it can be read by itself.
import { layerName } from "../view/settings.js";
import { placeOf } from "../maths/patches.js";
import { headsName } from "../view/words.js";
import { csv } from "../data/csv.js";
import { differenceWords } from "./difference.js";
import { SIDES } from "../view/settings.js";
import { COMPONENTS } from "./settings.js";
import { ratioOf } from "./similarity.js";
import { comparedBy } from "./words.js";

/** @import { Cell } from "../data/csv.js" */
/** @import { Comparison } from "./comparison.js" */
/** @import { Drawn } from "./drawn.js" */
/** @import { Side } from "./side.js" */

/** The matches where lines are drawn; else what is drawn of every patch. @param {Comparison} comparison */
export function tableOf(comparison) {
  const matches = comparison.joint.matches();
  if (matches) return matchTable(comparison, matches.all);
  const { show } = comparison.settings;
  if (show === "pca" || show === "segments") return jointTable(comparison, show);
  const { drawn } = comparison.shown();
  const attends = comparison.sides.some((side) => side.attends);
  const value = drawn[0]?.quantity === drawn[1]?.quantity ? (drawn[0]?.quantity ?? "value") : "value";
  return csv(["side", "picture", "layer", ...(attends ? ["heads"] : []), "measure", "row", "col", value], rows());
  /** @returns {Generator<Cell[]>} */
  function* rows() {
    for (const side of comparison.sides) {
      const { index, title, grid, data, layer, settings } = side;
      const own = drawn[index];
      if (!own || !("values" in own)) continue;
      const heads = side.attends ? headsName(settings, data.layers[layer].numHeads) : "";
      const about = [SIDES[index], title, layerName(data, layer), ...(attends ? [heads] : []), measureOf(side, own.quantity)];
      for (let patch = 0; patch < own.values.length; patch++) yield [...about, ...placeOf(patch, grid), own.values[patch]];
    }
  }
}

/** The numbers of both layers, or of the one that both show. @param {Comparison} comparison */
export function layersIn({ sides }) {
  const [left, right] = sides.map(({ data, layer }) => layerName(data, layer));
  return left === right ? `layer-${left}` : `layers-${left}-${right}`;
}

/** What the numbers of a side are. @param {Side} side @param {Drawn["quantity"]} quantity */
function measureOf({ attends, comparison }, quantity) {
  const differing = (/** @type {string} */ measure) =>
    quantity === "difference" ? `${measure}, ${differenceWords(comparison.data).measure}` : measure;
  if (quantity === "attention" || (quantity === "difference" && attends)) return differing("attention");
  const of = comparedBy(comparison.settings).toLowerCase();
  return quantity === "moved" ? `1 − cosine of ${of}` : differing(`cosine of ${of}`);
}

/** @param {Comparison} comparison @param {readonly import("./matches.js").Match[]} matches */
function matchTable({ sides, settings }, matches) {
  const places = ["left_row", "left_col", "right_row", "right_col"];
  const names = ["left_layer", "right_layer", "measure", ...places, "similarity", "second", "ratio", "mutual"];
  const about = [...sides.map(({ data, layer }) => layerName(data, layer)), `cosine of ${comparedBy(settings).toLowerCase()}`];
  return csv(
    names,
    matches.map(({ patches, similarity, second, mutual }) => [
      ...about,
      ...patches.flatMap((patch, side) => placeOf(patch, sides[side].grid)),
      similarity,
      second,
      ratioOf(similarity, second),
      String(mutual),
    ]),
  );
}

/** @param {Comparison} comparison @param {"pca" | "segments"} show */
function jointTable({ data, sides, settings, joint }, show) {
  const { components, segments } = joint;
  const grids = (show === "pca" ? components : segments)?.grids ?? [];
  const numbers = Array.from({ length: COMPONENTS }, (_, at) => `component_${at + 1}`);
  const measure = `${show === "pca" ? "components" : "segments"} of ${comparedBy(settings).toLowerCase()}`;
  return csv(["picture", "layer", "measure", "row", "col", ...(show === "pca" ? numbers : ["segment"])], rows());
  /** @returns {Generator<Cell[]>} */
  function* rows() {
    let at = 0;
    for (const [number, picture] of data.pictures.entries()) {
      const { data: of, layer } = sides[number === 1 ? 1 : 0]; // all but the right one are taken at the layer of the left
      const [down, across] = grids[number] ?? [0, 0];
      for (let patch = 0; patch < down * across; patch++, at++) {
        const place = [picture.title, layerName(of, layer), measure, ...placeOf(patch, { cols: across })];
        if (show === "segments" && segments) yield [...place, segments.labels[at] + 1];
        if (show === "pca" && components)
          yield [...place, ...components.scores.subarray(at * COMPONENTS, (at + 1) * COMPONENTS)];
      }
    }
  }
}
