// Beside the picture: the heads that stand out, or all in the order of one number. A click makes one the map.
import { element, find, findAs, writeNumber } from "../figures/elements.js";
import { Segments } from "../controls/segments.js";
import { MapImage } from "../figures/draw.js";
import { chooseHead, isOnMap } from "../view/head_choice.js";
import { shortOf, textOf, titleWithUnit } from "../view/measure_words.js";
import { ranked, standingOut } from "../view/ranked.js";
import { layerName } from "../view/settings.js";
import { lookersOf } from "../view/lookers.js";
import { askingName } from "../view/words.js";

/** @import { Exploration } from "../view/exploration.js" */
/** @import { HeadPlace } from "../view/head_choice.js" */
/** @import { Measure } from "../view/measures.js" */

/** A line: the head, of which measure its number is, and what is said of it. @typedef {HeadPlace & { value: number, measure: Measure, says: string }} Line */

const MOST = 24;

export class Ranking {
  /** @type {ReturnType<Ranking["newItem"]>[]} */ items = [];
  options = "";

  /**
   * @param {HTMLElement} root
   * @param {Exploration} exploration
   */
  constructor(root, exploration) {
    this.root = root;
    this.exploration = exploration;
    this.select = findAs(root, "select", HTMLSelectElement);
    this.list = find(root, "ol");
    this.says = find(root, ".ranking-says");
    this.caveat = find(root, ".caveat");
    this.from = find(root, ".from");
    this.segments = new Segments(this.from, (from) => exploration.set({ from: /** @type {"query"} */ (from) }));
    this.unwritten = findAs(root, ".unwritten", HTMLButtonElement);
    this.unwritten.addEventListener("click", () => exploration.measures.look());
    this.select.addEventListener("change", () => exploration.set({ measure: this.select.value, rising: false }));
    this.list.addEventListener("pointerleave", () => exploration.pointAt(null));
  }

  draw() {
    if (this.root.hidden) return;
    const { measures, settings } = this.exploration;
    const offered = measures.offered();
    const chosen = measures.chosen;
    this.offer(offered, chosen);
    this.from.hidden = chosen?.name !== "box";
    if (!this.from.hidden) this.segments.show(lookersOf(this.exploration, "short"), settings.from);
    const lines = chosen ? this.linesOf(chosen) : this.linesOfStanding(offered);
    this.list.classList.toggle("standing", !chosen);
    const longest = lines.reduce((most, { value }) => Math.max(most, value), 0);
    const even = chosen?.even ?? NaN;
    this.list.style.setProperty("--even", even <= longest ? `${(100 * even) / longest}%` : "-100%");
    while (this.items.length < lines.length) this.items.push(this.newItem());
    this.items.forEach(({ item }, at) => (item.hidden = at >= lines.length));
    lines.forEach((line, at) => this.write(this.items[at], line, longest));
    this.unwritten.hidden = Boolean(chosen) || !measures.unwritten;
    this.unwritten.disabled = measures.looked;
    this.unwritten.textContent = measures.looked ? "Measuring what they write…" : "Find which writes most";
    const waits = measures.waits && chosen?.name !== "box"; // which has its own lookers
    this.caveat.hidden = !waits;
    this.root.classList.toggle("coming", waits || this.partial(chosen) !== "");
    const said = this.said(chosen, lines.length);
    if (this.says.textContent !== said) this.says.textContent = said;
  }

  /** The measures that there are to rank by. */
  /**
   * @param {readonly Measure[]} offered
   * @param {Measure | null} chosen
   */
  offer(offered, chosen) {
    const options = JSON.stringify(offered.map(({ title }) => title));
    if (options !== this.options) {
      this.options = options;
      this.select.replaceChildren(
        new Option("What stands out", "standing"),
        ...offered.map((measure) => new Option(titleWithUnit(measure), measure.name)),
      );
    }
    this.select.value = chosen?.name ?? "standing";
  }

  /** @param {Measure} measure @returns {Line[]} */
  linesOf(measure) {
    const { measures, settings } = this.exploration;
    const order = ranked(measures.valuesOf(measure.name) ?? [], settings.rising);
    return order.slice(0, MOST).map((each) => ({ ...each, measure, says: "" }));
  }

  /** @param {readonly Measure[]} offered @returns {Line[]} */
  linesOfStanding(offered) {
    const { measures } = this.exploration;
    return standingOut((name) => measures.valuesOf(name), measures.prefixName).flatMap((each) => {
      const measure = offered.find(({ name }) => name === each.measure);
      return measure ? [{ ...each, measure }] : [];
    });
  }

  /**
   * @param {ReturnType<Ranking["newItem"]>} item
   * @param {Line} line
   * @param {number} longest
   */
  write({ item, button, image, name, says, bar, number }, { layer, head, says: words, value, measure }, longest) {
    const { exploration } = this;
    Object.assign(item.dataset, { layer: String(layer), head: String(head) });
    name.textContent = `${layerName(exploration.data, layer)}.${head}`;
    says.textContent = words;
    if (words) this.drawMap(image, layer, head);
    bar.style.width = longest > 0 ? `${Math.max(0, (100 * value) / longest)}%` : "0";
    writeNumber(number, value, words ? textOf(measure, value) : shortOf(measure, value));
    const onMap = isOnMap(exploration, { layer, head }) && exploration.settings.heads !== null;
    button.setAttribute("aria-pressed", String(onMap));
    const { head: pointed } = exploration;
    button.classList.toggle("pointed", pointed?.layer === layer && pointed.head === head);
  }

  /**
   * @param {MapImage} image
   * @param {number} layer
   * @param {number} head
   */
  drawMap(image, layer, head) {
    const { data, settings } = this.exploration;
    const row = this.exploration.rowsOf(layer)?.heads[head];
    const { prefix } = data.layers[layer];
    if (row) image.draw(row.subarray(prefix.length), data.layers[layer], settings.scale, settings.map);
  }

  /** @param {Measure | null} chosen @param {number} count */
  said(chosen, count) {
    const { exploration } = this;
    const { measures, settings } = exploration;
    if (chosen?.name === "box" && settings.from === "outside" && measures.boxSums.share < 1)
      return `Counting every patch outside: ${Math.floor(100 * measures.boxSums.share)} %`;
    if (!count) return chosen ? "No number for this query." : "On its way…";
    const whose = measures.over === "picture" ? "over the whole picture" : `for ${askingName(exploration)}`;
    const partial = this.partial(chosen);
    if (partial) return partial;
    if (!chosen) return `Layer.head, ${whose}`;
    const even = chosen.even === null ? "" : `Line: ${textOf(chosen, chosen.even)}, of a head that looks evenly at everything`;
    return chosen.name === "box" ? even : [`Layer.head, ${whose}`, even].filter(Boolean).join(". ");
  }

  /** Said while layers are missing that may hold other heads; "" where none is. @param {Measure | null} chosen */
  partial(chosen) {
    const { data, measures } = this.exploration;
    const [here, all] = [measures.layersHere, data.layers.length];
    return here === all || chosen?.name === "contribution" ? "" : `Of ${here} of ${all} layers so far`;
  }

  newItem() {
    const { exploration } = this;
    const item = element("li");
    const button = Object.assign(element("button"), { type: "button" });
    const [name, says, number] = [element("span", "name"), element("span", "says"), element("span", "number")];
    const [track, bar] = [element("span", "track"), element("span", "bar")];
    const image = new MapImage();
    track.append(bar);
    button.append(image.canvas, name, says, track, number);
    item.append(button);
    this.list.append(item);
    const place = () => ({ layer: Number(item.dataset.layer), head: Number(item.dataset.head) });
    button.addEventListener("click", ({ shiftKey, ctrlKey, metaKey }) =>
      chooseHead(exploration, place(), shiftKey || ctrlKey || metaKey),
    );
    button.addEventListener("pointerenter", () => exploration.pointAt(place()));
    button.addEventListener("focus", () => exploration.pointAt(place()));
    button.addEventListener("blur", () => exploration.pointAt(null));
    return { item, button, image, name, says, bar, number };
  }
}
