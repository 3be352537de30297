// Ways of a picture to the page's unseen file uploader: dropped or pasted anywhere, or coming back after a reload.
import { madeOnce } from "../shared/mounted.js";
import { DRAGGED } from "../shared/dragged.js";
import { fileChosen, giveToUploader, inAnotherUploader, isUnderWay, scriptRuns } from "../shared/streamlit_workarounds.js";
import { forgetFile, forgetOldFiles, keepFile, keptFile } from "./kept_file.js";

/** @import { Mount } from "../shared/mounted.js" */

/**
 * @typedef {object} UploadsData
 * @property {string | null} accepted "name:size" of the picture that Python took last; "" once the reader has taken it away
 * @property {number} largest bytes of a file that Python would take
 */

const PATIENCE_MS = 15_000;
const SOON_MS = 50;
const TAKEN_MS = 5000; // until Python has had time to take it
const UNDER_WAY_MS = 2000; // until the uploader has had time to begin

let largest = Infinity;
/** As Python last said. @type {string | null} */
let accepted = null;
/** @type {(bytes: number) => void} */
let tellTooLarge = () => {};
/** The file given last; kept once Python has accepted it. @type {File | null} */
let candidate = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let watching;

export default madeOnce(listen, (listening, /** @type {Mount<UploadsData>} */ { data, setTriggerValue }) => {
  largest = data?.largest ?? Infinity;
  accepted = data?.accepted ?? null;
  tellTooLarge = (bytes) => setTriggerValue("refused", bytes);
  if (accepted === "") forgetFile();
  if (accepted === null) listening.bringBack(); // else Python has it, and the page was only left for another
  if (candidate && accepted === `${candidate.name}:${candidate.size}`) {
    keepFile(candidate);
    candidate = null;
  }
});

function listen() {
  const stop = new AbortController();
  const options = { capture: true, signal: stop.signal };
  document.addEventListener("change", take, options);
  document.addEventListener("paste", takePasted, options);
  for (const name of /** @type {const} */ (["dragenter", "dragover", "dragleave", "drop"]))
    document.addEventListener(name, takeDropped, options);
  let wanted = new URLSearchParams(location.search).get("picture") === "Yours";
  return {
    close() {
      stop.abort();
      clearTimeout(watching);
    },
    bringBack() {
      if (wanted) bringBack();
      wanted = false;
    },
  };
}

/** @param {Event} event */
function take(event) {
  const file = fileChosen(event);
  if (!file) return;
  if (file.size <= largest) {
    candidate = file;
    watch(file);
  } else {
    event.stopPropagation(); // or the uploader would send it all, or refuse it unseen
    tellTooLarge(file.size);
  }
}

/** Give a file again that the uploader did not get under way. @param {File} file */
function watch(file) {
  clearTimeout(watching);
  watching = setTimeout(() => {
    if (candidate !== file || isUnderWay(file)) return;
    if (scriptRuns() || !giveToUploader(file)) watch(file);
  }, UNDER_WAY_MS);
}

/** @param {ClipboardEvent} event */
function takePasted(event) {
  const file = [...(event.clipboardData?.files ?? [])].find((item) => item.type.startsWith("image/"));
  if (file && giveToUploader(file)) event.preventDefault();
}

/**
 * A file over the page: what shows that it can be dropped hears of it, and the page takes it wherever it falls, but for other
 * uploaders.
 *
 * @param {DragEvent} event
 */
function takeDropped(event) {
  const { type, dataTransfer } = event;
  if (!dataTransfer?.types.includes("Files") || inAnotherUploader(event)) return;
  event.preventDefault();
  const leaves = type === "drop" || (type === "dragleave" && event.relatedTarget === null);
  globalThis.dispatchEvent(new CustomEvent(DRAGGED, { detail: !leaves }));
  if (type === "drop" && dataTransfer.files[0]) giveToUploader(dataTransfer.files[0]);
}

/** The uploader may come after this component, and be made anew while the page is being built: what it was given is gone then. */
async function bringBack() {
  const file = await keptFile();
  for (let waited = 0; file && accepted === null && waited < PATIENCE_MS;) {
    const pause = giveToUploader(file) ? TAKEN_MS : SOON_MS;
    await new Promise((resolve) => setTimeout(resolve, pause));
    waited += pause;
  }
  await forgetOldFiles();
}
