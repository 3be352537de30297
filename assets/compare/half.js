// One half of the comparison: the picture with what is drawn over it, its line above, and the box that is drawn on it.
import { drawGradient, drawMap, fitToScreen, letter, outline, outlineBlock, MapImage } from "../figures/draw.js";
import { CanvasInput } from "../controls/input.js";
import { writeWeight } from "../figures/number_lists.js";
import { onGrid, placeOf } from "../maths/patches.js";
import { StoredPicture } from "../figures/stored_picture.js";
import { paint } from "../figures/colour_maps.js";
import { contextOf, find, findAs } from "../figures/elements.js";
import { boxInputOf } from "./box_input.js";
import {
  canvasName,
  cosineText,
  layerSays,
  legendOf,
  movedOf,
  nameOf,
  stillSays,
  titleOf,
  pointedOf,
  valueText,
  waitingFor,
  warningOf,
} from "./words.js";

/** @import { Drawn } from "./drawn.js" */
/** @import { Side } from "./side.js" */

/** As in the explorer: the query in white; what answers in the light blue of keys; what was drawn by hand in yellow. */
const OUTLINE = { query: "#ffffff", match: "#56b4e9", box: "#f0e442" };

/** Of a picture so low the legend would cover much: it stands below. */
const SHALLOW_PX = 192;

export class Half {
  image = new MapImage();

  /**
   * @param {HTMLElement} root
   * @param {Side} side
   */
  constructor(root, side) {
    this.root = root;
    this.side = side;
    this.stage = find(root, ".stage");
    this.area = find(root, ".area");
    this.canvas = findAs(root, ".map", HTMLCanvasElement);
    this.picture = new StoredPicture(findAs(root, ".picture", HTMLImageElement));
    this.gradient = findAs(root, ".gradient", HTMLCanvasElement);
    this.boxes = boxInputOf(this.canvas, side); // before the pointer's own input, which a box holds back
    this.input = new CanvasInput(this.canvas, side);
    this.observer = new ResizeObserver(() => side.comparison.redraw());
    this.observer.observe(this.canvas);
  }

  close() {
    this.observer.disconnect();
    this.picture.close();
  }

  draw() {
    const { side, canvas } = this;
    const drawn = side.comparison.shown().drawn[side.index];
    this.stage.style.setProperty("--aspect", String(side.data.grid.cols / side.data.grid.rows));
    canvas.setAttribute("aria-label", canvasName(side));
    this.picture.show(side.data.picture, side.data.alt);
    const waiting = find(this.root, ".waiting");
    const still = stillSays(side, drawn);
    waiting.textContent = drawn ? still : waitingFor(side);
    waiting.hidden = !waiting.textContent;
    find(this.root, ".legend").hidden = !drawn || !("values" in drawn) || still !== "";
    fitToScreen(canvas);
    this.area.classList.toggle("stale", side.comparison.stale.has(side.index));
    this.area.classList.toggle("shallow", canvas.clientHeight < SHALLOW_PX);
    const context = contextOf(canvas);
    if (drawn && !still) this.paint(context, drawn);
    else context.clearRect(0, 0, canvas.width, canvas.height);
    this.mark(context);
    this.showHead();
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Drawn} drawn
   */
  paint(context, drawn) {
    fillImage(this.image, drawn);
    drawMap(context, this.image.canvas, this.side.settings.opacity);
    if (!("values" in drawn)) return;
    drawGradient(this.gradient, drawn.table);
    for (const end of /** @type {const} */ (["low", "high"])) {
      const value = drawn.domain[end];
      writeWeight(find(this.root, `.${end}`), value, valueText(drawn.quantity, value));
    }
    find(this.root, ".scale-name").textContent = legendOf(this.side.comparison, drawn);
  }

  /** What asks, what answers, and the box. @param {CanvasRenderingContext2D} context */
  mark(context) {
    const { side } = this;
    const { comparison, grid } = side;
    const { leader, asked } = comparison.shown();
    const leads = leader.side === side.index;
    const colour = leads ? OUTLINE.query : OUTLINE.match;
    const box = comparison.drawing ?? comparison.settings.box;
    if (box?.side === side.index) outlineBlock(context, grid, onGrid(box, side.data.grid, grid), OUTLINE.box, 1.5);
    if (comparison.picking && !comparison.drawing && side.hovered !== null) {
      const goes = comparison.picking.at(side.placeOf(side.hovered));
      outlineBlock(context, grid, onGrid(goes, side.data.grid, grid), OUTLINE.box, 1.5);
    }
    if (side.hovered !== null && side.hovered !== asked[side.index]) outline(context, grid, side.hovered, OUTLINE.match, 1);
    outline(context, grid, asked[side.index], colour, comparison.settings.pin ? 2.5 : 1.5);
    const [row, col] = placeOf(asked[side.index], grid);
    if (leads) letter(context, grid, { row, col, rows: 1, cols: 1 }, "q", colour, [-1, -1]);
    this.canvas.dataset.asked = [row, col].join();
  }

  /** The line above the picture. */
  showHead() {
    const { side, root } = this;
    const { comparison } = side;
    const { leader, asked, match } = comparison.shown();
    const leads = leader.side === side.index;
    const answers = leads ? null : match;
    find(root, ".letter").textContent = leads ? "q" : "";
    find(root, ".says").textContent = leads ? "" : match ? "best match" : "same place:";
    find(root, ".query-name").textContent = nameOf(asked[side.index], side.grid);
    const number = find(root, ".number");
    const by = movedOf(side);
    number.hidden = !answers && by === null;
    find(root, ".measure").textContent = answers ? "cosine" : by === null ? "" : "moved by";
    if (answers) writeWeight(number, answers.similarity, cosineText(answers.similarity));
    else if (by !== null) writeWeight(number, by);
    const warning = answers ? warningOf(comparison) : "";
    find(root, ".warns").textContent = warning;
    find(root, ".mutual").textContent = answers?.mutual && !warning ? "mutual" : "";
    find(root, ".pinned").hidden = !leads || !comparison.settings.pin;
    const title = titleOf(side, comparison.shown().drawn[side.index]);
    find(root, ".of").textContent = `${title} · ${side.data.model} · ${layerSays(side)}`;
    this.showPointed();
  }

  /** What is under the pointer while another patch is pinned, in place of whose map it is. */
  showPointed() {
    const pointed = pointedOf(this.side);
    const node = find(this.root, ".pointed");
    node.hidden = !pointed;
    find(this.root, ".of").hidden = pointed !== null;
    if (!pointed) return;
    const { place, value, quantity } = pointed;
    find(node, ".place").textContent = `pointer (${place}):`;
    writeWeight(find(node, ".value"), value, valueText(quantity, value));
  }
}

/**
 * A pixel a patch.
 *
 * @param {MapImage} image
 * @param {Drawn} drawn
 */
export function fillImage(image, drawn) {
  image.put(drawn.grid, (pixels) => {
    if ("pixels" in drawn) pixels.set(drawn.pixels);
    else paint(drawn.values, drawn.domain, drawn.scale, drawn.table, pixels);
  });
}
