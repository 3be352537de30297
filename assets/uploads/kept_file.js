// One file that the browser itself keeps (IndexedDB), for this tab alone and for a day at most; no server has it.
const DATABASE = "regard";
const TABLE = "uploads";
const TOKEN = "regard-tab";
const DAY_MS = 86_400_000;

/** @typedef {{ file: File, kept: number }} Entry when it was kept, in milliseconds */

/** @param {File} file */
export async function keepFile(file) {
  await inTable("readwrite", (uploads) => uploads.put({ file, kept: Date.now() }, tab()));
}

export async function forgetFile() {
  await inTable("readwrite", (uploads) => uploads.delete(tab()));
}

/** This tab's file, if it kept one. @returns {Promise<File | undefined>} */
export async function keptFile() {
  /** @type {Entry | undefined} */
  const entry = await inTable("readonly", (uploads) => uploads.get(tab()));
  return entry?.file;
}

/** What tabs have kept for more than a day. */
export async function forgetOldFiles() {
  for (const key of (await inTable("readonly", (uploads) => uploads.getAllKeys())) ?? []) {
    /** @type {Entry | undefined} */
    const entry = await inTable("readonly", (uploads) => uploads.get(key));
    if (entry && Date.now() - entry.kept > DAY_MS) await inTable("readwrite", (uploads) => uploads.delete(key));
  }
}

/** The name of this tab, which a reload leaves as it is. */
function tab() {
  const known = sessionStorage.getItem(TOKEN);
  if (known) return known;
  const token = crypto.randomUUID?.() ?? String(Math.random());
  sessionStorage.setItem(TOKEN, token);
  return token;
}

/**
 * Run one request on the table; undefined where the browser keeps nothing (private windows, no room).
 *
 * @template Result
 * @param {IDBTransactionMode} mode
 * @param {(table: IDBObjectStore) => IDBRequest<Result>} ask
 */
async function inTable(mode, ask) {
  try {
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(TABLE);
    const database = await settled(opening);
    const result = await settled(ask(database.transaction(TABLE, mode).objectStore(TABLE)));
    database.close();
    return result;
  } catch {
    return undefined;
  }
}

/**
 * @template Result
 * @param {IDBRequest<Result>} request
 * @returns {Promise<Result>}
 */
function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
