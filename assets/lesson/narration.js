// The sentence of the current step, the hints on its terms, and the button that leads on.
import { around, element, find } from "../figures/elements.js";
import { writeParts } from "./parts.js";
import { readSeen, writeSeen } from "./seen_words.js";
import { saysSkipped } from "./steps.js";

/** @import { Part } from "./parts.js" */
/** @import { Lead, Step } from "./steps.js" */

export class Narration {
  /** The terms whose hints are open. @type {Set<string>} */ open = new Set();
  at = "";

  /**
   * @param {HTMLElement} root
   * @param {Record<string, string>} hints by term
   * @param {(lead: Lead) => void} follow
   */
  constructor(root, hints, follow) {
    this.root = root;
    this.hints = hints;
    this.text = find(root, ".narration-text");
    this.skipped = find(root, ".skipped");
    this.list = find(root, ".hints");
    this.leadButton = find(root, ".lead");
    this.leadButton.addEventListener("click", () => this.lead && follow(this.lead));
    root.addEventListener("click", (event) => {
      const term = around(event, "[data-term]")?.dataset.term;
      if (term) this.turn(term);
    });
  }

  /**
   * @param {Step[]} steps
   * @param {number} step
   */
  show(steps, step) {
    const { title, says, lead } = steps[step];
    writeParts(this.text, says);
    this.skipped.textContent = saysSkipped(steps);
    this.lead = lead ?? null;
    this.leadButton.hidden = !lead;
    if (lead) this.leadButton.textContent = `${lead.label} →`;
    if (title !== this.at) this.open = new Set(this.unseen(says));
    this.at = title;
    this.showHints();
  }

  /**
   * Return the terms of this step that this browser has never explained, and mark them as explained.
   *
   * @param {readonly Part[]} says
   */
  unseen(says) {
    const terms = says.flatMap((part) => (typeof part === "object" && "term" in part ? [part.term.toLowerCase()] : []));
    const seen = readSeen();
    writeSeen([...new Set([...seen, ...terms])]);
    return terms.filter((term) => !seen.includes(term));
  }

  /** @param {string} term */
  turn(term) {
    if (!this.open.delete(term)) this.open.add(term);
    this.showHints();
  }

  showHints() {
    const open = [...this.open];
    if (this.list.dataset.open !== open.join()) {
      this.list.dataset.open = open.join();
      this.list.replaceChildren(...open.map((term) => this.hint(term)));
    }
    /** @type {NodeListOf<HTMLElement>} */
    const words = this.text.querySelectorAll("[data-term]");
    for (const word of words) word.ariaExpanded = String(this.open.has(word.dataset.term ?? ""));
  }

  /** @param {string} term */
  hint(term) {
    const line = element("span", "term-hint");
    const close = Object.assign(element("button", "close", "×"), { type: "button", ariaLabel: `Close the hint on ${term}` });
    close.dataset.term = term;
    line.append(element("b", "", `${term[0].toUpperCase()}${term.slice(1)}: `), this.hints[term] ?? "", close);
    return line;
  }
}
