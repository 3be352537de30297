// Files that the browser itself keeps (IndexedDB), for this tab alone and for a day at most; no server has them.
const DATABASE = "regard";
const TABLE = "uploads";
const TOKEN = "regard-tab";
const DAY_MS = 86_400_000;

/** @typedef {{ files: File[], kept: number }} Entry when they were kept, in milliseconds */

/**
 * @param {File[]} files
 * @param {string} place which of the tab's pages they are of
 */
export async function keepFiles(files, place) {
  await inTable("readwrite", (uploads) => uploads.put({ files, kept: Date.now() }, tab() + place));
}

/** @param {string} place */
export async function forgetFiles(place) {
  await inTable("readwrite", (uploads) => uploads.delete(tab() + place));
}

/**
 * This tab's files of that page, if it kept some.
 *
 * @param {string} place
 * @returns {Promise<File[]>}
 */
export async function keptFiles(place) {
  /** @type {Entry | undefined} */
  const entry = await inTable("readonly", (uploads) => uploads.get(tab() + place));
  return entry?.files ?? [];
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
