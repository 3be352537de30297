// What Python is told of the settings, once the reader rests: it needs them for files, for exact rows, and where it alone computes.

/** @import { Exploration } from "./exploration.js" */
/** @import { Settings } from "./settings.js" */

const REST_MS = 250;
const SOON_MS = 40;
/** Settings on which the picture itself depends. @type {readonly (keyof Settings)[]} */
const URGENT = ["square", "depth", "fusion", "discard"];

export class Telling {
  /** @type {((name: "view", value: unknown) => void) | undefined} */ setState;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ timer;

  /** @param {Exploration} exploration */
  constructor(exploration) {
    this.exploration = exploration;
    this.listen = (/** @type {Partial<Settings>} */ changes) => this.later(changes);
    exploration.listeners.add(this.listen);
  }

  close() {
    this.exploration.listeners.delete(this.listen);
    clearTimeout(this.timer);
  }

  /** @param {Partial<Settings>} changes */
  later(changes) {
    const { inBrowser } = this.exploration.data;
    const urgent = !inBrowser || URGENT.some((name) => name in changes);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.tell(), urgent ? SOON_MS : REST_MS);
  }

  tell() {
    const { wanted, version, waiting } = this.exploration;
    this.setState?.("view", { ...wanted, version, waiting: [...waiting], asking: this.exploration.askingPlace });
  }
}
