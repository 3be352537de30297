// The numbers of what is shown, as CSV.
import { placeOf } from "../explorer/settings.js";
import { csv } from "../shared/csv.js";
import { COMPONENTS, SIDES } from "./settings.js";
import { ratioOf } from "./similarity.js";

/** @import { Cell } from "../shared/csv.js" */
/** @import { Comparison } from "./comparison.js" */

/** The matches where lines are drawn; else what is drawn of every patch. @param {Comparison} comparison */
export function tableOf(comparison) {
  const matches = comparison.joint.matches();
  if (matches) return matchTable(comparison, matches.all);
  const { show } = comparison.settings;
  if (show === "pca" || show === "segments") return jointTable(comparison, show);
  const { drawn } = comparison.shown();
  return csv(
    ["side", "picture", "row", "col", drawn[0]?.quantity === drawn[1]?.quantity ? (drawn[0]?.quantity ?? "value") : "value"],
    rows(),
  );
  /** @returns {Generator<Cell[]>} */
  function* rows() {
    for (const { index, title, grid } of comparison.sides) {
      const own = drawn[index];
      if (!own || !("values" in own)) continue;
      for (let patch = 0; patch < own.values.length; patch++)
        yield [SIDES[index], title, ...placeOf(patch, grid), own.values[patch]];
    }
  }
}

/** @param {Comparison} comparison @param {readonly import("./matches.js").Match[]} matches */
function matchTable({ sides }, matches) {
  const names = ["left_row", "left_col", "right_row", "right_col", "similarity", "second", "ratio", "mutual"];
  return csv(
    names,
    matches.map(({ patches, similarity, second, mutual }) => [
      ...patches.flatMap((patch, side) => placeOf(patch, sides[side].grid)),
      similarity,
      second,
      ratioOf(similarity, second),
      String(mutual),
    ]),
  );
}

/** @param {Comparison} comparison @param {"pca" | "segments"} show */
function jointTable({ data, joint }, show) {
  const { components, segments } = joint;
  const numbers = Array.from({ length: COMPONENTS }, (_, at) => `component_${at + 1}`);
  return csv(["picture", "row", "col", ...(show === "pca" ? numbers : ["segment"])], rows());
  /** @returns {Generator<Cell[]>} */
  function* rows() {
    let at = 0;
    for (const picture of data.pictures)
      for (let patch = 0; patch < picture.rows * picture.cols; patch++, at++) {
        const place = [picture.title, ...placeOf(patch, picture)];
        if (show === "segments" && segments) yield [...place, segments.labels[at] + 1];
        if (show === "pca" && components)
          yield [...place, ...components.scores.subarray(at * COMPONENTS, (at + 1) * COMPONENTS)];
      }
  }
}
