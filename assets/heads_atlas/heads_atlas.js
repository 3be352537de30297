// All heads, large, beside them the chart that measures them and the table that ranks them: all show and choose the same heads.
import { AllHeads } from "../maps/all_heads.js";
import { explorationOf } from "../view/exploration.js";
import { HeadActions } from "../maps/head_actions.js";
import { textOf } from "../view/measure_words.js";
import { headsDrawing, titleOf } from "../maps/heads_files.js";
import { sizeOf, uprightOf } from "../figures/heads_layout.js";
import { ranked } from "../view/ranked.js";
import { lookersOf, lookersSaid } from "../view/lookers.js";
import { layerName } from "../view/settings.js";
import { csv } from "../data/csv.js";
import { downloadCsv } from "../data/download.js";
import { formatButtons } from "../figures/figure_formats.js";
import { element, find, findAs, numberSpan } from "../figures/elements.js";
import { mounted } from "../controls/mounted.js";
import { Segments } from "../controls/segments.js";
import { HeadsChart } from "./chart.js";
import { HeadsTable } from "./table.js";

/** @import { Exploration } from "../view/exploration.js" */
/** @import { Measure } from "../view/measures.js" */
/** @import { Ranked } from "../view/ranked.js" */

/** `key` is the exploration's. @typedef {{ key: string }} AtlasData */

const REST_MS = 300; // for which an order has not changed, before the grid takes it
const MARKED = 5;
const HOW = "Point at a head. Click: it is the map; shift-click: it joins the map.";

export class HeadsAtlas {
  /** @type {Exploration | undefined} */ exploration;
  inSight = false;
  /** Of the grid, and what it will be once it rests. @type {readonly Ranked[] | null} */ order = null;
  coming = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */ resting;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.told = find(root, ".told");
    this.title = find(root, "h3");
    this.says = find(root, ".says");
    this.drawings = formatButtons(
      () => headsDrawing(this.grid),
      (format) => `Grid (${format})`,
    );
    find(root, ".files").prepend(...this.drawings);
    find(root, ".csv").addEventListener("click", () => this.saveCsv());
    this.figure = { draw: () => this.draw() };
    this.sight = new IntersectionObserver((entries) => {
      this.inSight = entries.some(({ isIntersecting }) => isIntersecting);
      this.draw();
    });
    this.sight.observe(root);
  }

  /** @param {AtlasData} data */
  show(data) {
    this.exploration ??= this.begin(explorationOf(data.key));
    this.draw();
  }

  /** @param {Exploration} exploration */
  begin(exploration) {
    const { root } = this;
    const set = (/** @type {object} */ changes) => exploration.set(changes);
    const chart = new HeadsChart(findAs(root, ".chart", SVGSVGElement), exploration);
    this.grid = new AllHeads(find(root, ".heads-grid"), exploration);
    this.chart = chart;
    this.table = new HeadsTable(find(root, ".heads-table"), exploration);
    this.actions = new HeadActions(element("span", "actions"), exploration);
    this.told.after(this.actions.root);
    this.measures = new Segments(find(root, ".measures"), (measure) => set({ measure, rising: false }));
    this.over = new Segments(find(root, ".over"), (over) => set({ over }));
    this.from = new Segments(find(root, ".from"), (from) => set({ from }));
    this.switches = /** @type {const} */ (["ordered", "coloured"]).map((name) => {
      const button = findAs(root, `.${name}`, HTMLButtonElement);
      button.addEventListener("click", () => set({ [name]: !exploration.settings[name] }));
      return { name, button };
    });
    this.sizes = new ResizeObserver(([{ contentRect }]) => {
      chart.size = { width: contentRect.width, height: contentRect.height };
      this.draw();
    });
    this.sizes.observe(chart.svg);
    exploration.figures.add(this.figure);
    return exploration;
  }

  close() {
    this.sight.disconnect();
    clearTimeout(this.resting);
    this.sizes?.disconnect();
    this.grid?.close();
    this.exploration?.figures.delete(this.figure);
  }

  /** What is measured here: the chosen measure, or the first where those are shown that stand out in any. */
  get measure() {
    const { measures } = /** @type {Exploration} */ (this.exploration);
    return measures.chosen ?? measures.offered()[0];
  }

  /** With every frame: what has changed of it. */
  draw() {
    const { exploration } = this;
    if (!exploration?.data || !this.chart || !this.grid) return;
    this.entitle(exploration);
    if (!this.inSight) return;
    const { measure } = this;
    exploration.measures.look();
    this.layOut(exploration, measure);
    this.arrange(exploration, measure);
    this.grid.draw();
    const values = exploration.measures.valuesOf(measure.name);
    this.sayWhatWaits(exploration, values !== null);
    const sizes = measure.name === "contribution" ? null : exploration.measures.valuesOf("contribution");
    this.chart.draw({ ...uprightOf(exploration.data), turned: false }, values, measure, sizes);
    this.chart.mark();
    this.chart.point(exploration.head);
    this.table?.draw(exploration.measures.offered(), measure);
    this.actions?.draw();
    this.tell(exploration, measure);
  }

  /** What was shown stays, dimmed, while all queries are measured. @param {Exploration} exploration @param {boolean} here */
  sayWhatWaits({ measures }, here) {
    const { waits } = measures;
    this.root.classList.toggle("coming", waits);
    find(this.root, ".waits").hidden = here && !waits;
    find(this.root, ".waits").textContent = here
      ? "All queries are being measured; until then these are this query's numbers."
      : "The heads are being measured…";
  }

  /** @param {Exploration} exploration */
  entitle(exploration) {
    const { data, measures } = exploration;
    const maps = measures.fits ? titleOf(exploration) : `${data.model}: every head`;
    const whose = measures.fits ? lookersSaid(exploration) : "";
    const title = whose ? `${maps}; numbers ${whose}` : maps;
    if (this.title.textContent !== title) this.title.textContent = title;
  }

  /**
   * @param {Exploration} exploration
   * @param {Measure} measure
   */
  layOut(exploration, measure) {
    const { root } = this;
    const { data, settings, measures } = exploration;
    const { fits } = measures;
    for (const name of [".heads-room", ".switches"]) find(root, name).hidden = !fits;
    for (const button of this.drawings) button.hidden = !fits;
    const { width, height } = sizeOf({ ...uprightOf(data), turned: false });
    root.style.setProperty("--aspect", String(width / height));
    root.style.setProperty("--layers", String(data.layers.length));
    this.measures?.show(Object.fromEntries(measures.offered().map(({ name, title: each }) => [name, each])), measure.name);
    find(root, ".over").hidden = measure.name === "box" || !fits;
    this.over?.show({ query: "This query", picture: "All queries" }, settings.over);
    find(root, ".from").hidden = measure.name !== "box";
    if (measure.name === "box") this.from?.show(lookersOf(exploration, "long"), settings.from);
    for (const { name, button } of this.switches ?? []) button.setAttribute("aria-pressed", String(settings[name]));
    const even =
      measure.even === null ? "" : ` Dashed: ${textOf(measure, measure.even)}, of a head that looks at everything alike.`;
    const sized = measures.valuesOf("contribution") ? " The larger a dot, the more its head writes." : "";
    const said = `${measure.says}${even}${sized}`;
    if (this.says.textContent !== said) this.says.textContent = said;
  }

  /**
   * The order of the grid, once it rests, its colours, and the first of the ranking.
   *
   * @param {Exploration} exploration
   * @param {Measure} measure
   */
  arrange({ measures, settings }, measure) {
    const { grid } = this;
    const values = measures.valuesOf(measure.name);
    if (!grid) return;
    const order = ranked(values ?? [], settings.rising);
    grid.numbered = settings.coloured && values ? { measure, values } : null;
    grid.first = measures.chosen ? order.slice(0, MARKED) : [];
    if (!settings.ordered || !order.length) grid.order = null;
    else if (!grid.order) grid.order = order;
    else this.orderSoon(order);
  }

  /** @param {readonly Ranked[]} order */
  orderSoon(order) {
    const coming = order.map(({ layer, head }) => `${layer}.${head}`).join();
    if (coming === this.coming) return;
    this.coming = coming;
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      if (this.grid?.order) this.grid.order = order;
      this.draw();
    }, REST_MS);
  }

  /**
   * The head that is pointed at, else the one that is alone on the map.
   *
   * @param {Exploration} exploration
   * @param {Measure} measure
   */
  tell(exploration, measure) {
    const { heads, depth } = exploration.settings;
    const alone = depth === "layer" && heads?.length === 1 ? { layer: exploration.layer, head: heads[0] } : null;
    const place = exploration.head ?? alone;
    const value = place && exploration.measures.valuesOf(measure.name)?.[place.layer]?.[place.head];
    const name = place ? `Layer ${layerName(exploration.data, place.layer)}, head ${place.head}` : HOW;
    const told = JSON.stringify([name, value, measure.unit]);
    if (told === this.told.dataset.told) return;
    this.told.dataset.told = told;
    if (!place || value === null || value === undefined || !Number.isFinite(value)) this.told.replaceChildren(name);
    else this.told.replaceChildren(`${name}: `, numberSpan(value, "", textOf(measure, value)));
  }

  /** A line a head. */
  saveCsv() {
    const { exploration } = this;
    if (!exploration?.data) return;
    const { data, measures } = exploration;
    const offered = measures.offered();
    const values = offered.map(({ name }) => measures.valuesOf(name));
    const rows = data.layers.flatMap(({ numHeads }, layer) =>
      Array.from({ length: numHeads }, (_, head) => [
        layerName(data, layer),
        head,
        ...values.map((each) => each?.[layer]?.[head] ?? NaN),
      ]),
    );
    const of = measures.over === "picture" ? "all-queries" : "this-query";
    const names = ["layer", "head", ...offered.map(({ name }) => name)];
    downloadCsv(csv(names, rows), `${data.model.replaceAll(/[^\w.]+/g, "-")}-every-head-${of}.csv`);
  }
}

export default mounted(HeadsAtlas, ".regard-heads-atlas", () => {});
