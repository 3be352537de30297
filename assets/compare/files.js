// Both pictures as one drawing to save, and their numbers as CSV, made in the browser.
import { MapImage, drawGradient } from "../figures/draw.js";
import { onGrid, placeOf } from "../maths/patches.js";
import { downloadCsv } from "../data/download.js";
import { findAs } from "../figures/elements.js";
import { formatButtons } from "../figures/figure_formats.js";
import { stored } from "../data/stored.js";
import { svgElement } from "../figures/svg.js";
import { fillImage } from "./half.js";
import { lineOf } from "./match_lines.js";
import { layersIn, tableOf } from "./tables.js";
import { cosineText, layerSays, legendOf, nameOf, titleOf, valueText, warningOf } from "./words.js";

/** @import { Block } from "../maths/patches.js" */
/** @import { Comparison } from "./comparison.js" */
/** @import { Drawn, Scaled } from "./drawn.js" */
/** @import { Rect } from "./match_lines.js" */
/** @import { Side } from "./side.js" */

const TALLEST = 800; // of a picture, in the drawing's px
const [GAP, LINE] = [24, 22];
const [BAR, ENDS] = [10, 64]; // the height of a colour bar, and the room for a number at either end
const FONT = "system-ui, sans-serif";

/**
 * @param {HTMLElement} root with a button for the numbers
 * @param {Comparison} comparison
 */
export function offerFiles(root, comparison) {
  const name = () =>
    `${comparison.sides.map(({ title, data }) => `${title}-${data.model}`).join("--")}-${comparison.settings.show}-${layersIn(comparison)}`.replaceAll(
      /[^\w.-]+/g,
      "-",
    );
  const drawing = { svg: () => figureOf(root, comparison), name };
  const numbers = findAs(root, ".csv", HTMLButtonElement);
  numbers.addEventListener("click", () => downloadCsv(tableOf(comparison), `${name()}.csv`));
  numbers.before(
    ...formatButtons(
      () => drawing,
      (format) => `${format} of both pictures`,
    ),
  );
}

/**
 * A drawing without anything outside of it.
 *
 * @param {HTMLElement} root
 * @param {Comparison} comparison
 */
async function figureOf(root, comparison) {
  const rects = comparison.sides.map(({ data }) => ({
    x: 0,
    y: LINE,
    width: (TALLEST * data.grid.cols) / data.grid.rows,
    height: TALLEST,
  }));
  rects[1].x = rects[0].width + GAP;
  const [width, height] = [rects[1].x + rects[1].width, TALLEST + 3 * LINE];
  const svg = svgElement("svg", { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${width} ${height}`, width, height });
  const style = getComputedStyle(root);
  const ground = style.getPropertyValue("--st-background-color") || "#fff";
  svg.append(svgElement("rect", { width, height, fill: ground }));
  for (const side of comparison.sides)
    svg.append(...(await partsOf(side, rects[side.index], style.getPropertyValue("--st-text-color") || "#000")));
  const grids = comparison.sides.map(({ grid }) => grid);
  comparison.joint.matches()?.drawn.forEach((match, at) => {
    const { colour, ...ends } = lineOf(match, at, rects, grids);
    svg.append(svgElement("line", { ...ends, stroke: "#000", "stroke-opacity": 0.55, "stroke-width": 3 }));
    svg.append(svgElement("line", { ...ends, stroke: colour, "stroke-width": 1.5 }));
  });
  return svg;
}

/**
 * One picture with its map, what is outlined on it, and its lines of text.
 *
 * @param {Side} side
 * @param {Rect} rect
 * @param {string} colour of the text
 */
async function partsOf(side, rect, colour) {
  const { comparison, grid, data } = side;
  const { drawn, asked, leader } = comparison.shown();
  const own = drawn[side.index];
  const picture = stored("picture", data.picture);
  const parts = [];
  if (picture) parts.push(svgElement("image", { ...rect, href: await addressOf(picture), preserveAspectRatio: "none" }));
  if (own) {
    const image = new MapImage();
    fillImage(image, own);
    const look = { opacity: side.settings.opacity, preserveAspectRatio: "none", style: "image-rendering: pixelated" };
    parts.push(svgElement("image", { ...rect, href: image.canvas.toDataURL("image/png"), ...look }));
  }
  const [row, col] = placeOf(asked[side.index], grid);
  const leads = leader.side === side.index;
  const { box } = comparison.settings;
  if (box?.side === side.index) parts.push(...outlined(onGrid(box, data.grid, grid), rect, grid, "#f0e442"));
  parts.push(...outlined({ row, col, rows: 1, cols: 1 }, rect, grid, leads ? "#ffffff" : "#56b4e9"));
  if (own && "values" in own) parts.push(...colourBar(own, rect, colour));
  return [...parts, ...captions(side, rect, colour)];
}

/**
 * Whose map it is, above it; below it the patch, how like the one that asks it is, and what the colours say.
 *
 * @param {Side} side
 * @param {Rect} rect
 * @param {string} colour
 */
function captions(side, { x }, colour) {
  const { comparison, grid, data } = side;
  const { drawn, asked, leader, match } = comparison.shown();
  const own = drawn[side.index];
  const answers = leader.side !== side.index && match;
  const below = [`${answers ? "best match " : ""}${nameOf(asked[side.index], grid)}`];
  if (answers) below.push(`cosine ${cosineText(match.similarity)}`, warningOf(comparison));
  if (own && "values" in own) below.push(`colours: ${legendOf(comparison, own)}`);
  const said = below.filter(Boolean).join(", ");
  return [
    written(`${titleOf(side, own)}, ${data.model}, ${layerSays(side)}: ${own?.quantity ?? ""}`, x, LINE - 7, colour),
    written(said, x, TALLEST + 3 * LINE - 7, colour),
  ];
}

/**
 * The scale of the colours under a picture, with the values at its ends.
 *
 * @param {Drawn & Scaled} drawn
 * @param {Rect} rect
 * @param {string} colour of the numbers
 */
function colourBar({ quantity, domain, table }, { x, width }, colour) {
  const gradient = Object.assign(document.createElement("canvas"), { width: 256, height: 1 });
  drawGradient(gradient, table);
  const place = { x: x + ENDS, y: TALLEST + LINE + 8, width: width - 2 * ENDS, height: BAR };
  const [low, high] = [domain.low, domain.high].map((value) => valueText(quantity, value) ?? value.toPrecision(4));
  const last = written(high, x + width, TALLEST + 2 * LINE - 4, colour);
  last.setAttribute("text-anchor", "end");
  return [
    svgElement("image", { ...place, href: gradient.toDataURL("image/png"), preserveAspectRatio: "none" }),
    written(low, x, TALLEST + 2 * LINE - 4, colour),
    last,
  ];
}

/** @param {{ bytes: Uint8Array<ArrayBuffer>, type: string }} picture @returns {Promise<string>} its bytes as an address */
function addressOf({ bytes, type }) {
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(String(reader.result)));
    reader.readAsDataURL(new Blob([bytes], { type }));
  });
}

/**
 * @param {Block} block
 * @param {Rect} rect
 * @param {{ rows: number, cols: number }} grid
 * @param {string} stroke
 */
function outlined({ row, col, rows, cols }, { x, y, width, height }, grid, stroke) {
  const [w, h] = [width / grid.cols, height / grid.rows];
  const place = { x: x + col * w, y: y + row * h, width: cols * w, height: rows * h, fill: "none", "stroke-linejoin": "round" };
  return [
    svgElement("rect", { ...place, stroke: "#000", "stroke-width": 5 }),
    svgElement("rect", { ...place, stroke, "stroke-width": 2 }),
  ];
}

/**
 * @param {string} text
 * @param {number} x
 * @param {number} y
 * @param {string} fill
 */
function written(text, x, y, fill) {
  const node = svgElement("text", { x, y, fill, "font-family": FONT, "font-size": 14 });
  node.textContent = text;
  return node;
}
