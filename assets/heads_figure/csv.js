// Every number of the multi-head figure as CSV, one a line; places count from 1, as on the page.
import { downloadBlob } from "../shared/download.js";

const QUANTITIES = ["W_q", "W_k", "W_v", "q", "k", "v", "scores", "scaled", "weights", "output"]; // of each head

export function downloadHeadsCsv(data, name) {
  const lines = ["quantity,head,row,column,value"];
  const add = (quantity, rows, head = "") =>
    (rows ?? []).forEach((row, i) => row.forEach((value, j) => lines.push([quantity, head, i + 1, j + 1, value].join(","))));
  add("x", data.x);
  data.heads.forEach((head, h) => {
    for (const quantity of QUANTITIES) add(quantity, head[quantity], h + 1);
    for (const bias of ["b_q", "b_k", "b_v"]) add(bias, head[bias] && [head[bias]], h + 1);
    add("contribution", data.contributions[h], h + 1);
  });
  add("concat", data.concat);
  add("W_0", data.W_0);
  add("b_0", data.b_0 && [data.b_0]);
  add("output", data.output);
  downloadBlob(new Blob([lines.join("\n") + "\n"], { type: "text/csv" }), name);
}
