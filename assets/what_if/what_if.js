// The strip with a chip for each change, undo, and how far the changes moved the model. It has the server run the model.
import { comparisonOf } from "../compare/comparison.js";
import { Fetching } from "../data/fetching.js";
import { Waiting } from "../controls/waiting.js";
import { Link } from "../view/link.js";
import { element, find, findAs, numberSpan } from "../figures/elements.js";
import { mounted } from "../controls/mounted.js";
import { actsOf } from "../edits/acts.js";
import { Changing } from "./changing.js";
import { Chips } from "./chips.js";
import { linkOf } from "../edits/link.js";
import { Measuring } from "./measuring.js";
import { Unchanged } from "./unchanged.js";

/** @import { Comparison } from "../compare/comparison.js" */
/** @import { Missed } from "../data/fetching.js" */
/** @import { Acts, ActsData } from "../edits/acts.js" */
/** @import { Said } from "./changing.js" */

/** key: of the comparison. @typedef {ActsData & { key: string }} StripData */

export class Strip {
  /** Asks the page's script for another lease. @type {(() => void) | undefined} */ renew;
  /** @type {Acts | undefined} */ acts;
  /** @type {Comparison | undefined} */ comparison;
  /** What the chips and the numbers say: made anew, one under a finger would miss its click. */ shown = "";
  /** @type {{ close: () => void }[]} */ parts = [];

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.chips = new Chips(root, (at) => this.acts?.setList(this.acts.list.filter((_, number) => number !== at)));
    this.unchanged = new Unchanged(find(root, ".unchanged"));
    this.unit = find(root, ".unit");
    this.moved = find(root, ".moved");
    this.notes = find(root, ".notes");
    this.undo = findAs(root, ".undo", HTMLButtonElement);
    this.redo = findAs(root, ".redo", HTMLButtonElement);
    this.clear = findAs(root, ".clear", HTMLButtonElement);
    this.undo.addEventListener("click", () => this.acts?.undo());
    this.redo.addEventListener("click", () => this.acts?.redo());
    this.clear.addEventListener("click", () => this.acts?.setList([]));
    this.keys = (/** @type {KeyboardEvent} */ event) => this.key(event);
    document.addEventListener("keydown", this.keys);
    this.figure = { draw: () => this.draw() };
  }

  /** @param {StripData} data */
  show(data) {
    this.acts ??= this.begin(actsOf(data.key), comparisonOf(data.key));
    this.acts.adopt(data);
    this.link?.follow();
  }

  /** @param {Acts} acts @param {Comparison} comparison */
  begin(acts, comparison) {
    this.comparison = comparison;
    this.changing = new Changing(acts, comparison);
    this.measuring = acts.measuring ??= new Measuring(comparison);
    this.link = new Link(() => (acts.data ? linkOf(acts.wanted, acts.data.defaults) : null));
    this.asking = this.asked(() => this.changing?.missed() ?? [], ".news.change");
    this.changing.onDropped = (id) => this.asking?.drop(id);
    this.effects = this.asked(() => this.measuring?.missed() ?? [], ".news.effects");
    this.measuring.begin(this.effects, () => acts.redraw());
    this.listen = () => this.link?.follow();
    acts.listeners.add(this.listen);
    acts.figures.add(this.figure);
    comparison.figures.add(this.figure);
    return acts;
  }

  /** Fetch missing data, and show progress in a place. @param {() => Missed[]} missed @param {string} place */
  asked(missed, place) {
    const fetching = new Fetching(missed, { sources: () => [], onGone: () => this.renew?.() });
    this.parts.push(fetching, new Waiting(find(this.root, place), fetching));
    return fetching;
  }

  close() {
    const { acts, comparison } = this;
    document.removeEventListener("keydown", this.keys);
    this.chips.close();
    for (const part of [...this.parts, this.changing, this.measuring, this.link]) part?.close();
    acts?.figures.delete(this.figure);
    comparison?.figures.delete(this.figure);
    if (this.listen) acts?.listeners.delete(this.listen);
  }

  draw() {
    const { acts, changing } = this;
    if (!acts?.data || !changing) return;
    const { answer, list, past, future, wanted } = acts;
    if (changing.turn()) this.asking?.soon();
    if (this.measuring?.turn()) this.effects?.soon();
    this.undo.disabled = !past.length;
    this.redo.disabled = !future.length;
    this.clear.disabled = !list.length;
    changing.mark();
    this.root.classList.toggle("waits", changing.waits);
    this.say(acts);
    if (this.comparison) this.unchanged.draw(this.comparison, answer && !changing.waits ? list : []);
    const said = answer?.said ?? [];
    const shown = JSON.stringify([wanted.edits, said]);
    if (shown === this.shown) return;
    this.shown = shown;
    this.unit.hidden = !said.length;
    this.moved.replaceChildren(...said.flatMap((each) => this.number(each)));
    this.chips.show(list);
  }

  /** The parts of the link and the changes that could not be used. @param {Acts} acts */
  say({ unread, answer }) {
    const ofLink = unread.length ? [`The link's ${unread.join(" and ")} cannot be read: the page has its own.`] : [];
    const notes = [...ofLink, ...(answer?.notes ?? [])].join(" ");
    if (this.notes.textContent !== notes) this.notes.textContent = notes;
    this.notes.hidden = !notes;
  }

  /** @param {Said} said */
  number({ term, value, text, place }) {
    const definition = element("dd");
    const number = numberSpan(value, "", text);
    if (place) {
      const button = Object.assign(element("button"), { type: "button", title: "Pin this patch" });
      button.append(number);
      button.addEventListener("click", () => this.pin(place));
      definition.append(button);
    } else definition.append(number);
    return [element("dt", "", term), definition];
  }

  /** @param {[number, number]} place */
  pin([row, col]) {
    this.comparison?.set({ pin: { side: 1, row, col } });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const { key, ctrlKey, metaKey, shiftKey } = event;
    if (key === "Escape") return this.escape(event);
    const typing = event
      .composedPath()
      .some((at) => at instanceof HTMLElement && at.matches("input, textarea, [contenteditable]"));
    const letter = key.toLowerCase();
    if (!["y", "z"].includes(letter) || !(ctrlKey || metaKey) || typing) return;
    event.preventDefault();
    if (shiftKey || letter === "y") this.acts?.redo();
    else this.acts?.undo();
  }

  /** Wherever on the figures the focus is, and where a button that can no more be pressed has lost it. @param {KeyboardEvent} event */
  escape(event) {
    const ours = event.target === document.body || event.composedPath().some((at) => at instanceof ShadowRoot);
    if (ours && !event.defaultPrevented) this.comparison?.escape();
  }
}

export default mounted(Strip, ".regard-strip", (strip, { setTriggerValue }) => {
  strip.renew = () => setTriggerValue("renew", true);
});
