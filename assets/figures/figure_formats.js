// File formats of a drawing, made in the browser. Each page with a drawing has one button per format.
import { downloadBlob } from "../data/download.js";
import { contextOf, element } from "./elements.js";

/**
 * A drawing that can be saved. svg: has its styles written into it. canvas: without it, the SVG is drawn at twice its size.
 *
 * @typedef {object} Drawing
 * @property {() => SVGSVGElement | Promise<SVGSVGElement>} svg
 * @property {() => HTMLCanvasElement} [canvas]
 * @property {() => string} name of the file, without its ending
 */

/** @typedef {{ title: string, make: (drawing: Drawing) => Promise<Blob | null> }} Format */

/** Formats by file extension. @type {Record<string, Format>} */
export const FIGURE_FORMATS = {
  png: { title: "PNG", make: (drawing) => inPixels(drawing, "image/png") },
  svg: { title: "SVG", make: async (drawing) => svgBlob(await drawing.svg()) },
};
const SCALE = 2;

/**
 * Return one button per format. A press calls `drawing`. Nothing is saved if it returns undefined.
 *
 * @param {() => Drawing | undefined} drawing
 * @param {(format: string) => string} label
 */
export function formatButtons(drawing, label = (format) => format) {
  return Object.entries(FIGURE_FORMATS).map(([ending, { title, make }]) => {
    const button = Object.assign(element("button", ending, label(title)), { type: "button" });
    button.addEventListener("click", async () => {
      const current = drawing();
      const blob = current && (await make(current));
      if (blob) downloadBlob(blob, `${current.name()}.${ending}`);
    });
    return button;
  });
}

/** @param {Drawing} drawing @param {string} type @returns {Promise<Blob | null>} */
async function inPixels(drawing, type) {
  const canvas = drawing.canvas?.() ?? (await rasterised(await drawing.svg()));
  return new Promise((resolve) => canvas.toBlob(resolve, type));
}

/** @param {SVGSVGElement} svg */
async function rasterised(svg) {
  const url = URL.createObjectURL(svgBlob(svg));
  const image = new Image();
  image.src = url;
  await image.decode();
  URL.revokeObjectURL(url);
  const { width, height } = svg.viewBox.baseVal;
  const canvas = Object.assign(document.createElement("canvas"), { width: width * SCALE, height: height * SCALE });
  contextOf(canvas).drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** @param {SVGSVGElement} svg */
function svgBlob(svg) {
  return new Blob([new XMLSerializer().serializeToString(svg)], { type: "image/svg+xml" });
}
