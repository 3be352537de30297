// Fetches what figures miss, the most urgent first and one large piece at a time, so that a slow line carries what is looked at.
import { isStored, keep, onStored } from "./stored.js";
import { mayAsk } from "../streamlit/presses.js";
import { entryOf } from "./tensors.js";

/** @import { Outcome, Source } from "./source.js" */
/** @import { Wanted } from "./wanted.js" */

/** Something missed: from where it comes, and whether a figure on the screen waits for it. fails: what is said of why it fails. @typedef {Wanted & { from: Source, urgent?: boolean, fails?: (says: string) => string }} Missed */
/** A message for the reader: work in progress, cancelled work, or why data are missing. @typedef {{ kind: "working" | "cancelled" | "failed" | "lost", says: string, share?: number, id: string }} News */

/** Rows of single tokens that may be on their way at once: each takes less of a line than the way to the server and back. */
const MOST_ROWS = 4;
const SOON_MS = 20;
/** Between two questions about work that goes on; the server waits for it, too. */
const WORKING_MS = 100;
const AGAIN_MS = [500, 1000, 2000, 5000];
/** A lease lasts for two and a half minutes, and timers of a hidden tab fire once a minute. */
const HEARTBEAT_MS = 45_000;
/** Pause before the next request to a busy server. */
const BUSY_MS = 5000;
/** Between two requests for another lease. */
const RENEW_MS = 3000;

export class Fetching {
  /** On their way. @type {Map<string, { kind: string, asked: AbortController }>} */ coming = new Map();
  /** Not asked for any more until the reader wants it. @type {Map<string, News>} */ refused = new Map();
  /** Ids of data that wait because the server is busy. @type {Set<string>} */ postponed = new Set();
  /** @type {News | null} */ news = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ timer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ postponing;
  /** How often in a row the line was cut. */ losses = 0;
  /** Sources whose leases have ended. @type {Set<Source>} */ gone = new Set();
  /** @type {ReturnType<typeof setTimeout> | undefined} */ renewing;
  /** Called when `news` has changed. */ onNews = () => {};

  /**
   * @param {() => Missed[]} missed what is missed, the most urgent first
   * @param {object} about
   * @param {() => Source[]} about.sources whose leases are to last
   * @param {() => void} about.onGone asks for another lease
   */
  constructor(missed, { sources, onGone }) {
    this.missed = missed;
    this.sources = sources;
    this.onGone = onGone;
    this.stop = onStored(() => this.soon());
    this.heartbeat = setInterval(() => this.eachSource((source) => source.renew?.()), HEARTBEAT_MS);
    this.leave = () => this.eachSource((source) => source.leave?.());
    globalThis.addEventListener("pagehide", this.leave);
  }

  close() {
    this.stop();
    clearTimeout(this.timer);
    clearTimeout(this.renewing);
    clearTimeout(this.postponing);
    clearInterval(this.heartbeat);
    globalThis.removeEventListener("pagehide", this.leave);
    for (const { asked } of this.coming.values()) asked.abort();
  }

  /** @param {(source: Source) => void} act */
  eachSource(act) {
    for (const source of new Set(this.sources())) act(source);
  }

  draw() {
    this.soon();
  }

  /** @param {number} [ms] */
  soon(ms = SOON_MS) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.next(), ms);
  }

  /** Ask for the most urgent piece, or for several that nobody waits for. */
  next() {
    const missed = this.missed().filter(({ id }) => !isStored(id));
    this.forget(missed);
    for (const each of missed) {
      if (this.refused.has(each.id) || this.postponed.has(each.id) || this.gone.has(each.from)) continue;
      if (!this.coming.has(each.id) && this.hasRoom(each)) void this.fetch(each);
      if (each.urgent) return;
    }
  }

  /** Whether the line has room: for four rows, one large piece, and a second large piece that is waited for. @param {Missed} wanted */
  hasRoom({ kind, urgent }) {
    const large = [...this.coming.values()].filter((one) => one.kind !== "rows").length;
    if (kind === "rows") return this.coming.size - large < MOST_ROWS;
    return large <= (urgent ? 1 : 0);
  }

  /** News of what nobody wants any more is no news. @param {Missed[]} missed */
  forget(missed) {
    const wanted = new Set(missed.map(({ id }) => id));
    for (const id of this.refused.keys()) if (!wanted.has(id)) this.refused.delete(id);
    const [refused] = this.refused.values();
    if (this.news && !wanted.has(this.news.id)) this.tell(refused ?? null);
  }

  /** @param {Missed} wanted */
  async fetch(wanted) {
    const asked = new AbortController();
    this.coming.set(wanted.id, { kind: wanted.kind, asked });
    const outcome = await wanted.from.fetch(wanted, asked.signal);
    if (asked.signal.aborted) return;
    this.coming.delete(wanted.id);
    this.take(wanted, outcome);
  }

  /** @param {Missed} wanted @param {Outcome} outcome */
  take(wanted, outcome) {
    const { id } = wanted;
    if (outcome.state !== "lost") this.losses = 0;
    if (outcome.state === "here") {
      if (this.news?.id === id) this.tell(null);
      keep(entryOf(wanted, outcome)); // which calls `soon`
    } else if (outcome.state === "working") {
      if (!this.refused.has(id)) this.tell({ kind: "working", says: outcome.says, share: outcome.share, id });
      this.soon(WORKING_MS);
    } else if (outcome.state === "failed") {
      this.refuse({ kind: "failed", says: wanted.fails?.(outcome.says) ?? outcome.says, id }); // asked for again when the reader wants it
      this.soon();
    } else if (outcome.state === "busy") {
      this.postpone(id);
    } else if (outcome.state === "gone") {
      this.gone.add(wanted.from);
      this.askForLease();
      this.soon();
    } else {
      const wait = AGAIN_MS[Math.min(this.losses, AGAIN_MS.length - 1)];
      this.losses += 1;
      if (this.losses > 1) this.tell({ kind: "lost", says: "The server does not answer. Trying again…", id });
      this.soon(wait);
    }
  }

  /** Request these data again after a pause. @param {string} id */
  postpone(id) {
    this.postponed.add(id);
    this.postponing ??= setTimeout(() => {
      this.postponing = undefined;
      this.postponed.clear();
      this.soon();
    }, BUSY_MS);
    this.soon();
  }

  /** Ask for another lease once no press of the reader's is lost by that, and the sources once more, in case theirs are new. */
  askForLease() {
    clearTimeout(this.renewing);
    if (!mayAsk()) {
      this.renewing = setTimeout(() => this.askForLease(), WORKING_MS);
      return;
    }
    this.onGone();
    this.renewing = setTimeout(() => {
      this.gone.clear();
      this.soon();
    }, RENEW_MS);
  }

  /** Nobody waits for this any more: another answer has taken its place. @param {string} id */
  drop(id) {
    this.coming.get(id)?.asked.abort();
    this.coming.delete(id);
  }

  /** The reader does not want to wait for what is being computed. */
  cancel() {
    const { news } = this;
    const wanted = news && this.missed().find(({ id }) => id === news.id);
    if (!wanted) return;
    this.coming.get(wanted.id)?.asked.abort();
    this.coming.delete(wanted.id);
    void wanted.from.fetch({ kind: wanted.kind, body: { ...wanted.body, cancel: true } });
    this.refuse({ kind: "cancelled", says: "Cancelled.", id: wanted.id });
    this.soon();
  }

  /** The reader wants what was cancelled, or what has failed. */
  again() {
    this.refused.clear();
    this.tell(null);
    this.soon();
  }

  /** @param {News} news */
  refuse(news) {
    this.refused.set(news.id, news);
    this.tell(news);
  }

  /** @param {News | null} news */
  tell(news) {
    this.news = news;
    this.onNews();
  }
}
