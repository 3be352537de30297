// Matrices of small cells, frames around parts of them, and brackets. They know nothing of attention.
import { setAttributes, svgElement, writeName } from "../shared/svg_scene.js";
import { shortNumber } from "../shared/numbers.js";

const SMALLEST_TEXT = 7.5;

/** A matrix as one group of cells that moves as a whole. values: rows of numbers; nameOf(i, j): a cell's data-name;
 *  lit(i, j): whether it is emphasised; xOf, yOf: places of columns and rows that are not evenly spaced. */
export function drawGrid(scene, key, options) {
  const { width, height, values, largest, role, nameOf, lit = () => false, write = shortNumber, xOf, yOf, ...place } = options;
  const columns = values[0].length;
  const group = scene.place(key, { ...place, className: "grid" }, () => {});
  while (group.children.length < values.length * columns) group.append(newCell());
  while (group.children.length > values.length * columns) group.lastChild.remove();
  values.forEach((line, i) =>
    line.forEach((value, j) =>
      fillCell(group.children[i * columns + j], {
        x: xOf ? xOf(j) : j * width,
        y: yOf ? yOf(i) : i * height,
        width,
        height,
        value,
        share: largest > 0 ? value / largest : 0,
        text: write(value),
        name: nameOf(i, j),
        className: `cell ${role} ${lit(i, j) ? "lit" : ""}`,
      }),
    ),
  );
  return group;
}

function newCell() {
  const cell = svgElement("g");
  cell.append(svgElement("rect", { rx: 2.5 }), svgElement("text", { "text-anchor": "middle", "dominant-baseline": "central" }));
  return cell;
}

/** Touches the document only where something is new: hovering draws the whole figure again. */
function fillCell(cell, { x, y, width, height, value, share, text, name, className }) {
  if (cell.getAttribute("class") !== className) cell.setAttribute("class", className);
  const state = [x, y, width, height, value, share, text, name].join(" ");
  if (cell.filled === state) return;
  cell.filled = state;
  const [box, number] = cell.children;
  setAttributes(box, { x: x + 0.75, y: y + 0.75, width: width - 1.5, height: height - 1.5 });
  box.style.fillOpacity = 0.05 + 0.42 * Math.min(1, Math.abs(share));
  const size = Math.min(11.5, height * 0.58, (width * 1.55) / text.length);
  setAttributes(number, { x: x + width / 2, y: y + height / 2 + 0.5 });
  number.textContent = size < SMALLEST_TEXT ? "" : text;
  number.style.fontSize = `${size}px`;
  cell.dataset.name = name;
  cell.dataset.value = String(value);
}

/** A frame around some cells, as far outside of them as `grow`; it lies above all cells, whichever were made last. */
export function drawFrame(scene, key, { width, height, grow = 1, className = "", ...place }) {
  const asked = { ...place, layer: scene.frames, className: `outline ${className}` };
  const node = scene.place(key, asked, (group) => group.append(svgElement("rect", { rx: 4 })));
  setAttributes(node.firstChild, { x: -grow, y: -grow, width: width + 2 * grow, height: height + 2 * grow });
  return node;
}

/** A curve that leaves upright, arrives upright at `to`, and goes on straight up or down to the height `end`. */
export function drawRoute(scene, key, { from: start, to, end, className = "", opacity = 1, width = 1.5 }) {
  const asked = { opacity, className: `wire ${className}`, layer: scene.under };
  const node = scene.place(key, asked, (group) => group.append(svgElement("path")));
  const bend = (to.y - start.y) / 2;
  const curve = `C ${start.x} ${start.y + bend}, ${to.x} ${to.y - bend}, ${to.x} ${to.y}`;
  setAttributes(node.firstChild, { d: `M ${start.x} ${start.y} ${curve} V ${end}`, "stroke-width": width });
  return node;
}

const TIP = 5;
const BRACKETS = {
  below: (length) => ({ d: `M 1 0 v ${TIP} h ${length - 2} v ${-TIP}`, x: length / 2, y: TIP + 10 }),
  above: (length) => ({ d: `M 1 0 v ${-TIP} h ${length - 2} v ${TIP}`, x: length / 2, y: -TIP - 9 }),
  left: (length) => ({ d: `M 0 1 h ${-TIP} v ${length - 2} h ${TIP}`, x: -TIP - 9, y: length / 2 }),
};

/** side: on which side of its cells the bracket stands. */
export function drawBracket(scene, key, { length, side, text, className = "", ...place }) {
  const node = scene.place(key, { ...place, className: `bracket ${className}` }, (group) =>
    group.append(svgElement("path"), svgElement("text", { "text-anchor": "middle", "dominant-baseline": "central" })),
  );
  const { d, x, y } = BRACKETS[side](length);
  setAttributes(node.firstChild, { d });
  setAttributes(node.lastChild, { x, y });
  writeName(node.lastChild, text);
  return node;
}
