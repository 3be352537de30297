// Two tables, the farthest first: how far each head's pattern moved, and how alike each layer's features still are.
import { element, writeNumber } from "../shared/elements.js";
import { mounted } from "../shared/mounted.js";
import { formatNumber } from "../shared/numbers.js";

/** @typedef {{ layer: number, name: string, heads: (number | null)[], alike: number | null }} Layer */
/** head: null for a layer. @typedef {{ layer: number, head: number | null }} Chosen */
/** @typedef {{ says: string, value: number, share: number, chosen: Chosen }} Row */

class Moved {
  /** @type {(chosen: Chosen) => void} */
  choose = () => {};

  /** What the tables say: made anew, a row under a finger would miss its click. */ shown = "";

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
  }

  /** @param {{ layers: Layer[] }} data */
  show({ layers }) {
    const shown = JSON.stringify(layers);
    if (shown === this.shown) return;
    this.shown = shown;
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
    this.root.replaceChildren(...tables);
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

  close() {}
}

/** The farthest moved first. @param {Row[]} rows */
function sorted(rows) {
  return rows.toSorted((a, b) => b.share - a.share || a.chosen.layer - b.chosen.layer);
}

export default mounted(Moved, ".regard-moved", (view, { setTriggerValue }) => {
  view.choose = (chosen) => setTriggerValue("chosen", chosen);
});
