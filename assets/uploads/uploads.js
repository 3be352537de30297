// Ways of pictures to the page's unseen file uploader: dropped or pasted anywhere, or coming back after a reload.
import { madeOnce } from "../controls/mounted.js";
import { DRAGGED } from "../controls/dragged.js";
import { mayAsk } from "../streamlit/presses.js";
import { filesChosen, giveToUploader, inAnotherUploader, isUnderWay, shownFiles } from "../streamlit/uploader.js";
import { forgetFiles, forgetOldFiles, keepFiles, keptFiles } from "./kept_files.js";

/** @import { Mount } from "../controls/mounted.js" */

/**
 * @typedef {object} UploadsData
 * @property {string} place which of the tab's pages with an uploader it is
 * @property {string[] | null} accepted "name:size" of the pictures that Python has; none once the reader has taken them away
 * @property {number} largest bytes of a file that Python would take
 */

const PATIENCE_MS = 15_000;
const SOON_MS = 50;
const TAKEN_MS = 5000; // until Python has had time to take them
const UNDER_WAY_MS = 2000; // until the uploader has had time to begin
const OWN = /^Yours( \d+)?$/;

let place = "";
let largest = Infinity;
/** As Python last said. @type {string[] | null} */
let accepted = null;
/** @type {(bytes: number) => void} */
let tellTooLarge = () => {};
/** The files that were given, by "name:size"; kept are those that Python has accepted. @type {Map<string, File>} */
const given = new Map();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let watching;
/** The names of those that are kept. */
let kept = "";

/** @param {File} file */
const nameOf = (file) => `${file.name}:${file.size}`;

export default madeOnce(listen, (listening, /** @type {Mount<UploadsData>} */ { data, setTriggerValue }) => {
  if (place !== data?.place) kept = "";
  place = data?.place ?? "";
  largest = data?.largest ?? Infinity;
  accepted = data?.accepted ?? null;
  tellTooLarge = (bytes) => setTriggerValue("refused", bytes);
  if (accepted === null)
    listening.bringBack(); // else Python has them, and the page was only left for another
  else keepAccepted(accepted);
});

/** @param {string[]} names */
function keepAccepted(names) {
  const files = names.map((name) => given.get(name)).filter((file) => file !== undefined);
  if (!names.length) forgetFiles(place);
  else if (files.length === names.length && kept !== names.join("\n")) keepFiles(files, place);
  kept = names.join("\n");
}

function listen() {
  const stop = new AbortController();
  const options = { capture: true, signal: stop.signal };
  document.addEventListener("change", take, options);
  document.addEventListener("paste", takePasted, options);
  for (const name of /** @type {const} */ (["dragenter", "dragover", "dragleave", "drop"]))
    document.addEventListener(name, takeDropped, options);
  let wanted = [...new URLSearchParams(location.search).values()].some((value) => OWN.test(value));
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
  const files = filesChosen(event);
  if (!files.length) return; // another control: what is watched goes on
  const fitting = files.filter((file) => file.size <= largest);
  for (const file of fitting) given.set(nameOf(file), file);
  kept = ""; // what comes may have an older one's name
  watch(fitting);
  if (fitting.length === files.length) return;
  event.stopPropagation(); // or the uploader would send it all, or refuse it unseen
  tellTooLarge(Math.max(...files.map((file) => file.size)));
  if (fitting.length) giveToUploader(fitting);
}

/** Give files again that the uploader did not get under way; it asks for all of them at once. @param {File[]} files */
function watch(files, before = shownFiles()) {
  clearTimeout(watching);
  watching = setTimeout(() => {
    if (!files.length || files.some((file) => accepted?.includes(nameOf(file)) || isUnderWay(file, before))) return;
    if (!mayAsk() || !giveToUploader(files)) watch(files, before);
  }, UNDER_WAY_MS);
}

/** @param {ClipboardEvent} event */
function takePasted(event) {
  const files = [...(event.clipboardData?.files ?? [])].filter((item) => item.type.startsWith("image/"));
  if (files.length && giveToUploader(files)) event.preventDefault();
}

/**
 * Files over the page: what shows that they can be dropped hears of it, and the page takes them wherever they fall, but for other
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
  if (type === "drop" && dataTransfer.files.length) giveToUploader([...dataTransfer.files]);
}

/** The uploader may come after this component, and be made anew while the page is being built: what it was given is gone then. */
async function bringBack() {
  const files = await keptFiles(place);
  for (let waited = 0; files.length && accepted === null && waited < PATIENCE_MS;) {
    const pause = giveToUploader(files) ? TAKEN_MS : SOON_MS;
    await new Promise((resolve) => setTimeout(resolve, pause));
    waited += pause;
  }
  await forgetOldFiles();
}
