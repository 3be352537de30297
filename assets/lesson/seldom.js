// What is done after a frame, and not oftener than a few times a second.

/** A browser takes longer to write a link than the lesson takes to be drawn. */
const BETWEEN_MS = 250;

/** Does something soon after it was asked for, and when the page is left. */
export class Seldom {
  /** @type {ReturnType<typeof setTimeout> | undefined} */ timer;
  last = -Infinity;

  /** @param {() => void} act */
  constructor(act) {
    this.act = act;
    this.end = new AbortController();
    const { signal } = this.end;
    addEventListener("pagehide", act, { signal });
    // A click may lead to another page, and Back then to the link as it was at the click.
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
