// Turns a drawing of the page into a standalone drawing.
import { svgElement } from "./svg.js";

const COPIED_STYLES = [
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

/**
 * Return a copy of the drawing with its styles written into it, on the page's background.
 *
 * @param {SVGSVGElement} svg
 */
export function aloneOf(svg) {
  const copy = /** @type {SVGSVGElement} */ (svg.cloneNode(true));
  const nodes = svg.querySelectorAll("*");
  copy.querySelectorAll("*").forEach((node, at) => {
    const style = getComputedStyle(nodes[at]);
    node.setAttribute("style", COPIED_STYLES.map((name) => `${name}:${style.getPropertyValue(name)}`).join(";"));
    node.removeAttribute("tabindex");
  });
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.removeAttribute("style");
  const { width, height } = svg.viewBox.baseVal;
  const fill = getComputedStyle(svg).getPropertyValue("--st-background-color") || "#fff";
  copy.prepend(svgElement("rect", { width, height, fill }));
  return copy;
}
