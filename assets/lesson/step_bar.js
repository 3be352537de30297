// The step bar of a lesson: one button per step, buttons for the next and the previous step, and a button that plays all steps.
import { element, find } from "../figures/elements.js";
import { beside, nearest } from "./steps.js";

/** @import { Step } from "./steps.js" */

const PLAY_MS = 1800;
const MOVES = /** @type {Record<string, 1 | -1>} */ ({ ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 });

export class StepBar {
  /** @type {Step[]} */ steps = [];
  step = 0;
  revealed = -1;
  /** @type {ReturnType<typeof setInterval> | undefined} */ playing;

  /**
   * @param {HTMLElement} root of the bar
   * @param {(step: number) => void} choose
   */
  constructor(root, choose) {
    this.root = root;
    this.choose = choose;
    this.list = find(root, ".steps");
    this.playButton = find(root, ".play");
    this.playButton.addEventListener("click", () => (this.playing ? this.stop() : this.play()));
    find(root, ".back").addEventListener("click", () => this.go(-1));
    find(root, ".next").addEventListener("click", () => this.go(1));
    this.list.addEventListener("keydown", (event) => this.key(event));
    this.stop();
  }

  close() {
    clearInterval(this.playing);
  }

  /**
   * @param {Step[]} steps
   * @param {number} step
   */
  show(steps, step) {
    Object.assign(this, { steps, step });
    while (this.list.children.length < steps.length) this.list.append(this.newButton(this.list.children.length));
    /** @type {NodeListOf<HTMLButtonElement>} */
    const buttons = this.list.querySelectorAll("button");
    buttons.forEach((button, at) => {
      const { title, skip } = steps[at];
      const text = `${at + 1} ${title}`;
      if (button.textContent !== text) button.textContent = text;
      button.setAttribute("aria-pressed", String(at === step));
      button.ariaDisabled = skip ? "true" : null;
      button.title = skip && `Skipped: ${skip}`;
      button.tabIndex = at === step ? 0 : -1;
    });
    if (this.revealed !== step) this.reveal(buttons[step]);
    this.revealed = step;
    find(this.root, ".back").ariaDisabled = beside(steps, step, -1) === step ? "true" : null;
    find(this.root, ".next").ariaDisabled = beside(steps, step, 1) === step ? "true" : null;
  }

  /** Scroll the current step into view. Needed if the bar is narrow, as on a phone. @param {HTMLElement} button */
  reveal(button) {
    const middle = button.offsetLeft + button.offsetWidth / 2 - this.list.offsetLeft;
    this.list.scrollTo({ left: middle - this.list.clientWidth / 2 });
  }

  /** @param {number} at */
  newButton(at) {
    const button = Object.assign(element("button"), { type: "button" });
    button.addEventListener("click", () => {
      this.root.classList.toggle("explains", Boolean(this.steps[at].skip));
      if (this.steps[at].skip) return;
      this.stop();
      this.choose(at);
    });
    return button;
  }

  /** @param {1 | -1} way */
  go(way) {
    this.stop();
    const next = beside(this.steps, this.step, way);
    if (next !== this.step) this.choose(next);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const way = MOVES[event.key];
    if (!way || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    this.go(way);
    requestAnimationFrame(() => find(this.list, "[tabindex='0']").focus());
  }

  /** Play the steps once, from the first to the last. */
  play() {
    this.choose(nearest(this.steps, 0, 1));
    this.playing = setInterval(() => {
      const next = beside(this.steps, this.step, 1);
      if (!this.root.isConnected || next === this.step) this.stop();
      else this.choose(next);
    }, PLAY_MS);
    this.labelPlay("❚❚", "Stop");
  }

  stop() {
    clearInterval(this.playing);
    this.playing = undefined;
    this.labelPlay("▶", "Play the steps");
  }

  /** @param {string} text @param {string} label */
  labelPlay(text, label) {
    this.playButton.textContent = text;
    this.playButton.ariaLabel = label;
  }
}
