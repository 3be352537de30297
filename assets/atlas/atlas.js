// The page "Atlas": what is shown of which measure, every head over many pictures, and what one of them does.
import { Fetching } from "../data/fetching.js";
import { Waiting } from "../controls/waiting.js";
import { Link } from "../view/link.js";
import { element, find } from "../figures/elements.js";
import { mounted } from "../controls/mounted.js";
import { Segments } from "../controls/segments.js";
import { onStored } from "../data/stored.js";
import { theAtlas } from "./chosen.js";
import { AtlasGrid } from "./grid.js";
import { AtlasHead } from "./head.js";
import { linkOf, ORDERS, showsOf } from "./settings.js";

/** @import { AtlasData } from "./chosen.js" */
/** @import { Values } from "./layout.js" */
/** @import { Settings } from "./settings.js" */

class AtlasPage {
  chosen = theAtlas();
  /** Tells the page's script which picture to open, and with which head. @type {(wanted: [string, number, number]) => void} */
  open = () => {};
  /** Asks the page's script for another lease. */
  renew = () => {};

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    const { chosen } = this;
    const segments = (/** @type {string} */ name, /** @type {keyof Settings} */ setting) =>
      new Segments(find(root, `.${name}`), (value) => chosen.set({ [setting]: value }));
    this.tools = {
      measure: segments("measures", "measure"),
      show: segments("shows", "show"),
      order: segments("orders", "order"),
    };
    this.grid = new AtlasGrid(find(root, ".regard-atlas-grid"), {
      choose: (head) => chosen.set({ head }),
      chooseView: (as) => chosen.set({ as }),
    });
    this.head = new AtlasHead(find(root, ".regard-atlas-head"), (name, { layer, head }) => this.open([name, layer, head]));
    this.link = new Link(() => (chosen.data ? linkOf(chosen.wanted, chosen.data) : null));
    this.fetching = new Fetching(() => chosen.missed(), {
      sources: () => (chosen.source ? [chosen.source] : []),
      onGone: () => this.renew(),
    });
    this.waiting = new Waiting(find(root, ".news"), this.fetching);
    this.listen = () => {
      this.link.follow();
      this.fetching.soon();
      this.draw();
    };
    chosen.listeners.add(this.listen);
    this.stop = onStored(() => this.draw());
    this.sizes = new ResizeObserver(() => this.draw());
    this.sizes.observe(root);
  }

  /** @param {AtlasData} data */
  show(data) {
    this.chosen.adopt(data);
    this.listen();
  }

  close() {
    this.chosen.listeners.delete(this.listen);
    this.stop();
    this.sizes.disconnect();
    for (const part of [this.link, this.fetching, this.waiting, this.head]) part.close();
  }

  draw() {
    const { data } = this.chosen;
    if (!data) return;
    const measure = this.chosen.measure(data);
    this.drawTools(data);
    this.say(".lacking", measure.lacking || measure.uncompared);
    find(this.root, ".parts").hidden = Boolean(measure.lacking);
    this.root.dataset.waiting = String(this.chosen.missed().length > 0);
    if (!measure.lacking) this.drawParts(data);
  }

  /** @param {AtlasData} data */
  drawTools(data) {
    const { measure, show, order } = this.chosen.settings(data);
    this.tools.measure.show(Object.fromEntries(data.measures.map(({ name, title }) => [name, title])), measure);
    this.tools.show.show(showsOf(data), show);
    this.tools.order.show(ORDERS, order);
  }

  /** Draw grid and head; the last drawing stays until the next data have come. @param {AtlasData} data */
  drawParts(data) {
    const { chosen } = this;
    const grid = chosen.grid(data);
    const head = chosen.head(data);
    if (!grid || !head) return;
    const { show, order, as } = chosen.settings(data);
    const { columns, pictures } = grid;
    const { caption, heads, beside, title, note } = data;
    this.grid.show({
      title: caption,
      heads,
      columns,
      pictures,
      column: show,
      ranked: order === "value",
      chosen: head,
      view: as,
    });
    this.say(".compared", grid.says ? `${grid.says} Difference: “${beside}” less “${title}”.` : "");
    const ofHead = chosen.ofHead(data);
    if (!ofHead) return;
    const at = (/** @type {Values | null} */ values) => values?.[head.layer]?.[head.head] ?? null;
    const interval = /** @type {[number | null, number | null]} */ ([at(columns[0].low), at(columns[0].high)]);
    this.head.show({ ...ofHead, interval, other: grid.other ? { title: beside, mean: at(grid.other) } : null, note });
  }

  /** A sentence with `code` in it, or nothing. @param {string} selector @param {string} says */
  say(selector, says) {
    const node = find(this.root, selector);
    node.hidden = !says;
    node.replaceChildren(...says.split("`").map((part, at) => (at % 2 ? element("code", "", part) : part)));
  }
}

export default mounted(AtlasPage, ".regard-atlas", (page, { setTriggerValue }) => {
  page.open = (wanted) => setTriggerValue("open", wanted);
  page.renew = () => setTriggerValue("renew", true);
});
