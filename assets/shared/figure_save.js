// A drawing as SVG or PNG, its numbers as CSV: files made in the browser.
import { downloadBlob } from "./download.js";

const KEPT_STYLES = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "opacity", "transform", "font-size", "font-family", "font-weight", "font-style", "text-decoration", "paint-order", "stroke-linejoin"];
const PNG_SCALE = 2;

export function downloadSvg(svg, name) {
  downloadBlob(svgBlob(svg), name);
}

/** At twice the size of the drawing, on the page's background. */
export async function downloadPng(svg, name) {
  const url = URL.createObjectURL(svgBlob(svg));
  const image = new Image();
  image.src = url;
  await image.decode();
  URL.revokeObjectURL(url);
  const { width, height } = svg.viewBox.baseVal;
  const canvas = Object.assign(document.createElement("canvas"), { width: width * PNG_SCALE, height: height * PNG_SCALE });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  canvas.toBlob((blob) => downloadBlob(blob, name), "image/png");
}

/** One number a line: its quantity, where it stands in it, its value. */
export function downloadCsv(data, name) {
  const quantities = ["x", "z", "q", "k", "v", "scores", "scaled", "weights", "output"];
  const lines = ["quantity,row,column,value"];
  for (const quantity of quantities)
    (data[quantity] ?? []).forEach((row, i) => row.forEach((value, j) => lines.push([quantity, i + 1, j + 1, value].join(","))));
  downloadBlob(new Blob([lines.join("\n") + "\n"], { type: "text/csv" }), name);
}

/** The drawing with its looks written into it, as it stands on the page. */
function svgBlob(svg) {
  const copy = svg.cloneNode(true);
  const nodes = svg.querySelectorAll("*");
  copy.querySelectorAll("*").forEach((node, at) => {
    const style = getComputedStyle(nodes[at]);
    node.setAttribute("style", KEPT_STYLES.map((name) => `${name}:${style.getPropertyValue(name)}`).join(";"));
    node.removeAttribute("tabindex");
  });
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.removeAttribute("style");
  const { width, height } = svg.viewBox.baseVal;
  const paper = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  paper.setAttribute("width", width);
  paper.setAttribute("height", height);
  paper.setAttribute("fill", getComputedStyle(svg).getPropertyValue("--st-background-color") || "#fff");
  copy.prepend(paper);
  return new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" });
}
