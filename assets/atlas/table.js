// Every head with all its numbers. A click on a column sorts by it, a second turns the order round; a click on a head chooses it.
import { element, writeNumber } from "../figures/elements.js";
import { formatNumber } from "../figures/numbers.js";

/** @import { GridData, Column } from "./grid.js" */
/** @import { Place } from "./layout.js" */

/** @typedef {{ name: string, rising: boolean }} Order */

const HEAD = "head";

export class Table {
  /** What it lists: made anew, a row under a finger would miss its click. */ about = "";
  /** The reader's own; null while rows stand as the figure's cells would. @type {Order | null} */ order = null;
  /** @type {GridData | undefined} */ data;

  /**
   * @param {HTMLTableElement} root
   * @param {(place: Place) => void} choose
   */
  constructor(root, choose) {
    this.choose = choose;
    this.head = root.tHead ?? root.createTHead();
    this.body = root.tBodies[0];
  }

  /**
   * @param {GridData} data
   * @param {Place} chosen
   */
  draw(data, chosen) {
    this.data = data;
    this.chosen = chosen;
    const order = this.order ?? { name: data.ranked ? data.column : HEAD, rising: !data.ranked };
    const about = JSON.stringify([data.heads, data.columns, order]);
    if (about !== this.about) this.list(data, order);
    this.about = about;
    for (const button of this.body.querySelectorAll("button")) {
      const { layer, head } = button.dataset;
      button.setAttribute("aria-pressed", String(Number(layer) === chosen.layer && Number(head) === chosen.head));
    }
  }

  /** @param {GridData} data @param {Order} order */
  list(data, order) {
    const columns = [{ name: HEAD, title: "Head", unit: "layer.head" }, ...data.columns];
    const row = element("tr");
    const focused = /** @type {ShadowRoot | Document} */ (this.head.getRootNode()).activeElement;
    const held = focused instanceof HTMLElement && this.head.contains(focused) ? focused.dataset.name : undefined;
    row.append(...columns.map((column) => this.column(column, order)));
    this.head.replaceChildren(row);
    /** @type {NodeListOf<HTMLElement>} */ (this.head.querySelectorAll("button")).forEach(
      (button) => button.dataset.name === held && button.focus(),
    );
    const of = data.columns.find(({ name }) => name === order.name);
    this.body.replaceChildren(...sorted(data.heads, of, order.rising).map((place) => this.row(data, place)));
  }

  /** @param {{ name: string, title: string, unit: string }} column @param {Order} order */
  column({ name, title, unit }, order) {
    const cell = Object.assign(element("th"), { scope: "col" });
    const button = Object.assign(element("button", "", title), { type: "button" });
    button.dataset.name = name;
    const chosen = order.name === name;
    if (chosen) cell.setAttribute("aria-sort", order.rising ? "ascending" : "descending");
    button.addEventListener("click", () => {
      this.order = { name, rising: chosen ? !order.rising : name === HEAD };
      if (this.data && this.chosen) this.draw(this.data, this.chosen);
    });
    cell.append(button, element("small", "", unit));
    return cell;
  }

  /** @param {GridData} data @param {Place} place */
  row(data, { layer, head }) {
    const row = element("tr");
    const name = Object.assign(element("th"), { scope: "row" });
    const button = Object.assign(element("button", "", `${layer}.${head}`), { type: "button" });
    button.setAttribute("aria-label", `Layer ${layer}, head ${head}`);
    Object.assign(button.dataset, { layer: String(layer), head: String(head) });
    button.addEventListener("click", () => this.choose({ layer, head }));
    name.append(button);
    row.append(name, ...data.columns.map((column) => cellOf(column, layer, head)));
    return row;
  }
}

/** @param {Column} column @param {number} layer @param {number} head */
function cellOf(column, layer, head) {
  const cell = element("td", "", "–");
  const value = column.values[layer]?.[head] ?? null;
  if (value === null) return cell;
  writeNumber(cell, value, formatNumber(value, "readout"));
  const [low, high] = [column.low?.[layer]?.[head] ?? null, column.high?.[layer]?.[head] ?? null];
  if (low !== null && high !== null)
    cell.append(element("span", "quiet", `  [${formatNumber(low, "readout")}, ${formatNumber(high, "readout")}]`));
  return cell;
}

/**
 * Heads by a column, those without a number last; by layer and head without one.
 *
 * @param {readonly number[]} heads
 * @param {Column | undefined} column
 * @param {boolean} rising
 * @returns {Place[]}
 */
export function sorted(heads, column, rising) {
  const places = heads.flatMap((count, layer) => Array.from({ length: count }, (_, head) => ({ layer, head })));
  if (!column) return rising ? places : places.reverse();
  const value = (/** @type {Place} */ { layer, head }) => column.values[layer]?.[head] ?? null;
  return places.sort((a, b) => {
    const [first, second] = [value(a), value(b)];
    if (first === null || second === null) return Number(first === null) - Number(second === null);
    return rising ? first - second : second - first;
  });
}
