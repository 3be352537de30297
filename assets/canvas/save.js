// What is on screen, as files made in the browser.
import { downloadBlob } from "../shared/download.js";

/** All weights of the row shown: token, row, column, weight of each selected head, and the vector drawn. */
export function saveCsv(view) {
  const { data, rows, weights } = view;
  const names = data.heads.map((head) => `head_${head}`);
  const lines = [["token", "row", "column", ...names, "shown"].join(",")];
  weights.forEach((weight, token) => {
    const patch = token - data.prefix.length;
    const place = patch < 0 ? [data.prefix[token], "", ""] : [token, Math.floor(patch / data.grid.cols), patch % data.grid.cols];
    lines.push([...place, ...rows.map((row) => row[token]), weight].join(","));
  });
  downloadBlob(new Blob([lines.join("\n") + "\n"], { type: "text/csv" }), `${fileStem(view)}.csv`);
}

/** The picture with the map over it, at the size on screen. */
export function savePng(view) {
  const { canvas, picture } = view;
  const copy = document.createElement("canvas");
  copy.width = canvas.width;
  copy.height = canvas.height;
  const context = copy.getContext("2d");
  context.drawImage(picture, 0, 0, copy.width, copy.height);
  context.drawImage(canvas, 0, 0);
  copy.toBlob((blob) => downloadBlob(blob, `${fileStem(view)}.png`), "image/png");
}

/** What is shown, such as dinov2-small-layer-10-patch-row-8-column-15. */
function fileStem(view) {
  return [view.data.file, ...view.queryName().toLowerCase().match(/[a-z0-9]+/g)].join("-");
}
