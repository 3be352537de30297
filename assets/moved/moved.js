// Two tables, the farthest first: how far each head's pattern moved, and how alike each layer's features still are. A row leads
// to what it is of.
import { comparisonOf } from "../compare/comparison.js";
import { movementWanted } from "../compare/joint_wanted.js";
import { Fetching } from "../data/fetching.js";
import { Waiting } from "../controls/waiting.js";
import { element, find, writeNumber } from "../figures/elements.js";
import { mounted } from "../controls/mounted.js";
import { formatNumber } from "../figures/numbers.js";
import { stored } from "../data/stored.js";

/** @import { Comparison } from "../compare/comparison.js" */
/** @import { MovementEntry } from "../data/stored.js" */

/** head: null for a layer. @typedef {{ layer: number, head: number | null }} Chosen */
/** @typedef {{ says: string, value: number, share: number, chosen: Chosen }} Row */

class Moved {
  /** Asks the page's script for other leases. @type {(() => void) | undefined} */ renew;
  /** @type {Comparison | undefined} */ comparison;
  /** Made anew, a row under a finger would miss its click. @type {MovementEntry | undefined} */ shown;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.figure = { draw: () => this.draw() };
    this.fetching = new Fetching(() => this.missed(), { sources: () => [], onGone: () => this.renew?.() });
    this.waiting = new Waiting(find(root, ".news"), this.fetching);
  }

  close() {
    this.fetching.close();
    this.waiting.close();
    this.comparison?.figures.delete(this.figure);
  }

  /** @param {{ key: string }} data */
  show({ key }) {
    this.comparison ??= comparisonOf(key);
    this.comparison.figures.add(this.figure);
    this.draw();
  }

  missed() {
    const { comparison } = this;
    const from = comparison?.data && comparison.sides[0].exploration.source;
    return comparison && from ? [{ ...movementWanted(comparison), from, urgent: true }] : [];
  }

  draw() {
    if (!this.comparison?.data) return;
    this.fetching.soon();
    const found = stored("movement", movementWanted(this.comparison).id);
    if (found === this.shown) return;
    this.shown = found;
    find(this.root, ".tables").replaceChildren(...(found ? this.tables(found) : []));
  }

  /** @param {MovementEntry} found */
  tables({ layers }) {
    const heads = layers.flatMap(({ layer, name, heads: bits }) =>
      bits.flatMap((value, head) =>
        value === null ? [] : [{ says: `${name}, head ${head}`, value, share: value, chosen: { layer, head } }],
      ),
    );
    const alike = layers.flatMap(({ layer, name, alike: value }) =>
      value === null ? [] : [{ says: name, value, share: 1 - value, chosen: { layer, head: null } }],
    );
    const most = Math.max(...heads.map(({ value }) => value), 1e-12);
    for (const row of heads) row.share /= most;
    const tables = [this.table("heads", "Heads: divergence of their patterns, in bits", "bits", sorted(heads))];
    if (alike.length) tables.push(this.table("layers", "Layers: CKA of their features, 1 is the same", "CKA", sorted(alike)));
    return tables;
  }

  /** @param {Chosen} chosen */
  choose({ layer, head }) {
    /** @type {[number, number]} */
    const layers = [layer, layer];
    if (head === null) this.comparison?.lead({ layers, show: "similarity", asks: "place" });
    else this.comparison?.lead({ layers, show: "attention", heads: [head], asks: "place" });
  }

  /**
   * @param {string} name
   * @param {string} says
   * @param {string} unit
   * @param {Row[]} rows
   */
  table(name, says, unit, rows) {
    const table = element("table", name);
    table.append(element("caption", "", says));
    const head = element("tr");
    head.append(element("td"), Object.assign(element("th", "", unit), { scope: "col" }));
    table.append(head, ...rows.map((row) => this.row(row)));
    const frame = element("div", "frame");
    frame.tabIndex = 0;
    frame.setAttribute("role", "region");
    frame.ariaLabel = says;
    frame.append(table);
    return frame;
  }

  /** @param {Row} row */
  row({ says, value, share, chosen }) {
    const row = element("tr");
    const button = Object.assign(element("button", "", says), { type: "button" });
    button.addEventListener("click", () => this.choose(chosen));
    const [first, second] = [element("th"), element("td", "number")];
    writeNumber(second, value, formatNumber(value, "readout"));
    first.scope = "row";
    first.append(button);
    second.style.setProperty("--share", String(Math.max(0, Math.min(1, share))));
    row.append(first, second);
    return row;
  }
}

/** The farthest moved first. @param {Row[]} rows */
function sorted(rows) {
  return rows.toSorted((a, b) => b.share - a.share || a.chosen.layer - b.chosen.layer);
}

export default mounted(Moved, ".regard-moved", (moved, { setTriggerValue }) => {
  moved.renew = () => setTriggerValue("renew", true);
});
