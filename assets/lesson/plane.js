// Vectors of width 2 as arrows in a plane. Their tips can be dragged. Their opacity shows the weights of the chosen row.
import { element } from "../figures/elements.js";
import { formatNumber, largestOf } from "../figures/numbers.js";
import { setAttributes, svgElement } from "../figures/svg.js";
import { arrowGroup, drawArrow, drawGrid, drawHalo, drawNames } from "./plane_draw.js";
import { PlaneInput } from "./plane_input.js";
import { frameOf } from "./plane_layout.js";

/** @import { Rows } from "../lesson_maths/matrices.js" */
/** @import { Arrow } from "./plane_draw.js" */
/** @import { Frame, Room } from "./plane_layout.js" */

/**
 * @typedef {object} PlaneData
 * @property {Rows} vectors (N, 2), the vectors that are attended to
 * @property {string[]} names of the vectors, "x_1"
 * @property {string[]} captions meanings of the vectors; may be empty
 * @property {number[]} query of the chosen row
 * @property {string} queryName one of `names` if the query is one of the vectors
 * @property {number} row the chosen row
 * @property {number[]} weights (N) of the chosen row
 * @property {number[] | null} output of the chosen row, drawn if it has width 2
 * @property {string} outputName
 * @property {boolean} editable true if the reader can move the vectors
 * @property {[string, string]} axes names of the columns
 * @property {"x" | "k"} [role] of the vectors
 */

/**
 * @typedef {object} PlaneDoing called for the reader's actions in the plane
 * @property {(row: number, column: number, value: number, settled: boolean) => void} edit a drag calls it for both columns. At
 *   its end only the second call is settled, so that both are one edit
 * @property {(choice: { row: number }) => void} choose a vector as the query, if queries are these vectors
 * @property {(text: string) => void} say
 */

const FAINTEST = 0.12;
const GLIDE_MS = 280;

export class Plane {
  /** @type {PlaneData} */ data;
  /** @type {Room} */ room;
  /** @type {Frame | null} */ frame = null;
  /** One arrow per vector, in their order. @type {SVGGElement[]} */ arrows = [];
  /** Index of the vector that the Tab key reaches. */ stop = 0;
  /** Index of the vector that is pointed at or focused. @type {number | null} */ pointed = null;
  gliding = 0;

  /**
   * @param {HTMLElement} host
   * @param {PlaneDoing} doing
   */
  constructor(host, doing) {
    const layer = (/** @type {string} */ name) => svgElement("g", { class: name });
    this.doing = doing;
    this.root = element("div", "regard-plane");
    this.svg = svgElement("svg", { role: "group" });
    this.layers = {
      grid: layer("grid"),
      query: layer("query"),
      vectors: layer("vectors"),
      others: layer("others"),
      names: layer("names"),
    };
    this.svg.append(...Object.values(this.layers));
    this.input = new PlaneInput(this);
    this.root.append(this.svg);
    host.append(this.root);
  }

  close() {
    this.hold();
    this.root.remove();
  }

  /**
   * @param {PlaneData} data
   * @param {Room} room
   */
  show(data, room) {
    const count = data.vectors.length;
    Object.assign(this, { data, room });
    this.stop = Math.min(this.stop, count - 1);
    if (this.pointed !== null && this.pointed >= count) this.pointed = null;
    this.match(count);
    setAttributes(this.svg, { width: room.width, height: room.height, "aria-label": help(data) });
    if (!this.input.dragging) this.reframe();
    this.draw();
    if (this.pointed !== null) this.doing.say(wordsOf(data, this.pointed));
  }

  /** Add or remove arrows until there are `count`. The remaining arrows keep the focus. @param {number} count */
  match(count) {
    for (const arrow of this.arrows.splice(count)) arrow.remove();
    while (this.arrows.length < count) {
      const arrow = arrowGroup();
      arrow.dataset.row = String(this.arrows.length);
      this.arrows.push(arrow);
      this.layers.vectors.append(arrow);
    }
  }

  /** Fit the scale to the vectors. It glides unless the room changed or the reader prefers reduced motion. */
  reframe() {
    const { data, frame, room } = this;
    const to = frameOf([...data.vectors, data.query, ...landing(data)], room, frame);
    if (to === frame) return;
    this.hold();
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (calm || !frame || frame.width !== to.width || frame.height !== to.height) this.frame = to;
    else this.glide(frame, to, performance.now());
  }

  /** @param {Frame} from @param {Frame} to @param {number} start */
  glide(from, to, start) {
    this.gliding = requestAnimationFrame((now) => {
      const share = Math.min(1, Math.max(0, (now - start) / GLIDE_MS));
      const eased = 1 - (1 - share) ** 3;
      this.frame = share < 1 ? { ...to, scale: from.scale * (to.scale / from.scale) ** eased } : to;
      this.draw();
      if (share < 1) this.glide(from, to, start);
    });
  }

  /** Stop the glide: the scale stays at its current value. */
  hold() {
    cancelAnimationFrame(this.gliding);
  }

  draw() {
    const { data, frame, layers, room } = this;
    if (!frame) return;
    const { names, captions, query, queryName, outputName, role = "x" } = data;
    const vectors = data.vectors.map((vector, row) => ({ name: names[row], caption: captions[row], role, vector }));
    const asking = canAsk(data) ? [] : [{ name: queryName, role: "q", vector: query }];
    const others = [...asking, ...landing(data).map((vector) => ({ name: outputName, role: "y", vector }))];
    const taken = drawGrid(layers.grid, frame, data.axes, room.digits);
    drawHalo(layers.query, frame, query);
    vectors.forEach((arrow, row) => this.drawVector(arrow, row, frame));
    layers.others.replaceChildren(...others.map((arrow) => drawArrow(arrowGroup(), arrow, frame)));
    drawNames(layers.names, [...vectors, ...others], frame, taken, room.digits);
  }

  /** @param {Arrow} arrow @param {number} row @param {Frame} frame */
  drawVector(arrow, row, frame) {
    const { weights, editable, row: chosen } = this.data;
    const group = drawArrow(this.arrows[row], arrow, frame);
    const share = Math.abs(weights[row]) / (largestOf([weights]) || 1);
    group.style.setProperty("--opacity", String(FAINTEST + (1 - FAINTEST) * share));
    group.classList.add("vector");
    group.classList.toggle("negative", weights[row] < 0);
    group.classList.toggle("editable", editable);
    const choosable = canAsk(this.data);
    group.classList.toggle("choosable", choosable);
    const is = choosable ? { role: "button", "aria-pressed": String(row === chosen) } : { role: "img", "aria-pressed": null };
    setAttributes(group, { ...is, tabindex: row === this.stop ? 0 : -1, "aria-label": wordsOf(this.data, row) });
  }

  /** @param {number | null} row */
  point(row) {
    if (row === this.pointed) return;
    this.pointed = row;
    this.doing.say(row === null ? "" : wordsOf(this.data, row));
  }

  /** @param {number} row */
  choose(row) {
    this.stop = row;
    if (canAsk(this.data)) this.doing.choose({ row });
  }

  /** Move the keyboard focus to another arrow. @param {number} by */
  walk(by) {
    this.stop = Math.min(Math.max(this.stop + by, 0), this.arrows.length - 1);
    this.draw();
    this.arrows[this.stop].focus();
  }
}

/** Return the output in a list if it has width 2, else an empty list. @param {PlaneData} data */
const landing = ({ output }) => (output?.length === 2 ? [output] : []);

/** True if the query is one of the vectors, so that each vector can be chosen as the query. @param {PlaneData} data */
const canAsk = ({ names, queryName }) => names.includes(queryName);

/** @param {string} name */
const plain = (name) => name.replaceAll("_", "");

/** @param {PlaneData} data @param {number} row */
function wordsOf({ names, captions, vectors, weights, axes }, row) {
  const written = vectors[row].map((value, column) => `${plain(axes[column])} ${formatNumber(value, "sentence")}`);
  const name = captions[row] ? `${plain(names[row])}, ${captions[row]}` : plain(names[row]);
  return `${name}: ${written.join(", ")}; weight ${formatNumber(weights[row], "sentence")}`;
}

/** @param {PlaneData} data */
function help(data) {
  const { names, axes, editable } = data;
  const keys = [
    "The left and right arrow keys go from vector to vector",
    ...(canAsk(data) ? ["Enter makes a vector the query"] : []),
    ...(editable ? ["Alt and an arrow key move it by 0.1, with Shift by 1"] : []),
  ];
  return `Plane of ${names.length} vectors. Right is ${plain(axes[0])}, up is ${plain(axes[1])}. ${keys.join(". ")}.`;
}
