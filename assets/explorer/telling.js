// What Python is told of the settings, once the reader rests: it needs them for files, for exact rows, and where it alone computes.
import { isPressed } from "../streamlit/presses.js";

/** @typedef {(name: "view", value: unknown) => void} SetState */

const REST_MS = 250;
const SOON_MS = 40;

/** @template {object} Changes */
export class Telling {
  /** @type {SetState | undefined} */ setState;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ timer;

  /**
   * @param {Set<(changes: Changes) => void>} listeners of what the reader sets
   * @param {() => unknown} view what is told
   * @param {(changes: Changes) => boolean} urgent whether what is shown waits for Python
   */
  constructor(listeners, view, urgent) {
    this.listeners = listeners;
    this.view = view;
    this.urgent = urgent;
    this.listen = (/** @type {Changes} */ changes) => this.later(changes);
    listeners.add(this.listen);
  }

  close() {
    this.listeners.delete(this.listen);
    clearTimeout(this.timer);
  }

  /** @param {Changes} changes */
  later(changes) {
    this.after(this.urgent(changes) ? SOON_MS : REST_MS);
  }

  /** @param {number} ms */
  after(ms) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (isPressed() ? this.after(SOON_MS) : this.setState?.("view", this.view())), ms);
  }
}
