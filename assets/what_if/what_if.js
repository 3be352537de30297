// What is changed, a chip each, with undo, and how far that moved the model. It tells Python, and follows in the link.
import { comparisonOf } from "../compare/comparison.js";
import { Link } from "../explorer/link.js";
import { Telling } from "../explorer/telling.js";
import { element, find, findAs, numberSpan } from "../shared/elements.js";
import { mounted } from "../shared/mounted.js";
import { parsedActs } from "./acts_text.js";
import { actsOf } from "./acts.js";
import { Chips } from "./chips.js";

/** @import { SetState } from "../explorer/telling.js" */
/** @import { Acts, ActsData } from "./acts.js" */

/** A number that says how far something moved, with what stands before it. place: the patch that it is of. @typedef {{ term: string, value: number, text: string, place?: [number, number] }} Said */
/** key: of the comparison. done: the changes that the right side has. said: how far they moved the model. @typedef {ActsData & { key: string, done: string, said: Said[] }} StripData */

export class Strip {
  /** @type {SetState | undefined} */ setState;
  /** @type {Acts | undefined} */ acts;
  /** @type {StripData | undefined} */ data;
  /** What the chips and the numbers say: made anew, one under a finger would miss its click. */ shown = "";
  told = "";

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.chips = new Chips(root, (at) => this.acts?.setList(this.acts.list.filter((_, number) => number !== at)));
    this.unit = find(root, ".unit");
    this.moved = find(root, ".moved");
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
    this.data = data;
    this.acts ??= this.begin(actsOf(data.key));
    if (this.telling) this.telling.setState = this.setState;
    this.acts.adopt(data);
    this.link?.follow();
  }

  /** @param {Acts} acts */
  begin(acts) {
    const told = () => ({ ...acts.wanted, version: acts.version });
    this.telling = new Telling(
      acts.listeners,
      told,
      (/** @type {Partial<import("./acts.js").Settings>} */ changes) => !("limit" in changes),
    );
    this.link = new Link(() => (acts.data ? linkOf(acts.wanted, acts.data.defaults) : null));
    this.listen = () => this.link?.follow();
    acts.listeners.add(this.listen);
    acts.figures.add(this.figure);
    return acts;
  }

  close() {
    document.removeEventListener("keydown", this.keys);
    this.chips.close();
    this.telling?.close();
    this.link?.close();
    this.acts?.figures.delete(this.figure);
    if (this.listen) this.acts?.listeners.delete(this.listen);
  }

  draw() {
    const { acts, data } = this;
    if (!acts || !data) return;
    const { edits } = acts.wanted;
    const waits = edits !== data.done;
    this.undo.disabled = !acts.past.length;
    this.redo.disabled = !acts.future.length;
    this.clear.disabled = !acts.list.length;
    this.markSide(data.key, waits);
    this.root.classList.toggle("waits", waits);
    const shown = JSON.stringify([edits, data.said]);
    if (shown === this.shown) return;
    this.shown = shown;
    this.unit.hidden = !data.said.length;
    this.moved.replaceChildren(...data.said.flatMap((said) => this.number(said)));
    this.chips.show(parsedActs(edits));
  }

  /** @param {string} key @param {boolean} waits */
  markSide(key, waits) {
    const comparison = comparisonOf(key);
    if (comparison.stale.has(1) === waits) return;
    if (waits) comparison.stale.add(1);
    else comparison.stale.delete(1);
    comparison.redraw();
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
    if (this.data) comparisonOf(this.data.key).set({ pin: { side: 1, row, col } });
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
    if (ours && !event.defaultPrevented && this.data) comparisonOf(this.data.key).escape();
  }
}

/**
 * @param {import("./acts.js").Settings} settings
 * @param {import("./acts.js").Settings} defaults
 */
function linkOf({ edits, target, limit }, defaults) {
  const [number, most] = [target, limit].map((each) => (each === null ? null : String(each)));
  return { edits: edits === defaults.edits ? null : edits, target: number, limit: most };
}

export default mounted(Strip, ".regard-strip", (strip, { setStateValue }) => {
  strip.setState = setStateValue;
});
