// Ways of a picture to the page's file uploader besides drop and browse: paste, and coming back after a reload.
import { madeOnce } from "../shared/mounted.js";
import { fileGiven, giveToUploader, takesFileAway } from "../shared/streamlit_workarounds.js";
import { forgetFile, forgetOldFiles, keepFile, keptFile } from "./kept_file.js";

/** @import { Mount } from "../shared/mounted.js" */

/**
 * @typedef {object} UploadsData
 * @property {string | null} accepted "name:size" of the picture that Python took last; "" once the reader has taken it away
 */

/** The file given last; kept once Python has accepted it. @type {File | null} */
let candidate = null;
let tellRemoved = () => {};

export default madeOnce(listen, (_, /** @type {Mount<UploadsData>} */ { data, setTriggerValue }) => {
  tellRemoved = () => setTriggerValue("removed", true);
  if (data?.accepted === "") forgetFile();
  if (candidate && data?.accepted === `${candidate.name}:${candidate.size}`) {
    keepFile(candidate);
    candidate = null;
  }
});

function listen() {
  const stop = new AbortController();
  const options = { capture: true, signal: stop.signal };
  document.addEventListener("paste", takePasted, options);
  document.addEventListener("change", take, options);
  document.addEventListener("drop", take, options);
  document.addEventListener("click", (event) => takesFileAway(event) && tellRemoved(), options);
  if (new URLSearchParams(location.search).get("picture") === "Yours") bringBack();
  return { close: () => stop.abort() };
}

/** @param {Event} event */
function take(event) {
  candidate = fileGiven(event) ?? candidate;
}

/** @param {ClipboardEvent} event */
function takePasted(event) {
  const file = [...(event.clipboardData?.files ?? [])].find((item) => item.type.startsWith("image/"));
  if (fileGiven(event)) take(event);
  else if (file && giveToUploader(file)) event.preventDefault();
}

async function bringBack() {
  const file = await keptFile();
  if (file) giveToUploader(file);
  await forgetOldFiles();
}
