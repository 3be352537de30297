// Every run of the page's script comes whole, also where the line is cut.
//
// After a cut Streamlit asks for a broken run once. A second cut takes that message, and a press that was on its way is never asked
// for again: a page that was cleared would stay blank. And Streamlit's server sends the rest of a broken run by the next line, where
// its elements may find no place: Streamlit's app ends then, and leaves an empty window.

import { CONNECTION, isConnected, partOfStreamlit } from "./parts.js";
import { mayAsk, scriptIsDue } from "./presses.js";

const TRY_MS = 500;

/** After each cut that may have broken a run or taken a press: ask for one more run. @param {() => void} ask */
export function runsAreWhole(ask) {
  let wasConnected = isConnected();
  let wasCut = false;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let trying;
  const askOnceIdle = () => {
    if (!isConnected() || !mayAsk()) return;
    clearInterval(trying);
    ask(); // which counts as a press: a cut that takes it leads here again
  };
  const noteCut = () => {
    const cut = wasConnected && !isConnected();
    wasConnected = isConnected();
    if (!cut || !scriptIsDue()) return;
    wasCut = true;
    clearInterval(trying);
    trying = setInterval(askOnceIdle, TRY_MS);
  };
  /** Link, browser and server have all that the reader did. Where no cut ended the app, it would end again. */
  const reloadIfEmpty = () => {
    if (wasCut && !document.querySelector(partOfStreamlit("stApp"))) location.reload();
  };
  new MutationObserver(noteCut).observe(document.documentElement, { subtree: true, attributeFilter: [CONNECTION] });
  new MutationObserver(reloadIfEmpty).observe(document.querySelector("#root") ?? document.body, { childList: true });
}
