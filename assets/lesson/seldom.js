// Calls a function after a change, but only a few times per second.

/** Smallest time between two calls: writing a link takes a browser longer than drawing the lesson. */
const BETWEEN_MS = 250;

/** Calls `act` soon after a request, and when the reader leaves the page. */
export class Seldom {
  /** @type {ReturnType<typeof setTimeout> | undefined} */ timer;
  last = -Infinity;

  /** @param {() => void} act */
  constructor(act) {
    this.act = act;
    this.end = new AbortController();
    const { signal } = this.end;
    addEventListener("pagehide", act, { signal });
    // A click may lead to another page. Back must then find the link of the moment of the click.
    addEventListener("pointerdown", () => this.timer && this.now(), { capture: true, signal });
  }

  close() {
    clearTimeout(this.timer);
    this.end.abort();
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), Math.max(0, this.last + BETWEEN_MS - performance.now()));
  }

  now() {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.last = performance.now();
    this.act();
  }
}
