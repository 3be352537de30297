// The grid of all heads as a drawing to save, with its numbers and its title. In the SVG the grid is one image.
import { contextOf } from "../figures/elements.js";
import { svgElement } from "../figures/svg.js";
import { figureOf } from "../figures/heads_layout.js";
import { layerName } from "../view/settings.js";
import { askingName, askingSays, SCALE_NAMES } from "../view/words.js";

/** @import { AllHeads } from "./all_heads.js" */
/** @import { Exploration } from "../view/exploration.js" */

const FONT = "system-ui, sans-serif";

/** @import { Drawing } from "../figures/figure_formats.js" */

/** @param {AllHeads | undefined} grid @returns {Drawing | undefined} */
export function headsDrawing(grid) {
  if (!grid) return undefined;
  const { name } = described(grid);
  return { svg: () => headsSvg(grid), canvas: () => headsCanvas(grid), name: () => name };
}

/** @param {AllHeads} grid */
function headsCanvas(grid) {
  const { figure, colours } = described(grid);
  const canvas = Object.assign(document.createElement("canvas"), { width: figure.width, height: figure.height });
  const context = contextOf(canvas);
  context.fillStyle = colours.ground;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingEnabled = false;
  const { x, y, width, height } = figure.image;
  context.drawImage(grid.image.canvas, x, y, width, height);
  context.fillStyle = colours.text;
  for (const label of figure.labels) {
    context.font = `${label.bold ? 600 : 400} ${label.size}px ${FONT}`;
    context.textAlign = label.anchor === "middle" ? "center" : label.anchor;
    context.fillText(label.text, label.x, label.y);
  }
  return canvas;
}

/** @param {AllHeads} grid */
function headsSvg(grid) {
  const { figure, colours } = described(grid);
  const { width, height } = figure;
  const svg = svgElement("svg", { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${width} ${height}`, width, height });
  const href = grid.image.canvas.toDataURL("image/png");
  svg.append(
    svgElement("rect", { width, height, fill: colours.ground }),
    svgElement("image", { ...figure.image, href, preserveAspectRatio: "none", style: "image-rendering: pixelated" }),
    ...figure.labels.map(({ x, y, text, anchor, size, bold }) => {
      const look = { fill: colours.text, "font-family": FONT, "font-size": size, "font-weight": bold ? 600 : 400 };
      const label = svgElement("text", { x, y, "text-anchor": anchor, ...look });
      label.textContent = text;
      return label;
    }),
  );
  return svg;
}

/**
 * Where everything in the figure lies, in the page's colours, and what its file is called.
 *
 * @param {AllHeads} grid
 */
function described({ exploration, shape, root }) {
  if (!shape) throw new TypeError("expected a grid that was drawn");
  const { data } = exploration;
  const names = data.layers.map((_, layer) => layerName(data, layer));
  const figure = figureOf(shape, names, [titleOf(exploration), readingOf(exploration, shape.turned)]);
  const style = getComputedStyle(root);
  const colours = {
    ground: style.getPropertyValue("--st-background-color") || "#fff",
    text: style.getPropertyValue("--st-text-color") || "#000",
  };
  const name = [data.model, "all heads", askingName(exploration)]
    .join(" ")
    .replaceAll(/[^\w.]+/g, "-")
    .replace(/-$/, "");
  return { figure, colours, name };
}

/** @param {Exploration} exploration */
export function titleOf(exploration) {
  return `${exploration.data.model}: ${askingName(exploration)} ${askingSays(exploration)}, in every head`;
}

/**
 * @param {Exploration} exploration
 * @param {boolean} turned
 */
function readingOf({ settings }, turned) {
  const places = turned ? "A column a layer, a row a head" : "A row a layer, a column a head";
  const temperature = settings.temperature === 1 ? "" : ` At temperature ${settings.temperature}.`;
  return `${places}, each with colours of its own scale (${SCALE_NAMES[settings.scale]}).${temperature}`;
}
