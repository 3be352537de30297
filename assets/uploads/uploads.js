// Ways of a picture to the page's file uploader besides drop and browse: paste, and coming back after a reload.
// The last picture is kept by the browser itself (IndexedDB), for this tab alone and for a day at most; no server has it.
const DATABASE = "regard";
const TABLE = "uploads";
const TOKEN = "regard-tab";
const DAY_MS = 86_400_000;

let candidate = null; // the file chosen last; kept once Python has accepted it
let tellRemoved = () => {};
const listening = new WeakSet();

/** data.accepted: "name:size" of the picture that Python took last; "" once the reader has taken it away. */
export default function ({ data, parentElement, setTriggerValue }) {
  tellRemoved = () => setTriggerValue("removed", true);
  if (data?.accepted === "") forgetFile();
  if (candidate && data?.accepted === `${candidate.name}:${candidate.size}`) {
    keepFile(candidate);
    candidate = null;
  }
  if (listening.has(parentElement)) return;
  listening.add(parentElement);
  const listeners = [
    ["paste", (event) => {
      const file = [...(event.clipboardData?.files ?? [])].find((item) => item.type.startsWith("image/"));
      if (file && hand(file)) event.preventDefault();
    }],
    ["change", (event) => event.target === uploader() && event.target.files[0] && (candidate = event.target.files[0])],
    ["drop", (event) => {
      const file = event.dataTransfer?.files[0];
      if (file && event.target.closest?.('[data-testid="stFileUploader"]')) candidate = file;
    }],
    ["click", (event) => {
      const chip = event.target.closest?.('[data-testid="stFileChipDeleteBtn"]')?.closest('[data-testid="stFileChip"]');
      const ours = chip?.closest('[data-testid="stFileUploader"]')?.contains(uploader());
      if (ours && !chip.hasAttribute("aria-invalid")) tellRemoved();
    }],
  ];
  for (const [name, listener] of listeners) document.addEventListener(name, listener, { capture: true });
  if (new URLSearchParams(location.search).get("picture") === "Yours") bringBack();
  return () => {
    listening.delete(parentElement);
    listeners.forEach(([name, listener]) => document.removeEventListener(name, listener, { capture: true }));
  };
}

function uploader() {
  return document.querySelector('[data-testid="stFileUploader"] input[type="file"]');
}

/** As if the file had been chosen by hand; true if there is an uploader. */
function hand(file) {
  const input = uploader();
  if (!input) return false;
  const transfer = new DataTransfer();
  transfer.items.add(file);
  input.files = transfer.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
  return true;
}

function tab() {
  let token = sessionStorage.getItem(TOKEN);
  if (!token) sessionStorage.setItem(TOKEN, (token = crypto.randomUUID?.() ?? String(Math.random())));
  return token;
}

/** Run one request on the table; undefined where the browser keeps nothing (private windows, no room). */
async function table(mode, request) {
  try {
    const database = await settled(Object.assign(indexedDB.open(DATABASE, 1), {
      onupgradeneeded: (event) => event.target.result.createObjectStore(TABLE),
    }));
    const result = await settled(request(database.transaction(TABLE, mode).objectStore(TABLE)));
    database.close();
    return result;
  } catch {
    return undefined;
  }
}

function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function keepFile(file) {
  return table("readwrite", (uploads) => uploads.put({ file, kept: Date.now() }, tab()));
}

function forgetFile() {
  return table("readwrite", (uploads) => uploads.delete(tab()));
}

async function bringBack() {
  const entry = await table("readonly", (uploads) => uploads.get(tab()));
  if (entry) hand(entry.file);
  for (const key of (await table("readonly", (uploads) => uploads.getAllKeys())) ?? []) {
    const other = await table("readonly", (uploads) => uploads.get(key));
    if (other && Date.now() - other.kept > DAY_MS) await table("readwrite", (uploads) => uploads.delete(key));
  }
}
