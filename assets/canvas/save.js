// What is on screen, as files made in the browser.
import { csv } from "../shared/csv.js";
import { downloadCsv, downloadPng } from "../shared/download.js";
import { contextOf } from "../shared/elements.js";

/** @import { AttentionView } from "./view.js" */

/**
 * All weights of the row shown, in the columns that the command line writes: the token, its place, its weight in each
 * selected head, and as it is drawn.
 *
 * @param {AttentionView} view
 */
export function saveWeights(view) {
  const { data, rows, weights } = view;
  const shown = data.method ?? (data.combine === "one" ? "shown" : data.combine);
  const heads = data.method ? [] : data.heads.map((head) => `weight_head_${head}`);
  const names = ["token", "patch_row", "patch_column", ...heads, `weight_${shown}`];
  const lines = Array.from(weights, (weight, token) => {
    const patch = token - data.prefix.length;
    const place =
      patch < 0 ? [data.prefix[token], "", ""] : [token, Math.floor(patch / data.grid.cols), patch % data.grid.cols];
    return [...place, ...rows.slice(0, heads.length).map((row) => row[token]), weight];
  });
  downloadCsv(csv(names, lines), `${fileStem(view)}.csv`);
}

/**
 * The picture with the map over it, at the size on screen.
 *
 * @param {AttentionView} view
 */
export function savePicture(view) {
  const { canvas, picture } = view;
  const { width, height } = canvas;
  const copy = Object.assign(document.createElement("canvas"), { width, height });
  const context = contextOf(copy);
  context.drawImage(picture, 0, 0, width, height);
  context.drawImage(canvas, 0, 0);
  downloadPng(copy, `${fileStem(view)}.png`);
}

/**
 * What is shown, such as dinov2-small-layer-10-patch-row-8-column-15.
 *
 * @param {AttentionView} view
 */
function fileStem(view) {
  return [
    view.data.file,
    ...(view
      .queryName()
      .toLowerCase()
      .match(/[a-z0-9]+/g) ?? []),
  ].join("-");
}
