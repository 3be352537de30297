// Python computes again, with torch, what the browser has computed and shown; where they differ, the page says so.
import { isPressed } from "../streamlit/presses.js";

/** @import { LessonView } from "./view.js" */

const REST_MS = 300;
/** Numbers that differ by more are other numbers. */
const TOLERANCE = 1e-5;

/** @typedef {{ serial: number, difference: number }} Confirmed */

export class Confirmation {
  serial = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ timer;
  told = "";

  /**
   * @param {LessonView} view
   * @param {(report: object) => void} send
   */
  constructor(view, send) {
    this.view = view;
    this.send = send;
  }

  close() {
    clearTimeout(this.timer);
  }

  /** Tell Python, once the reader rests. */
  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (isPressed() ? this.soon() : this.tell()), REST_MS);
  }

  tell() {
    clearTimeout(this.timer);
    const { shown, state } = this.view;
    const report = { link: state.whole, ...shown.report };
    const text = JSON.stringify(report);
    if (text === this.told) return;
    this.told = text;
    this.serial += 1;
    this.view.root.dataset.confirmed = "asked";
    this.send({ serial: this.serial, ...report });
  }

  /** @param {Confirmed | null} confirmed */
  take(confirmed) {
    if (!confirmed || confirmed.serial !== this.serial) return;
    const { difference } = confirmed;
    const agrees = difference <= TOLERANCE;
    this.view.root.dataset.confirmed = String(agrees);
    const says = `Python computes other numbers than this page: they differ by up to ${difference.toPrecision(2)}. Reload the page; if it stays, please report it with its link.`;
    this.view.say("confirmed", agrees ? "" : says);
  }
}
