// The text about the pointed cell, beside the matrix and for screen readers.
import { writeWeight } from "../figures/number_lists.js";
import { find } from "../figures/elements.js";
import { formatNumber } from "../figures/numbers.js";

/** Names of the query and the key, and their weight. @typedef {{ query: string, key: string, weight: number }} Pair */

const QUIET_MS = 400; // pause before a screen reader speaks

export class Reading {
  /** @type {ReturnType<typeof setTimeout> | undefined} */ speaking;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
  }

  close() {
    clearTimeout(this.speaking);
  }

  /**
   * @param {Pair | null} pair
   * @param {string} direction
   */
  show(pair, direction) {
    const [facts, hint] = [find(this.root, ".pair"), find(this.root, ".point-hint")];
    facts.hidden = !pair;
    hint.hidden = Boolean(pair);
    const pins = direction === "outgoing" ? "query" : "key";
    hint.textContent = `Point at a cell to light up its query and its key on the picture. Click to pin the ${pins}.`;
    if (!pair) return;
    find(facts, ".query-cell").textContent = pair.query;
    find(facts, ".key-cell").textContent = pair.key;
    writeWeight(find(facts, ".weight"), pair.weight);
  }

  /** Tell screen readers the pair, once it no longer changes. @param {Pair} pair */
  speak({ query, key, weight }) {
    clearTimeout(this.speaking);
    this.speaking = setTimeout(() => {
      find(this.root, ".cell-told").textContent = `Query ${query}, key ${key}: weight ${formatNumber(weight, "readout")}.`;
    }, QUIET_MS);
  }
}
