// Every head by how far the model moves without it, beside what it writes; and how many can go together.
import { comparisonOf } from "../compare/comparison.js";
import { csv } from "../data/csv.js";
import { downloadCsv } from "../data/download.js";
import { element, find, findAs, writeNumber } from "../figures/elements.js";
import { mounted } from "../controls/mounted.js";
import { formatNumber } from "../figures/numbers.js";
import { Segments } from "../controls/segments.js";
import { actsOf } from "../edits/acts.js";
import { kindOf, withHead, withHeadsOff } from "../edits/acts_text.js";
import { Offer } from "./offer.js";
import { Scatter } from "./scatter.js";
import { Together } from "./together.js";
import { inSentence, worthOf } from "./worth.js";

/** @import { Comparison } from "../compare/comparison.js" */
/** @import { Acts } from "../edits/acts.js" */
/** @import { Act } from "../edits/acts_text.js" */
/** @import { Effects } from "../what_if/measuring.js" */
/** @import { Measure, Worth } from "./worth.js" */

/** key: of the comparison. @typedef {{ key: string }} EffectsData */

export class HeadEffects {
  /** @type {Acts | undefined} */ acts;
  /** @type {Comparison | undefined} */ comparison;
  /** What is shown. @type {Effects | undefined} */ data;
  chosen = "";
  /** What the table says: made anew, a row under a finger would miss its click. */ shown = "";

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.found = find(root, ".found");
    this.offer = new Offer(root, () => this.acts?.measuring?.start());
    this.segments = new Segments(find(root, ".measures"), (name) => {
      this.chosen = name;
      this.draw();
    });
    this.scatter = new Scatter(findAs(root, ".scatter", SVGSVGElement), (worth) => this.toggle(worth));
    this.together = new Together(find(root, ".together"), {
      setLimit: (limit) => this.acts?.set({ limit }),
      switchOff: (heads) => this.acts?.setList(this.withOff(heads)),
      state: (heads) => ({ off: !this.misses(heads).length, others: this.hasOthers(heads) }),
    });
    find(root, ".csv").addEventListener("click", () => this.save());
    this.figure = { draw: () => this.draw() };
    this.sizes = new ResizeObserver(() => this.draw());
    this.sizes.observe(root);
  }

  /** @param {EffectsData} data */
  show({ key }) {
    if (!this.acts) {
      this.acts = actsOf(key);
      this.comparison = comparisonOf(key);
      for (const owner of [this.acts, this.comparison]) owner.figures.add(this.figure);
    }
    this.draw();
  }

  close() {
    this.sizes.disconnect();
    for (const owner of [this.acts, this.comparison]) owner?.figures.delete(this.figure);
    if (this.acts?.measuring) this.acts.measuring.looked = false;
  }

  draw() {
    const { measuring } = this.acts ?? {};
    if (!measuring) return;
    if (!measuring.looked) {
      measuring.looked = true;
      measuring.redraw(); // the strip asks for it
    }
    this.offer.draw(measuring);
    this.data = measuring.found ?? undefined;
    this.found.hidden = !this.data;
    if (this.data) this.drawFound(this.data);
  }

  /** @param {Effects} data */
  drawFound(data) {
    const { acts } = this;
    if (!acts) return;
    const { measures, contribution } = data;
    const measure = measures.find(({ name }) => name === this.chosen) ?? measures[0];
    this.segments.show(Object.fromEntries(measures.map(({ name, title }) => [name, title])), measure.name);
    const heads = worthOf(measure, contribution);
    const isOff = (/** @type {{ layer: number, head: number }} */ { layer, head }) => kindOf(acts.list, layer, head) === "off";
    find(this.root, ".beside").hidden = !contribution;
    this.list(heads, measure);
    for (const button of this.root.querySelectorAll("tbody button")) {
      const { layer, head } = /** @type {HTMLElement} */ (button).dataset;
      button.setAttribute("aria-pressed", String(isOff({ layer: Number(layer), head: Number(head) })));
    }
    if (contribution) this.scatter.draw(heads, inSentence(measure), isOff);
    this.together.draw(data, acts.wanted.limit);
  }

  /** @param {readonly Worth[]} heads @param {Measure} measure */
  list(heads, measure) {
    const shown = JSON.stringify([heads, measure.name]);
    if (shown === this.shown) return;
    this.shown = shown;
    const writes = heads.some(({ contribution }) => contribution !== null);
    const top = element("tr");
    for (const says of ["Click: off, or on again", `moves ${inSentence(measure)}`, ...(writes ? ["writes (norm)"] : [])])
      top.append(Object.assign(element("th", "", says), { scope: "col" }));
    find(this.root, "thead").replaceChildren(top);
    const most = {
      effect: Math.max(1e-12, ...heads.map(({ effect }) => Math.abs(effect))),
      contribution: Math.max(1e-12, ...heads.map(({ contribution }) => contribution ?? 0)),
    };
    find(this.root, "tbody").replaceChildren(...heads.map((worth) => this.row(worth, most, writes)));
  }

  /**
   * @param {Worth} worth
   * @param {{ effect: number, contribution: number }} most
   * @param {boolean} writes
   */
  row(worth, most, writes) {
    const { layer, head, effect, contribution } = worth;
    const row = element("tr");
    const button = Object.assign(element("button", "", `Layer ${layer}, head ${head}`), { type: "button" });
    Object.assign(button.dataset, { layer: String(layer), head: String(head) });
    button.addEventListener("click", () => this.toggle(worth));
    const name = Object.assign(element("th"), { scope: "row" });
    name.append(button);
    row.append(name, numberCell("", effect, Math.abs(effect) / most.effect));
    if (writes)
      row.append(
        contribution === null
          ? element("td", "writes", "–")
          : numberCell("writes", contribution, contribution / most.contribution),
      );
    return row;
  }

  /** @param {Worth} worth */
  toggle({ layer, head }) {
    const { acts, data } = this;
    if (acts && data) acts.setList(withHead(acts.list, layer, head, "off", data.measures[0].values[layer].length));
  }

  /** Those of these that are not off yet. @param {readonly [number, number][]} heads as (layer, head) */
  misses(heads) {
    return heads.filter(([layer, head]) => kindOf(this.acts?.list ?? [], layer, head) !== "off");
  }

  /** Whether anything is changed besides. @param {readonly [number, number][]} heads */
  hasOthers(heads) {
    const off = new Set(heads.map(([layer, head]) => `${layer}.${head}`));
    const among = (/** @type {number} */ layer, /** @type {number} */ head) => off.has(`${layer}.${head}`);
    const all = (/** @type {number} */ layer) => this.data?.measures[0].values[layer]?.map((_, head) => head) ?? [];
    return (this.acts?.list ?? []).some(
      (act) => "how" in act || act.kind !== "off" || !(act.heads ?? all(act.layer)).every((head) => among(act.layer, head)),
    );
  }

  /** What is changed, and all of these off besides. @param {readonly [number, number][]} heads */
  withOff(heads) {
    const { acts, data } = this;
    return heads
      .toSorted(([a, c], [b, d]) => a - b || c - d)
      .reduce(
        (list, [layer, head]) => withHeadsOff(list, layer, [head], data?.measures[0].values[layer].length ?? 0),
        /** @type {readonly Act[]} */ (acts?.list ?? []),
      );
  }

  /** A line a head. */
  save() {
    const { data } = this;
    if (!data) return;
    const { measures, contribution } = data;
    const rows = measures[0].values.flatMap((heads, layer) =>
      heads.map((_, head) => [
        layer,
        head,
        ...measures.map(({ values }) => values[layer][head] ?? NaN),
        contribution?.[layer]?.[head] ?? NaN,
      ]),
    );
    const names = ["layer", "head", ...measures.map(({ name }) => `effect_${name}`), "contribution"];
    downloadCsv(csv(names, rows), "every-head-off.csv");
  }
}

/** @param {string} look @param {number} value @param {number} share */
function numberCell(look, value, share) {
  const cell = element("td", `number ${look}`);
  writeNumber(cell, value, formatNumber(value, "readout"));
  cell.style.setProperty("--share", String(Math.max(0, Math.min(1, share))));
  return cell;
}

export default mounted(HeadEffects, ".regard-effects", () => {});
