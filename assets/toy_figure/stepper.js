// The steps of the figure: a button each, one back, one on, and all of them played once.
import { element, find } from "../shared/elements.js";
import { STEPS } from "./trace.js";

const PLAY_MS = 1300;
const LAST = STEPS.sum;

export class Stepper {
  step = LAST;
  /** @type {ReturnType<typeof setInterval> | undefined} */ playing;

  /**
   * @param {HTMLElement} root of the figure
   * @param {(step: number) => void} show
   */
  constructor(root, show) {
    this.root = root;
    this.showStep = show;
    this.list = find(root, ".steps");
    this.playButton = find(root, ".play");
    this.playButton.addEventListener("click", () => (this.playing ? this.stop() : this.play()));
    find(root, ".back").addEventListener("click", () => this.choose(Math.max(1, this.step - 1)));
    find(root, ".next").addEventListener("click", () => this.choose((this.step % LAST) + 1));
  }

  /**
   * @param {readonly { title: string, text: string }[]} steps
   * @param {number} step
   */
  show(steps, step) {
    this.step = step;
    while (this.list.children.length < steps.length) this.list.append(this.newButton(this.list.children.length + 1));
    /** @type {NodeListOf<HTMLElement>} */
    const buttons = this.list.querySelectorAll("button");
    buttons.forEach((button, i) => {
      button.textContent = `${i + 1} ${steps[i].title}`;
      button.setAttribute("aria-pressed", String(i + 1 === step));
      button.tabIndex = i + 1 === step ? 0 : -1;
    });
    find(this.root, ".step-text").textContent = steps[step - 1].text;
  }

  /** @param {number} step */
  newButton(step) {
    const button = Object.assign(element("button"), { type: "button" });
    button.addEventListener("click", () => this.choose(step));
    return button;
  }

  /** @param {number} step by the reader, who then no longer watches */
  choose(step) {
    this.stop();
    this.showStep(step);
  }

  /** From the first step to the last, once. */
  play() {
    this.choose(1);
    this.playing = setInterval(() => {
      if (!this.root.isConnected || this.step >= LAST) this.stop();
      else this.showStep(this.step + 1);
    }, PLAY_MS);
    this.labelPlay("❚❚", "Stop");
  }

  stop() {
    clearInterval(this.playing);
    this.playing = undefined;
    this.labelPlay("▶", "Play the steps");
  }

  /**
   * @param {string} text
   * @param {string} label
   */
  labelPlay(text, label) {
    this.playButton.textContent = text;
    this.playButton.setAttribute("aria-label", label);
  }
}
