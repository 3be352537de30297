// Python computes the numbers of the browser again, with torch. If they differ, the page says so.
import { Server } from "../data/source.js";

/** @import { LessonView } from "./view.js" */

const REST_MS = 300;
/** Wait before a retry after a lost request. */
const AGAIN_MS = 3000;
/** Largest accepted difference. */
const TOLERANCE = 1e-5;
/** No lease is needed: the answer depends only on the numbers in the request. */
const SERVER = new Server("");

export class Confirmation {
  /** @type {ReturnType<typeof setTimeout> | undefined} */ timer;
  /** The numbers of the last request, as JSON. */ asked = "";

  /** @param {LessonView} view */
  constructor(view) {
    this.view = view;
  }

  close() {
    clearTimeout(this.timer);
    this.asked = "";
  }

  /** Ask Python once the reader pauses. */
  soon(wait = REST_MS) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.ask(), wait);
  }

  async ask() {
    const body = reported(this.view);
    const text = JSON.stringify(body);
    if (text === this.asked) return;
    this.asked = text;
    this.view.root.dataset.confirmed = "asked";
    const outcome = await SERVER.fetch({ kind: "confirm", body });
    if (text !== this.asked) return;
    if (outcome.state === "here") this.take(outcome.entry.difference);
    else if (outcome.state === "failed") this.view.say("confirmed", outcome.says);
    else {
      this.asked = "";
      this.soon(AGAIN_MS);
    }
  }

  /** @param {number | null} difference null if Python cannot compute these numbers */
  take(difference) {
    const agrees = difference !== null && difference <= TOLERANCE;
    this.view.root.dataset.confirmed = String(agrees);
    const reason = difference === null ? "have different shapes" : `differ by up to ${difference.toPrecision(2)}`;
    const says = `Python and this page compute different numbers: they ${reason}. Reload the page. If this message stays, please report it with the link.`;
    this.view.say("confirmed", agrees ? "" : says);
  }
}

/** Return the lesson's name and the numbers that Python computes again. @param {LessonView} view */
export function reported({ lesson, shown }) {
  return { lesson: lesson.name, ...shown.report };
}
