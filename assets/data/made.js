// Files and code that the server makes when a reader asks for them, however long that takes.
import { downloadBlob } from "./download.js";

/** @import { Source } from "./source.js" */
/** @import { Wanted } from "./wanted.js" */

/** Between two questions about a file that takes a while. */
const AGAIN_MS = 200;
const NO_ANSWER = "The server does not answer: try again in a moment.";

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
      say(outcome?.state === "failed" ? outcome.says : NO_ANSWER);
      return null;
    }
    say(outcome.says);
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

/**
 * Hand a file that the server makes to the reader. The button cannot be pressed meanwhile.
 *
 * @param {HTMLButtonElement} button
 * @param {Parameters<typeof made>} asked
 */
export async function download(button, ...asked) {
  button.disabled = true;
  const file = await made(...asked);
  button.disabled = false;
  if (file) downloadBlob(new Blob([file.arrays.bytes], { type: file.entry.type }), file.entry.name);
}
