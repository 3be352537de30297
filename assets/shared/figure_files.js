// A drawing as SVG or PNG, made in the browser.
import { downloadBlob, downloadPng } from "./download.js";
import { contextOf } from "./elements.js";
import { svgElement } from "./svg.js";

const KEPT_STYLES = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-opacity",
  "stroke-dasharray",
  "opacity",
  "transform",
  "font-size",
  "font-family",
  "font-weight",
  "font-style",
  "text-decoration",
  "paint-order",
  "stroke-linejoin",
  "visibility",
];
const PNG_SCALE = 2;

/**
 * @param {SVGSVGElement} svg
 * @param {string} name
 */
export function saveFigureSvg(svg, name) {
  downloadBlob(svgBlob(svg), name);
}

/**
 * At twice the size of the drawing, on the page's background.
 *
 * @param {SVGSVGElement} svg
 * @param {string} name
 */
export async function saveFigurePng(svg, name) {
  const url = URL.createObjectURL(svgBlob(svg));
  const image = new Image();
  image.src = url;
  await image.decode();
  URL.revokeObjectURL(url);
  const { width, height } = svg.viewBox.baseVal;
  const canvas = Object.assign(document.createElement("canvas"), { width: width * PNG_SCALE, height: height * PNG_SCALE });
  contextOf(canvas).drawImage(image, 0, 0, canvas.width, canvas.height);
  downloadPng(canvas, name);
}

/**
 * The drawing with its looks written into it, as it stands on the page.
 *
 * @param {SVGSVGElement} svg
 */
function svgBlob(svg) {
  const copy = /** @type {SVGSVGElement} */ (svg.cloneNode(true));
  const nodes = svg.querySelectorAll("*");
  copy.querySelectorAll("*").forEach((node, at) => {
    const style = getComputedStyle(nodes[at]);
    node.setAttribute("style", KEPT_STYLES.map((name) => `${name}:${style.getPropertyValue(name)}`).join(";"));
    node.removeAttribute("tabindex");
  });
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.removeAttribute("style");
  const { width, height } = svg.viewBox.baseVal;
  const fill = getComputedStyle(svg).getPropertyValue("--st-background-color") || "#fff";
  copy.prepend(svgElement("rect", { width, height, fill }));
  return new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" });
}
