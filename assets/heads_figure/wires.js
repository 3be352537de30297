// How the numbers go through the multi-head figure: from x into the heads, from the heads to their part of the concatenation.
import { drawWire } from "../shared/svg_scene.js";
import { drawRoute } from "./grid.js";

/** @import { LayeredScene } from "./grid.js" */
/** @import { Shown } from "./heads_figure.js" */
/** @import { Layout } from "./layout.js" */

/**
 * Those out of the heads are as strong as what the head adds to the chosen number.
 *
 * @param {LayeredScene} scene
 * @param {Shown} shown
 */
export function drawWires(scene, shown) {
  const { data, layout, at } = shown;
  const added = data.contributions.map((rows) => Math.abs(rows[at.row][at.column]));
  const largest = Math.max(...added) || 1;
  data.heads.forEach((_, h) => {
    drawOut(scene, shown, h, added[h] / largest);
    const middle = layout.valueLeft(h) + partMiddle(layout);
    drawWire(scene, `in-wire/${h}`, {
      from: { x: data.split ? middle : layout.readLeft(h) + layout.readWidth / 2, y: inputTop(shown) },
      to: { x: middle, y: layout.panelBottom + 2 },
      className: "x",
      opacity: h === at.followed ? 0 : 0.4,
      width: 1.2,
    });
  });
  drawFollowed(scene, shown);
}

/** @param {Layout} layout */
const partMiddle = ({ headDim, cellWidth }) => (headDim * cellWidth) / 2;
/** @param {Shown} shown */
const inputTop = ({ data, layout }) => layout.inputTop - (data.split ? 24 : 4);

/**
 * @param {LayeredScene} scene
 * @param {Shown} shown
 * @param {number} h
 * @param {number} share
 */
function drawOut(scene, { data, layout, at }, h, share) {
  const { on } = data.heads[h];
  const end = layout.concatTop + data.x.length * layout.rowHeight + 28;
  drawRoute(scene, `out-wire/${h}`, {
    from: { x: layout.valueLeft(h) + partMiddle(layout), y: layout.panelTop - 2 },
    to: { x: layout.concatX(h * layout.headDim) + partMiddle(layout), y: Math.max(layout.bandTop, end) },
    end,
    className: `y ${on ? "" : "off"}`,
    opacity: on ? (h === at.followed ? 0.95 : 0.45) : 0.3,
    width: 1 + 4 * share,
  });
}

/**
 * The three ways into the followed head: as queries and keys to the weights, as values to the column that is summed.
 *
 * @param {LayeredScene} scene
 * @param {Shown} shown
 */
function drawFollowed(scene, shown) {
  const { data, layout, at } = shown;
  const h = at.followed;
  const [middle, rows] = [layout.readLeft(h) + layout.readWidth / 2, data.x.length * layout.rowHeight];
  const spread = data.split ? 9 : 14;
  const looks = { opacity: 0.85, width: 2 };
  /** @param {string} role @param {number} from @param {number} x @param {number} y @param {number} end */
  const route = (role, from, x, y, end) =>
    drawRoute(scene, `${role}-wire`, {
      ...looks,
      from: { x: from, y: inputTop(shown) },
      to: { x, y },
      end,
      className: `${role} ${data.heads[h].on ? "" : "off"}`,
    });
  const [entry, weightsBottom] = [layout.panelBottom + 2, layout.outTop + rows + 3];
  route("q", middle - spread, layout.weightsEnd(h) - 17, entry, weightsBottom);
  route("k", middle, layout.weightsEnd(h) - 6, entry, weightsBottom);
  route("v", middle + spread, layout.valueLeft(h) + (at.part + 0.5) * layout.cellWidth, entry, layout.valueTop + rows + 3);
}
