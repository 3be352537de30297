// The numbers beside the picture: the five largest weights, and what the row amounts to. Each carries its whole value.
import { largest } from "../shared/attention_math.js";
import { element, find, writeNumber } from "../shared/elements.js";
import { formatNumber } from "../shared/numbers.js";
import { TOP_COUNT, facts, hint, queryName, saysOf, spoken } from "./words.js";
import { placeOf } from "./settings.js";

/** @import { Exploration, Shown } from "./exploration.js" */
/** @typedef {{ term: string, value?: number, text?: string }} Fact a number, a text, or a number as that text */

const QUIET_MS = 400; // before a screen reader is told

/**
 * @param {HTMLElement} node
 * @param {number} value
 * @param {string} [text]
 */
export function writeWeight(node, value, text = formatNumber(value, "readout")) {
  writeNumber(node, value, text);
}

export class Readout {
  /** @type {Map<string, HTMLElement>} */ terms = new Map();
  /** @type {ReturnType<Readout["newItem"]>[]} */ items = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */ speaking;
  wanted = "";

  /**
   * @param {HTMLElement} root
   * @param {HTMLElement} announcer for screen readers
   * @param {Exploration} exploration
   */
  constructor(root, announcer, exploration) {
    this.root = root;
    this.announcer = announcer;
    this.exploration = exploration;
    this.list = find(root, "ol");
  }

  close() {
    clearTimeout(this.speaking);
  }

  draw() {
    const { root, exploration } = this;
    const { settings } = exploration;
    const shown = exploration.shown();
    root.classList.toggle("waits", !shown);
    if (!shown) return;
    const outgoing = settings.direction === "outgoing";
    const letter = find(root, ".letter");
    letter.textContent = outgoing ? "q" : "k";
    letter.classList.toggle("key", !outgoing);
    find(root, ".query-name").textContent = queryName(shown);
    find(root, ".says").textContent = saysOf(settings);
    find(root, ".pinned").hidden = exploration.pinned === null || settings.query === "prefix";
    find(root, ".hint").textContent = hint(exploration, shown);
    root.dataset.exact = String(shown.exact);
    this.showTop(shown);
    this.showFacts(facts(exploration, shown));
  }

  /** Tell a screen reader, once nothing changes any more. */
  speak() {
    clearTimeout(this.speaking);
    this.speaking = setTimeout(() => {
      const shown = this.exploration.shown();
      const places = this.items.map(({ place }) => `row ${place.textContent.replace(", ", " column ")}`);
      if (shown) this.announcer.textContent = spoken(this.exploration, shown, places);
    }, QUIET_MS);
  }

  /** @param {readonly Fact[]} found */
  showFacts(found) {
    const wanted = found.map((fact) => fact.term).join("|");
    if (this.wanted !== wanted) {
      this.wanted = wanted;
      this.terms = new Map(found.map(({ term }) => [term, element("dd")]));
      find(this.root, "dl").replaceChildren(...[...this.terms].flatMap(([term, node]) => [element("dt", "", term), node]));
    }
    for (const { term, value, text } of found) {
      const node = this.terms.get(term);
      if (!node) continue;
      if (value === undefined) {
        node.textContent = text ?? "";
        delete node.dataset.value;
      } else writeWeight(node, value, text);
    }
  }

  /** @param {Shown} shown */
  showTop({ weights, prefix, grid }) {
    const onPatches = weights.subarray(prefix.length);
    const top = largest(onPatches, TOP_COUNT);
    while (this.items.length < top.length) this.items.push(this.newItem());
    this.items.forEach(({ item }, i) => (item.hidden = i >= top.length));
    top.forEach((patch, i) => {
      const { item, place, bar, number } = this.items[i];
      item.dataset.token = String(patch + prefix.length);
      place.textContent = placeOf(patch, grid).join(", ");
      bar.style.width = `${onPatches[top[0]] > 0 ? (100 * onPatches[patch]) / onPatches[top[0]] : 0}%`;
      writeWeight(number, onPatches[patch]);
    });
  }

  newItem() {
    const item = element("li");
    const rank = element("span", "rank", String(this.items.length + 1));
    const [place, track, number] = [element("span", "place"), element("span", "track"), element("span", "number")];
    const bar = element("div", "bar");
    track.append(bar);
    item.append(rank, place, track, number);
    this.list.append(item);
    return { item, place, bar, number };
  }
}
