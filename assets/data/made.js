// Waits for what the server makes when the reader asks for it, such as a file.

/** @import { Source } from "./source.js" */
/** @import { Wanted } from "./wanted.js" */

/** Between two questions about a file that takes a while. */
const AGAIN_MS = 200;

/**
 * The answer, however long that takes; null if it fails, which `say` says.
 *
 * @param {Source | null | undefined} source
 * @param {Pick<Wanted, "kind" | "body">} wanted
 * @param {(says: string) => void} say
 */
export async function made(source, wanted, say) {
  for (;;) {
    const outcome = await source?.fetch(wanted);
    if (outcome?.state === "here") {
      say("");
      return outcome;
    }
    if (outcome?.state !== "working") {
      say(outcome?.state === "failed" ? outcome.says : "The server does not answer: try again in a moment.");
      return null;
    }
    say(outcome.says);
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}
