// The matrix of weights: one row per query, one column per key. Pointing at the matrix marks the picture, and the reverse.
import { colourTable } from "../figures/colour_maps.js";
import { drawGradient } from "../figures/draw.js";
import { explorationOf } from "../view/exploration.js";
import { Picture } from "../maps/picture.js";
import { smallPicture } from "../figures/small_picture.js";
import { writeWeight } from "../figures/number_lists.js";
import { SCALE_NAMES, headsName, waitingFor } from "../view/words.js";
import { find, findAs } from "../figures/elements.js";
import { mounted } from "../controls/mounted.js";
import { Board } from "./board.js";
import { cellMeans } from "./cells.js";
import { Gutters } from "./gutters.js";
import { BoardInput } from "./input.js";
import { Matrix } from "./matrix.js";
import { Reading } from "./reading.js";

/** @import { Exploration } from "../view/exploration.js" */
/** @import { Cell } from "./board.js" */

export class MatrixMap {
  /** @type {Exploration | undefined} */ exploration;
  /** @type {Picture | undefined} */ picture;
  /** @type {Matrix} */ matrix;
  /** The cell that is pointed at. @type {Cell | null} */ cell = null;
  /** Inputs of the last drawing of the cells, as JSON. */ about = "";
  inSight = false;
  rolledOut = "";

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.place = find(root, ".board");
    this.board = new Board(root);
    this.gutters = new Gutters(root);
    this.reading = new Reading(root);
    this.input = new BoardInput(this.board.marks, this);
    this.sight = new IntersectionObserver((entries) => this.see(entries.some(({ isIntersecting }) => isIntersecting)));
    this.size = new ResizeObserver(() => this.inSight && this.draw());
    this.sight.observe(root);
    this.size.observe(this.place);
    this.figure = { draw: () => this.draw(), seen: () => this.inSight };
  }

  close() {
    this.sight.disconnect();
    this.size.disconnect();
    this.exploration?.need(this, null);
    this.reading.close();
    this.picture?.close();
    this.exploration?.figures.delete(this.figure);
    this.exploration?.light(null);
  }

  /** @param {{ key: string, rolledOut: string }} data the name of the exploration, and the reason why a rollout has no matrix */
  show({ key, rolledOut }) {
    this.rolledOut = rolledOut;
    this.exploration ??= explorationOf(key);
    this.matrix ??= new Matrix(this.exploration);
    this.exploration.figures.add(this.figure);
    if (this.inSight) this.draw();
  }

  /** @param {boolean} inSight */
  see(inSight) {
    this.inSight = inSight;
    if (inSight) this.draw();
    else this.exploration?.need(this, null);
  }

  draw() {
    const { exploration, matrix } = this;
    if (!exploration?.data) return;
    exploration.need(this, matrix.take());
    if (!matrix.current) this.point(null);
    const isRolledOut = exploration.settings.depth !== "layer";
    find(this.root, ".none").hidden = !isRolledOut;
    find(this.root, ".none").textContent = this.rolledOut;
    find(this.root, ".layout").hidden = isRolledOut;
    if (isRolledOut) return;
    this.showWaiting(matrix.current ? "" : waitingFor(exploration, null));
    if (matrix.current) this.drawCells(exploration);
    if (matrix.entry) this.drawMarks(exploration);
    this.picture ??= new Picture(smallPicture(find(this.root, ".small-picture")), exploration);
    this.picture.draw();
  }

  /** @param {string} text */
  showWaiting(text) {
    const node = find(this.root, ".on-its-way");
    node.hidden = !text;
    node.textContent = text;
    this.place.classList.toggle("stale", Boolean(text));
    this.place.classList.toggle("empty", !this.matrix.entry);
  }

  /** @param {Exploration} exploration */
  drawCells({ data, settings, layer }) {
    const { matrix, board } = this;
    const { heads, combine, scale, map } = settings;
    const about = JSON.stringify([matrix.entry?.id, heads, combine, scale, map, board.fit()]);
    if (about === this.about) return;
    this.about = about;
    matrix.combine();
    const domain = board.drawCells(matrix.weights, matrix.prefix.length, matrix.count, settings);
    this.gutters.name(matrix.prefix, board.axis, board.unit);
    drawGradient(findAs(this.root, ".colour-bar", HTMLCanvasElement), colourTable(map));
    writeWeight(find(this.root, ".least"), domain.low);
    writeWeight(find(this.root, ".most"), domain.high);
    find(this.root, ".scale-of-matrix").textContent = SCALE_NAMES[scale];
    const { name, numHeads } = data.layers[layer];
    find(this.root, ".of").textContent = numHeads > 1 ? `${name}: ${headsName(settings, numHeads)}` : name;
    find(this.root, ".cell-means").textContent = cellMeans(matrix.cells, matrix.prefix);
  }

  /** @param {Exploration} exploration */
  drawMarks({ settings }) {
    const { board, cell, matrix } = this;
    const { asking, incoming } = matrix;
    board.drawMarks(asking, incoming, cell);
    Object.assign(board.marks.dataset, { asking: String(asking), marked: incoming ? "column" : "row" });
    const row = incoming ? null : asking;
    const col = incoming ? asking : null;
    this.gutters.mark(cell?.row ?? row, cell?.col ?? col, board.axis, board.unit);
    this.reading.show(cell && matrix.pair(cell), settings.direction);
  }

  /** The cell under the pointer. @param {MouseEvent} event */
  at(event) {
    return this.matrix?.current ? this.board.at(event) : null;
  }

  /** The cell of the keyboard. */
  current() {
    return this.matrix?.current ? (this.cell ?? this.matrix.summit) : null;
  }

  get count() {
    return this.matrix.count;
  }

  /**
   * @param {Cell | null} cell
   * @param {boolean} byKey
   */
  point(cell, byKey = false) {
    if (cell?.row === this.cell?.row && cell?.col === this.cell?.col) return;
    this.cell = cell;
    if (cell) this.matrix.follow(cell);
    this.exploration?.light(cell && this.matrix.patches(cell));
    if (cell && byKey) this.reading.speak(this.matrix.pair(cell));
  }

  /** @param {Cell} cell */
  choose(cell) {
    this.matrix.choose(cell);
  }
}

export default mounted(MatrixMap, ".regard-matrix-map");
