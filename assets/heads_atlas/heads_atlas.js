// All heads, large, and beside them the chart that measures them: both show and choose the same heads.
import { AllHeads } from "../explorer/all_heads.js";
import { explorationOf } from "../explorer/exploration.js";
import { saveHeadsPng, saveHeadsSvg, titleOf } from "../explorer/heads_files.js";
import { sizeOf, uprightOf } from "../explorer/heads_layout.js";
import { layerName } from "../explorer/settings.js";
import { csv } from "../shared/csv.js";
import { downloadCsv } from "../shared/download.js";
import { find, findAs, numberSpan } from "../shared/elements.js";
import { mounted } from "../shared/mounted.js";
import { formatNumber } from "../shared/numbers.js";
import { Segments } from "../shared/segments.js";
import { stored } from "../shared/stored.js";
import { scriptRuns } from "../shared/streamlit_workarounds.js";
import { HeadsChart } from "./chart.js";

/** @import { Exploration } from "../explorer/exploration.js" */
/** @import { HeadPlace } from "../explorer/head_choice.js" */
/** @import { MeasureName } from "../shared/stored.js" */

/**
 * @typedef {object} Measure
 * @property {MeasureName} name
 * @property {string} title of its segment
 * @property {string} axis
 * @property {string} unit
 * @property {string} says what it is
 * @property {number} even what a head has that looks at everything alike
 */

/**
 * @typedef {object} AtlasData
 * @property {string} key of the exploration
 * @property {Measure[]} measures
 * @property {MeasureName} chosen
 */

const SOON_MS = 150;
const PATIENCE_MS = 15_000; // after which the numbers are asked for again
const HOW = "Point at a head. Click: it is the map; shift-click: it joins the map.";

export class HeadsAtlas {
  /** @type {((name: "measure", value: unknown) => void) | undefined} */ setState;
  /** @type {((recording: string) => void) | undefined} asks for the numbers */ ask;
  /** @type {Exploration | undefined} */ exploration;
  /** @type {AtlasData | undefined} */ data;
  /** The recording whose numbers were asked for, and when. */ asked = { recording: "", at: 0 };
  inSight = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ later;
  /** @type {HeadPlace | null} */ pointed = null;
  /** The measure as Python last gave it, and as the reader chose it. */ given = "";
  chosen = "";

  /** What was laid out; doing it again would take the focus from a dot. */ laid = "";

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.told = find(root, ".told");
    this.title = find(root, "h3");
    this.segments = new Segments(find(root, ".measures"), (name) => this.choose(name));
    find(root, ".png").addEventListener("click", () => this.grid && saveHeadsPng(this.grid));
    find(root, ".svg").addEventListener("click", () => this.grid && saveHeadsSvg(this.grid));
    find(root, ".csv").addEventListener("click", () => this.saveCsv());
    this.figure = { draw: () => this.draw() };
    this.sight = new IntersectionObserver((entries) => {
      this.inSight = entries.some(({ isIntersecting }) => isIntersecting);
      this.askForNumbers();
    });
    this.sight.observe(root);
  }

  /** @param {AtlasData} data */
  show(data) {
    this.data = data;
    this.exploration ??= this.begin(explorationOf(data.key));
    if (data.chosen !== this.given) this.chosen = data.chosen;
    this.given = data.chosen;
    this.draw();
  }

  /** @param {Exploration} exploration */
  begin(exploration) {
    const chart = new HeadsChart(findAs(this.root, ".chart", SVGSVGElement), exploration);
    this.grid = new AllHeads(find(this.root, ".heads-grid"), exploration);
    this.chart = chart;
    this.grid.onPoint = chart.onPoint = (place) => this.point(place);
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
    clearTimeout(this.later);
    this.sizes?.disconnect();
    this.grid?.close();
    this.exploration?.figures.delete(this.figure);
  }

  /** With every frame: what has changed of it. */
  draw() {
    const { exploration, data: given, chart } = this;
    const data = exploration?.data;
    if (!exploration || !given || !data || !chart) return;
    const laid = JSON.stringify([data.recording, given, chart.size, this.chosen, this.entry !== undefined]);
    if (laid !== this.laid) this.layOut(exploration, given, chart);
    this.laid = laid;
    const title = AllHeads.fits(exploration) ? titleOf(exploration) : `${data.model}: every head`;
    if (this.title.textContent !== title) this.title.textContent = title;
    this.grid?.draw();
    if (chart.mark()) this.tell();
    this.askForNumbers();
  }

  /**
   * @param {Exploration} exploration
   * @param {AtlasData} given
   * @param {HeadsChart} chart
   */
  layOut(exploration, given, chart) {
    const { root } = this;
    const drawn = AllHeads.fits(exploration);
    for (const name of [".heads-room", ".png", ".svg"]) find(root, name).hidden = !drawn;
    const shape = { ...uprightOf(exploration.data), turned: false };
    const { width, height } = sizeOf(shape);
    root.style.setProperty("--aspect", String(width / height));
    root.style.setProperty("--layers", String(shape.layers));
    const measure = measureOf(given, this.chosen);
    this.segments.show(Object.fromEntries(given.measures.map(({ name, title }) => [name, title])), measure.name);
    const even = formatNumber(measure.even, "readout");
    find(root, ".says").textContent = `${measure.says} Dashed: ${even}, of a head that looks at everything alike.`;
    const values = this.valuesOf(measure.name);
    find(root, ".waits").hidden = values !== null;
    find(root, ".csv").hidden = values === null;
    chart.draw(shape, values ?? [], measure);
    this.tell();
  }

  /** Measuring takes Python a while: it begins when somebody looks, and the layers that are on their way go first. */
  askForNumbers() {
    const { exploration, inSight } = this;
    const data = exploration?.data;
    if (!data || !inSight || this.entry) return;
    if (data.allLayers && !data.layers.every((_, layer) => exploration.has(layer))) return;
    clearTimeout(this.later);
    const left = this.asked.recording === data.recording ? this.asked.at + PATIENCE_MS - performance.now() : 0;
    if (left <= 0 && !scriptRuns()) {
      this.asked = { recording: data.recording, at: performance.now() };
      this.ask?.(data.recording);
    }
    this.later = setTimeout(() => this.askForNumbers(), left > 0 ? left : SOON_MS);
  }

  /** The numbers; undefined while the heads are measured. */
  get entry() {
    return stored("statistics", `statistics:${this.exploration?.data?.recording}`);
  }

  /** By layer and head; null while they are measured. @param {MeasureName} name */
  valuesOf(name) {
    const data = this.exploration?.data;
    const found = this.entry?.[name];
    if (!data || !found) return null;
    let from = 0;
    return data.layers.map(({ numHeads }) => found.subarray(from, (from += numHeads)));
  }

  /** @param {string} name */
  choose(name) {
    this.chosen = name;
    this.draw();
    this.setState?.("measure", name);
  }

  /** @param {HeadPlace | null} place */
  point(place) {
    if (place?.layer === this.pointed?.layer && place?.head === this.pointed?.head) return;
    this.pointed = place;
    this.grid?.point(place);
    this.chart?.point(place);
    this.tell();
  }

  /** The head that is pointed at, else the one that is alone on the map. */
  tell() {
    const { exploration, told, data: given } = this;
    if (!exploration?.data || !given) return;
    const { heads, depth } = exploration.settings;
    const alone = depth === "layer" && heads?.length === 1 ? { layer: exploration.layer, head: heads[0] } : null;
    const place = this.pointed ?? alone;
    const measure = measureOf(given, this.chosen);
    const value = place && this.valuesOf(measure.name)?.[place.layer]?.[place.head];
    if (!place) return told.replaceChildren(HOW);
    const name = `Layer ${layerName(exploration.data, place.layer)}, head ${place.head}`;
    if (value === null || value === undefined) return told.replaceChildren(name);
    told.replaceChildren(`${name}: `, numberSpan(value, "", formatNumber(value, "readout")), ` ${measure.unit}`);
  }

  /** A line a head. */
  saveCsv() {
    const { exploration, data: given } = this;
    const data = exploration?.data;
    if (!data || !given) return;
    const measured = given.measures.map(({ name }) => this.valuesOf(name));
    const rows = data.layers.flatMap(({ numHeads }, layer) =>
      Array.from({ length: numHeads }, (_, head) => [
        layerName(data, layer),
        head,
        ...measured.map((values) => values?.[layer][head] ?? NaN),
      ]),
    );
    const names = ["layer", "head", ...given.measures.map(({ name }) => name)];
    downloadCsv(csv(names, rows), `${data.model.replaceAll(/[^\w.]+/g, "-")}-every-head.csv`);
  }
}

/**
 * @param {AtlasData} given
 * @param {string} chosen
 */
function measureOf({ measures }, chosen) {
  return measures.find(({ name }) => name === chosen) ?? measures[0];
}

export default mounted(HeadsAtlas, ".regard-heads-atlas", (atlas, { setStateValue, setTriggerValue }) => {
  atlas.setState = setStateValue;
  atlas.ask = (recording) => setTriggerValue("wanted", recording);
});
