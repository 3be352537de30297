// Asks Python for what is missed, once the reader rests, and again where it does not come.
import { isPressed } from "../streamlit/presses.js";

const REST_MS = 150;
const PATIENCE_MS = 15_000;

/** @template Wanted */
export class Asking {
  /** @type {((wanted: Wanted) => void) | undefined} */ send;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ timer;
  asked = "";

  close() {
    clearTimeout(this.timer);
  }

  /** @param {Wanted | null} wanted null where nothing is missed */
  want(wanted) {
    const asked = wanted ? JSON.stringify(wanted) : "";
    if (asked === this.asked) return;
    this.asked = asked;
    clearTimeout(this.timer);
    if (wanted) this.timer = setTimeout(() => this.ask(wanted), REST_MS);
  }

  /** @param {Wanted} wanted */
  ask(wanted) {
    const waits = isPressed();
    if (!waits) this.send?.(wanted);
    this.timer = setTimeout(() => this.ask(wanted), waits ? REST_MS : PATIENCE_MS);
  }
}
