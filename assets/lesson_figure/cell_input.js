// The text input over a cell of a figure while the reader types its number.
import { element } from "../figures/elements.js";
import { tidied, typedNumber } from "../controls/typed_number.js";

const SMALLEST_FONT = 13;
const PADDING = 4;
const DECIMALS = 4;

/**
 * A cell and its number at the moment of the event.
 *
 * @typedef {{ matrix: string, row: number, column: number, value: number, node: SVGElement }} EditedCell
 */

/**
 * @typedef {object} Typing
 * @property {EditedCell} cell
 * @property {HTMLInputElement} input
 * @property {string} text of the cell's current number
 * @property {number} value current number of the cell
 */

export class CellInput {
  /** @type {Typing | null} */ typing = null;

  /**
   * @param {HTMLElement} host the positioned element that holds the figure
   * @param {(cell: EditedCell, value: number, settled: boolean) => void} edit
   * @param {(text: string) => void} say
   */
  constructor(host, edit, say) {
    this.host = host;
    this.edit = edit;
    this.say = say;
  }

  /** @param {EditedCell} cell @param {string} label */
  open(cell, label) {
    this.take();
    const input = element("input", "cell-input");
    const text = String(tidied(cell.value, DECIMALS)); // if the text is unchanged, so is the exact number
    Object.assign(input, { type: "text", value: text, autocomplete: "off", spellcheck: false, ariaLabel: label });
    this.typing = { cell, input, text, value: cell.value };
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => this.take());
    this.host.append(input);
    this.follow();
    input.focus({ preventScroll: true });
    input.select();
  }

  /** Follow the cell, or close if the cell is gone. */
  follow() {
    if (!this.typing) return;
    const { cell, input } = this.typing;
    const box = cell.node.isConnected && cell.node.dataset.cell ? cell.node.querySelector("rect") : null;
    if (!box) return this.close();
    const [at, around] = [box.getBoundingClientRect(), this.host.getBoundingClientRect()];
    const written = cell.node.querySelector("text");
    const font = Math.max(SMALLEST_FONT, written ? parseFloat(getComputedStyle(written).fontSize) : 0);
    const width = Math.max(at.width + PADDING, 4.8 * font);
    const height = Math.max(at.height + PADDING, 1.7 * font);
    const left = at.left + at.width / 2 - width / 2 - around.left;
    const top = at.top + at.height / 2 - height / 2 - around.top;
    /** @param {number} value @param {number} room */
    const within = (value, room) => `${Math.max(0, Math.min(value, room))}px`;
    Object.assign(input.style, {
      left: within(left, around.width - width),
      top: within(top, around.height - height),
      width: `${width}px`,
      height: `${height}px`,
      fontSize: `${font}px`,
    });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    event.stopPropagation(); // keys of the figure and the page do not apply while typing
    if (!this.typing || event.isComposing) return;
    const { cell, value } = this.typing;
    const up = event.key === "ArrowUp" ? 1 : event.key === "ArrowDown" ? -1 : 0;
    if (up) this.step(up * (event.shiftKey ? 1 : 0.1));
    else if (event.key === "Escape") {
      this.close();
      if (value !== cell.value) this.edit(cell, cell.value, true);
      cell.node.focus({ preventScroll: true });
    } else if (event.key === "Enter") {
      if (this.taken()) cell.node.focus({ preventScroll: true });
    } else return;
    event.preventDefault();
  }

  /** @param {number} by */
  step(by) {
    const { typing } = this;
    const typed = typing && typedNumber(typing.input.value);
    if (!typed) return;
    if ("refusal" in typed) return this.say(typed.refusal);
    typing.value = tidied(typed.value + by);
    typing.text = typing.input.value = String(typing.value);
    typing.input.select();
    this.edit(typing.cell, typing.value, false);
  }

  /** Take the typed text if it is a number; otherwise the cell keeps its own. */
  take() {
    const { typing } = this;
    if (this.taken() || !typing) return;
    this.close();
    if (typing.value !== typing.cell.value) this.edit(typing.cell, typing.cell.value, true);
  }

  /** Return true if a number was typed or none was needed; otherwise say why it was refused. */
  taken() {
    if (!this.typing) return true;
    const { cell, input, text, value } = this.typing;
    const typed = input.value.trim() === text ? { value } : typedNumber(input.value);
    if ("refusal" in typed) {
      this.say(typed.refusal);
      input.ariaInvalid = "true";
      input.select();
      return false;
    }
    this.close();
    if (typed.value !== cell.value || value !== cell.value) this.edit(cell, typed.value, true);
    return true;
  }

  close() {
    const input = this.typing?.input;
    this.typing = null; // first: removing the input blurs it, and blur takes the typed text
    input?.remove();
  }
}
