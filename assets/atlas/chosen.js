// The view of the page "Atlas", which the browser alone owns, and what it misses of the data that it shows.
import { Server } from "../data/source.js";
import { Followed } from "../view/orders.js";
import { isStored, stored } from "../data/stored.js";
import { DEFAULTS, fitted, settingsOfLink, variesMost } from "./settings.js";

/** @import { Missed } from "../data/fetching.js" */
/** @import { Source } from "../data/source.js" */
/** @import { Orders } from "../view/orders.js" */
/** @import { Place } from "./layout.js" */
/** @import { Measure, Settings } from "./settings.js" */

/**
 * Data from the page's script.
 *
 * @typedef {object} AtlasData
 * @property {string} shown names atlas, atlas beside and labels together
 * @property {string} lease
 * @property {string} title
 * @property {string} caption the title and the model
 * @property {number[]} heads of each layer
 * @property {string} beside the title of the atlas beside, "" if there is none
 * @property {Measure[]} measures
 * @property {string} note what a click on a picture leads to
 * @property {Orders<{ link?: Record<string, string> }>} orders
 */

export class AtlasChosen {
  /** @type {AtlasData | undefined} */ data;
  /** As the reader set them. @type {Settings} */ wanted = DEFAULTS;
  /** The orders that were followed. */ followed = new Followed();
  /** @type {Source | undefined} */ source;
  /** Called with every change. @type {Set<() => void>} */ listeners = new Set();

  /** @param {AtlasData} data */
  adopt(data) {
    if (data.lease !== this.data?.lease) this.source = new Server(data.lease);
    this.data = data;
    for (const { link } of this.followed.newIn(data.orders)) if (link) this.wanted = settingsOfLink(link);
  }

  /** @param {Partial<Settings>} changes */
  set(changes) {
    this.wanted = { ...this.wanted, ...changes };
    for (const listener of this.listeners) listener();
  }

  /** As far as the atlas has them. @param {AtlasData} data */
  settings(data) {
    return fitted(this.wanted, data);
  }

  /** @param {AtlasData} data @returns {Measure} */
  measure(data) {
    const { measure } = this.settings(data);
    return data.measures.find(({ name }) => name === measure) ?? { name: "", title: "", unit: "", lacking: "", uncompared: "" };
  }

  /** The numbers of every head, once they are there. @param {AtlasData} data */
  grid(data) {
    return stored("atlas", gridId(data, this.measure(data)));
  }

  /** The head that is looked at; undefined until it is known which varies most. @param {AtlasData} data @returns {Place | undefined} */
  head(data) {
    const grid = this.grid(data);
    return this.settings(data).head ?? (grid && variesMost(grid.columns));
  }

  /** The data of the chosen head, once they have come. @param {AtlasData} data */
  ofHead(data) {
    const head = this.head(data);
    return head && stored("atlasHead", headId(data, this.measure(data), head));
  }

  /** The data that the screen waits for. @returns {Missed[]} */
  missed() {
    const { data, source } = this;
    if (!data || !source) return [];
    const measure = this.measure(data);
    if (!measure.name || measure.lacking) return [];
    const head = this.head(data);
    const body = { measure: measure.name };
    const grid = { id: gridId(data, measure), kind: "atlas", body, entry: { kind: "atlas" } };
    const ofHead = head && {
      id: headId(data, measure, head),
      kind: "atlas-cell",
      body: { ...body, ...head },
      entry: { kind: "atlasHead", place: head, measure },
    };
    return [grid, ...(ofHead ? [ofHead] : [])]
      .filter(({ id }) => !isStored(id))
      .map((wanted) => ({ ...wanted, from: source, urgent: true }));
  }
}

/** @param {AtlasData} data @param {Measure} measure */
const gridId = ({ shown }, { name }) => `atlas:${shown}/${name}`;

/** @param {AtlasData} data @param {Measure} measure @param {Place} head */
const headId = (data, measure, { layer, head }) => `${gridId(data, measure)}/${layer}.${head}`;

/** The page's own: all bundles of the page share it, and it outlives a visit to another page. */
export function theAtlas() {
  const page = /** @type {{ regardAtlas?: AtlasChosen }} */ (globalThis);
  return (page.regardAtlas ??= new AtlasChosen());
}
