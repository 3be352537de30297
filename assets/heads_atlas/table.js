// Every head with all its numbers, in the order of one of them: its column is the measure. A click on a head makes it the map.
import { chooseHead, isOnMap } from "../view/head_choice.js";
import { shortOf, titleWithUnit } from "../view/measure_words.js";
import { ranked } from "../view/ranked.js";
import { layerName } from "../view/settings.js";
import { element, writeNumber } from "../figures/elements.js";

/** @import { Exploration } from "../view/exploration.js" */
/** @import { HeadPlace } from "../view/head_choice.js" */
/** @import { Measure } from "../view/measures.js" */

export class HeadsTable {
  /** @type {ReturnType<HeadsTable["newRow"]>[]} */ rows = [];
  titles = "";

  /**
   * @param {HTMLElement} root a table
   * @param {Exploration} exploration
   */
  constructor(root, exploration) {
    this.exploration = exploration;
    this.head = element("thead");
    this.body = element("tbody");
    root.replaceChildren(this.head, this.body);
    this.body.addEventListener("pointerleave", () => exploration.pointAt(null));
  }

  /**
   * @param {readonly Measure[]} measures
   * @param {Measure} chosen
   */
  draw(measures, chosen) {
    const { exploration } = this;
    const { settings, head: pointed } = exploration;
    this.name(measures, chosen);
    const values = measures.map(({ name }) => exploration.measures.valuesOf(name));
    const at = measures.findIndex(({ name }) => name === chosen.name);
    const order = ranked(values[at] ?? [], settings.rising);
    const longest = order.reduce((most, { value }) => Math.max(most, value), 0);
    while (this.rows.length < order.length) this.rows.push(this.newRow());
    this.rows.forEach(({ row }, line) => (row.hidden = line >= order.length));
    order.forEach(({ layer, head, value }, line) => {
      const { row, button, cells } = this.rows[line];
      Object.assign(row.dataset, { layer: String(layer), head: String(head) });
      button.textContent = `${layerName(exploration.data, layer)}.${head}`;
      const onMap = settings.heads !== null && isOnMap(exploration, { layer, head });
      button.setAttribute("aria-pressed", String(onMap));
      row.classList.toggle("pointed", pointed?.layer === layer && pointed.head === head);
      row.style.setProperty("--bar", `${longest > 0 ? Math.max(0, (100 * value) / longest) : 0}%`);
      while (cells.length < measures.length) cells.push(row.insertCell());
      while (cells.length > measures.length) cells.pop()?.remove();
      cells.forEach((cell, column) => {
        const number = values[column]?.[layer]?.[head] ?? NaN;
        cell.classList.toggle("chosen", column === at);
        if (Number.isFinite(number)) writeNumber(cell, number, shortOf(measures[column], number));
        else {
          cell.textContent = "–";
          delete cell.dataset.value;
        }
      });
    });
  }

  /**
   * The columns, which a click makes the measure; a second click turns its order round.
   *
   * @param {readonly Measure[]} measures
   * @param {Measure} chosen
   */
  name(measures, chosen) {
    const { rising } = this.exploration.settings;
    const titles = JSON.stringify([measures.map(({ title }) => title), chosen.name, rising]);
    if (titles === this.titles) return;
    const focused = this.head.querySelector(":focus") !== null;
    this.titles = titles;
    const row = element("tr");
    const first = element("th", "", "Head");
    first.scope = "col";
    row.append(first, ...measures.map((measure) => this.column(measure, measure.name === chosen.name, rising)));
    this.head.replaceChildren(row);
    /** @type {HTMLElement | null} */
    const button = row.querySelector("[aria-sort] button");
    if (focused) button?.focus();
  }

  /**
   * @param {Measure} measure
   * @param {boolean} chosen
   * @param {boolean} rising
   */
  column(measure, chosen, rising) {
    const { name, title, unit } = measure;
    const withUnit = titleWithUnit(measure);
    const column = element("th");
    column.scope = "col";
    const button = Object.assign(element("button", "", title), { type: "button" });
    if (withUnit !== title) button.append(element("small", "", unit));
    if (chosen) column.setAttribute("aria-sort", rising ? "ascending" : "descending");
    button.addEventListener("click", () => this.exploration.set({ measure: name, rising: chosen && !rising }));
    column.append(button);
    return column;
  }

  newRow() {
    const { exploration } = this;
    const row = element("tr");
    const name = element("th");
    name.scope = "row";
    const button = Object.assign(element("button"), { type: "button" });
    name.append(button);
    row.append(name);
    this.body.append(row);
    /** @returns {HeadPlace} */
    const place = () => ({ layer: Number(row.dataset.layer), head: Number(row.dataset.head) });
    row.addEventListener("pointerenter", () => exploration.pointAt(place()));
    button.addEventListener("focus", () => exploration.pointAt(place()));
    button.addEventListener("blur", () => exploration.pointAt(null));
    row.addEventListener("click", ({ shiftKey, ctrlKey, metaKey }) =>
      chooseHead(exploration, place(), shiftKey || ctrlKey || metaKey),
    );
    return { row, button, cells: /** @type {HTMLTableCellElement[]} */ ([]) };
  }
}
