// The numbers under the canvas. Every number written carries its full value in data-value.
import { element, find, writeNumber } from "../shared/elements.js";
import { formatNumber } from "../shared/numbers.js";

/** @typedef {{ term: string, value?: number, text?: string }} Fact a number, a text, or a number as that text */
/** @typedef {{ row: number, col: number, token: number, weight: number }} Place */

/**
 * @param {HTMLElement} node
 * @param {number} value
 * @param {string} [text]
 */
export function writeWeight(node, value, text = formatNumber(value, "readout")) {
  writeNumber(node, value, text);
}

export class Readout {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    /** @type {Map<string, HTMLElement>} */
    this.terms = new Map();
    this.wanted = "";
    this.list = find(root, "ol");
    /** @type {ReturnType<Readout["newItem"]>[]} */
    this.items = [];
  }

  /** @param {readonly Fact[]} facts always the same terms in the same order for one kind of view */
  showFacts(facts) {
    const wanted = facts.map((fact) => fact.term).join("|");
    if (this.wanted !== wanted) {
      this.wanted = wanted;
      this.terms = new Map(facts.map(({ term }) => [term, element("dd")]));
      find(this.root, "dl").replaceChildren(...[...this.terms].flatMap(([term, node]) => [element("dt", "", term), node]));
    }
    for (const { term, value, text } of facts) {
      const node = this.terms.get(term);
      if (!node) continue;
      if (value === undefined) {
        node.textContent = text ?? "";
        delete node.dataset.value;
      } else writeWeight(node, value, text);
    }
  }

  /** @param {readonly Place[]} top largest first */
  showTop(top) {
    while (this.items.length < top.length) this.items.push(this.newItem());
    this.items.forEach(({ item }, i) => (item.hidden = i >= top.length));
    top.forEach(({ row, col, token, weight }, i) => {
      const { item, place, bar, number } = this.items[i];
      item.dataset.token = String(token);
      place.textContent = `${row}, ${col}`;
      bar.style.width = `${top[0].weight > 0 ? (100 * weight) / top[0].weight : 0}%`;
      writeWeight(number, weight);
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
