// Every head over many pictures: layers × heads in colours, with means and their intervals, or as a table. A click chooses one.
import { find, findAs, numberSpan } from "../figures/elements.js";
import { aloneOf } from "../figures/figure_files.js";
import { formatButtons } from "../figures/figure_formats.js";
import { formatNumber } from "../figures/numbers.js";
import { Segments } from "../controls/segments.js";
import { Cells } from "./cells.js";
import { gradient, scaleOf } from "./colours.js";
import { ranked } from "./layout.js";
import { VIEWS } from "./settings.js";
import { Table } from "./table.js";

/** @import { Place, Values } from "./layout.js" */

/**
 * A number of every head, and the ends of its 95 % interval.
 *
 * @typedef {object} Column
 * @property {string} name
 * @property {string} title
 * @property {string} unit
 * @property {boolean} signed
 * @property {Values} values
 * @property {Values | null} low
 * @property {Values | null} high
 */

/**
 * @typedef {object} GridData
 * @property {string} title
 * @property {number[]} heads of each layer
 * @property {Column[]} columns
 * @property {string} column the name of the one that is drawn
 * @property {boolean} ranked
 * @property {Place} chosen
 * @property {string} view "grid" or "table"
 * @property {number} pictures
 */

const ABOVE = 285; // px of the window over the figure, and below it
const LEAST = 240;

export class AtlasGrid {
  /** @type {GridData | undefined} */ data;

  /**
   * @param {HTMLElement} root
   * @param {{ choose: (place: Place) => void, chooseView: (view: string) => void }} told
   */
  constructor(root, { choose, chooseView }) {
    this.root = root;
    this.cells = new Cells(findAs(root, ".cells", SVGSVGElement), choose, (place) => this.say(place));
    this.table = new Table(findAs(root, "table", HTMLTableElement), choose);
    this.views = new Segments(find(root, ".views"), chooseView);
    const drawing = { svg: () => aloneOf(this.cells.svg), name: () => this.fileName() };
    find(root, ".figure-files").append(...formatButtons(() => drawing));
  }

  /** @param {GridData} data */
  show(data) {
    this.data = data;
    const { root } = this;
    const column = this.column(data);
    const scale = scaleOf(column.values, column.signed);
    this.views.show(VIEWS, data.view);
    const asGrid = data.view === "grid";
    findAs(root, ".cells", SVGSVGElement).style.display = asGrid ? "" : "none";
    for (const part of [".legend", ".figure-files", ".told"]) find(root, part).hidden = !asGrid;
    find(root, ".listed").hidden = asGrid;
    find(root, "h2").textContent = `${data.title}: ${column.title.toLowerCase()}`;
    find(root, ".low").textContent = formatNumber(scale.low, "short");
    find(root, ".high").textContent = formatNumber(scale.high, "short");
    find(root, ".unit").textContent = column.unit;
    find(root, ".gradient").style.background = gradient(scale);
    const height = Math.max(LEAST, globalThis.innerHeight - ABOVE);
    find(root, ".listed").style.maxHeight = `${height}px`;
    if (asGrid) {
      const order = data.ranked ? ranked(column.values, column.signed) : null;
      this.cells.draw(data, column, scale, order, data.chosen, { width: root.clientWidth, height });
      this.say(data.chosen);
    } else this.table.draw(data, data.chosen);
  }

  /** @param {GridData} data */
  column(data) {
    return data.columns.find(({ name }) => name === data.column) ?? data.columns[0];
  }

  /** The numbers of a head, in full. @param {Place} place */
  say({ layer, head }) {
    const { data } = this;
    const told = find(this.root, ".told");
    if (!data) return;
    const column = this.column(data);
    const value = column.values[layer]?.[head] ?? null;
    const [low, high] = [column.low?.[layer]?.[head] ?? null, column.high?.[layer]?.[head] ?? null];
    told.replaceChildren(`Layer ${layer}, head ${head}: `);
    if (value === null) return told.append("no picture has this number.");
    told.append(numberSpan(value, "value", formatNumber(value, "readout")), column.unit ? ` ${column.unit}` : "");
    if (low !== null && high !== null) {
      const ends = [
        numberSpan(low, "low", formatNumber(low, "readout")),
        numberSpan(high, "high", formatNumber(high, "readout")),
      ];
      told.append(", 95 % interval ", ends[0], " to ", ends[1]);
    }
    told.append(` over ${data.pictures.toLocaleString("en")} pictures.`);
  }

  fileName() {
    const { data } = this;
    return data ? `${data.title}-${this.column(data).title}`.toLowerCase().replaceAll(/[^\p{L}\d]+/gu, "-") : "atlas";
  }
}
