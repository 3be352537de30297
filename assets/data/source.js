// Where data come from: the server, by requests under a lease of the recording (ui/data/requests.py).
import { opened } from "./tensors.js";

/** @import { Wanted } from "./wanted.js" */

/**
 * The outcome of a request: "here" with the answer; "working" while the server computes; "busy" if others wait for it and the
 * answer would only refine what is here; "gone" if the lease has ended; "failed" with a sentence; "lost" if the line was cut.
 *
 * @typedef {{ state: "here", entry: Record<string, any>, arrays: Record<string, any> }
 *   | { state: "working", says: string, share: number }
 *   | { state: "gone" | "lost" | "busy" }
 *   | { state: "failed", says: string }} Outcome
 */

/** @typedef {{ fetch: (wanted: Pick<Wanted, "kind" | "body">, signal?: AbortSignal) => Promise<Outcome>, renew?: () => void, leave?: () => void }} Source */

const LEASE = "regard-lease";
/** After which an answer that has not begun never comes, as on a line that is dead without a word: the server says within a second how far it is. */
const SILENT_MS = 60_000;

/** @implements {Source} */
export class Server {
  /** @param {string} lease the token under which the page's script has leased the recording */
  constructor(lease) {
    this.lease = lease;
  }

  /**
   * @param {Pick<Wanted, "kind" | "body">} wanted
   * @param {AbortSignal} [signal]
   * @returns {Promise<Outcome>}
   */
  async fetch({ kind, body }, signal) {
    const waits = new AbortController();
    signal?.addEventListener("abort", () => waits.abort());
    const silent = setTimeout(() => waits.abort(), SILENT_MS);
    try {
      const answer = await this.post(kind, { body: JSON.stringify(body), signal: waits.signal });
      clearTimeout(silent); // what has begun may take as long as the line is slow
      if (answer.status === 200) return { state: "here", ...opened(await answer.arrayBuffer()) };
      if (answer.status === 410) return { state: "gone" };
      if (answer.status === 429) return { state: "busy" };
      if (answer.status >= 502 && answer.status <= 504) return { state: "lost" }; // a proxy whose server is away
      const { says = "", share = 0 } = await answer.json();
      return answer.status === 202 ? { state: "working", says, share } : { state: "failed", says };
    } catch {
      return { state: "lost" };
    } finally {
      clearTimeout(silent);
    }
  }

  /** Keep the lease although nothing is asked for. */
  renew() {
    this.post("renew").catch(() => {});
  }

  /** Let the server know that the reader leaves. */
  leave() {
    this.post("leave", { keepalive: true }).catch(() => {});
  }

  /** @param {string} kind @param {RequestInit} [options] */
  post(kind, options) {
    const headers = { "content-type": "application/json", [LEASE]: this.lease };
    return fetch(new URL(`data/${kind}`, document.baseURI), { method: "POST", headers, ...options });
  }
}
