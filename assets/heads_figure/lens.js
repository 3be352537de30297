// The chosen row of the followed head, written large, with an eye under each key: may the query look at it?
import { CLOSED_EYE, EYE_PX, OPEN_EYE } from "../shared/eye.js";
import { largestOf } from "../shared/numbers.js";
import { partsOf, setAttributes, svgElement } from "../shared/svg.js";
import { drawLabel } from "../shared/svg_scene.js";
import { boxOf } from "./boxes.js";
import { drawEmpty, drawFrame, drawGrid } from "./grid.js";
import { worded } from "./lettering.js";
import { STEPS, scoresOf } from "./trace.js";

/** @import { LayeredScene } from "./grid.js" */
/** @import { Shown } from "./figure.js" */

/**
 * @param {LayeredScene} scene
 * @param {Shown} shown
 */
export function drawLens(scene, shown) {
  const { data, layout, at, step, type } = shown;
  const { lens, label, compact } = layout;
  const head = data.heads[at.followed];
  const scores = step <= STEPS.scores;
  drawTitle(scene, shown, scores);
  const longest = Math.max(...data.names.x.map((name) => name.length)); // of "x_10" the subscript's letters are small
  const legible = lens.cell >= label * (0.45 * longest);
  data.names.x.forEach((name, j) => {
    const place = { x: lens.xOf(j) + lens.cell / 2, y: lens.namesY };
    if (!legible && j !== at.pair) return;
    drawLabel(scene, `lens-name/${j}`, { text: name, ...place, className: `name ${j === at.pair ? "k" : "x"}` });
  });
  if (step < STEPS.scores) return drawEmpty(scene, "lens", lens);
  const values = (scores ? scoresOf(head) : head.weights)[at.row];
  drawGrid(scene, "lens", {
    at: lens,
    values: [values],
    largest: scores ? largestOf(scoresOf(head)) : 1,
    role: "w",
    type: { ...type, font: Math.max(type.font, compact ? label : type.smallest) },
    dataOf: (_, j) => ({ copy: `head/${at.followed}/${scores ? "s" : "w"}/${at.row}/${j}` }),
    looks: (_, j) => `${j === at.pair ? "lit" : ""} ${head.blocked[at.row][j] ? "masked" : ""}`,
  });
  drawFrame(scene, "frame/lens", { ...boxOf(lens, { column: at.pair }), className: "w strong" });
  if (data.editable) values.forEach((_, j) => drawEye(scene, shown, j));
}

/**
 * @param {LayeredScene} scene
 * @param {Shown} shown
 * @param {boolean} scores
 */
function drawTitle(scene, { data, layout, at, step }, scores) {
  const { lens, label, compact } = layout;
  if (compact) return;
  const token = data.names.x[at.row];
  const what = scores ? "scores" : "weights";
  const wordings = [
    `head ${at.followed}: the ${what} of query ${token}`,
    `head ${at.followed}: ${what} of ${token}`,
    `${what} of ${token}`,
  ];
  const text = worded(wordings, lens.width, label);
  const place = { text, anchor: "start", x: lens.x, y: lens.titleY };
  drawLabel(scene, "lens-title", { ...place, className: `stage ${step < STEPS.scores ? "later" : ""}` });
}

/**
 * @param {LayeredScene} scene
 * @param {Shown} shown
 * @param {number} j
 */
function drawEye(scene, { data, layout, at }, j) {
  const { lens } = layout;
  const open = !data.heads[at.followed].blocked[at.row][j];
  const node = scene.place(`toggle/${j}`, { className: `toggle ${open ? "open" : "closed"}` }, (group) =>
    group.append(svgElement("rect", { rx: 3 }), svgElement("path")),
  );
  const [area, eye] = partsOf(node);
  const y = lens.y + lens.height + 1;
  setAttributes(area, { x: lens.xOf(j) + 1, y, width: lens.cell - 2, height: lens.toggle - 2 });
  const scale = Math.min(lens.toggle * 0.95, lens.cell * 0.94) / EYE_PX;
  const middle = `${lens.xOf(j) + lens.cell / 2} ${y + lens.toggle / 2 - 1}`;
  setAttributes(eye, { d: open ? OPEN_EYE : CLOSED_EYE, transform: `translate(${middle}) scale(${scale})` });
  node.dataset.name = `toggle/${at.row}/${j}`;
}
