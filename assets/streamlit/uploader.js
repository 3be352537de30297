// The page's own uploader, which is unseen: what is dropped, pasted or kept elsewhere goes by way of it.

import { partOfStreamlit } from "./parts.js";

const UPLOADER = '.st-key-unseen-uploader [data-testid="stFileUploader"]';

/** Of the page's own uploader, which is unseen. @returns {HTMLInputElement | null} */
function uploader() {
  return document.querySelector(`${UPLOADER} input[type="file"]`);
}

/** Let the reader choose a file, as the uploader's own button does. */
export function openFileChooser() {
  const input = uploader();
  if (!input) return;
  input.value = ""; // or the browser would tell nobody of the file that was chosen before
  input.click();
}

/**
 * The files that the reader chose by hand. The uploader tells nobody but the server.
 *
 * @param {Event} event
 * @returns {File[]}
 */
export function filesChosen(event) {
  return event.target === uploader() ? [...(uploader()?.files ?? [])] : [];
}

/** What the uploader shows of the files that it has sent or begun to send. */
export function shownFiles() {
  return new Set(document.querySelectorAll(`${UPLOADER} ${partOfStreamlit("stFileChipName")}`));
}

/**
 * Whether the uploader has begun to send this file. Streamlit forgets what the server answers as a script begins, and the uploader
 * waits for that answer for ever.
 *
 * @param {File} file
 * @param {Set<Element>} before what it showed when the file was chosen: another may have the same name
 */
export function isUnderWay(file, before) {
  return [...shownFiles()].some((name) => !before.has(name) && name.getAttribute("title") === file.name);
}

/**
 * Whether something happens in an uploader that takes its files itself.
 *
 * @param {Event} event
 */
export function inAnotherUploader({ target }) {
  return target instanceof Element && target.closest('[data-testid="stFileUploader"]') !== null;
}

/**
 * As if the files had been chosen by hand: no component can send a file to Python, and the uploader takes none that was pasted
 * elsewhere on the page or that the browser kept. True if there is an uploader; one that takes a single file gets the first.
 *
 * @param {File[]} files
 */
export function giveToUploader(files) {
  const input = uploader();
  if (!input) return false;
  const transfer = new DataTransfer();
  for (const file of input.multiple ? files : files.slice(0, 1)) transfer.items.add(file);
  input.files = transfer.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
  return true;
}
