// Lists of numbers beside a picture: the largest values with bars, and single facts. Full values are in data-value.
import { element, writeNumber } from "./elements.js";
import { formatNumber } from "./numbers.js";
import { placeOf } from "../maths/patches.js";

/** @typedef {{ term: string, value?: number, text?: string }} Fact a number, a text, or a number as that text */

/**
 * @param {HTMLElement} node
 * @param {number} value
 * @param {string} [text]
 */
export function writeWeight(node, value, text = formatNumber(value, "readout")) {
  writeNumber(node, value, text);
}

/** Tokens with the largest values. */
export class TopList {
  /** @type {ReturnType<TopList["newItem"]>[]} */ items = [];

  /** @param {HTMLElement} list */
  constructor(list) {
    this.list = list;
  }

  /**
   * @param {readonly number[]} tokens largest value first
   * @param {Float32Array} values of all tokens
   * @param {{ cols: number }} grid
   * @param {object} [how]
   * @param {readonly string[]} [how.prefix] names of the tokens before the patches
   * @param {(value: number) => string | undefined} [how.written] a value's text, if it has its own form
   */
  show(tokens, values, grid, { prefix = [], written } = {}) {
    while (this.items.length < tokens.length) this.items.push(this.newItem());
    this.items.forEach(({ item }, i) => (item.hidden = i >= tokens.length));
    tokens.forEach((token, i) => {
      const { item, place, bar, number } = this.items[i];
      item.dataset.token = String(token);
      place.textContent = prefix[token] ?? placeOf(token - prefix.length, grid).join(", ");
      bar.style.width = `${values[tokens[0]] > 0 ? Math.max(0, (100 * values[token]) / values[tokens[0]]) : 0}%`;
      writeWeight(number, values[token], written?.(values[token]));
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

/** Terms, each with a number or a text. */
export class FactList {
  /** @type {Map<string, HTMLElement>} */ terms = new Map();
  shownTerms = "";

  /** @param {HTMLElement} list */
  constructor(list) {
    this.list = list;
  }

  /** @param {readonly Fact[]} facts */
  show(facts) {
    const terms = facts.map((fact) => fact.term).join("|");
    if (this.shownTerms !== terms) {
      this.shownTerms = terms;
      this.terms = new Map(facts.map(({ term }) => [term, element("dd")]));
      this.list.replaceChildren(...[...this.terms].flatMap(([term, node]) => [element("dt", "", term), node]));
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
}
