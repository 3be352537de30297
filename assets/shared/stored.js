// The page's shelf of large arrays: the last few of each kind, shared by all components of this browser tab.
const KEPT_PER_KIND = 3;
const EVENT = "regard:stored";

function shelf() {
  return (globalThis.regardStored ??= new Map());
}

/** Keep an entry under entry.id; the oldest of the same entry.kind goes beyond KEPT_PER_KIND. */
export function keep(entry) {
  const entries = shelf();
  entries.delete(entry.id);
  entries.set(entry.id, entry);
  const alike = [...entries.values()].filter((other) => other.kind === entry.kind);
  for (const old of alike.slice(0, Math.max(0, alike.length - KEPT_PER_KIND))) entries.delete(old.id);
  globalThis.dispatchEvent(new CustomEvent(EVENT, { detail: entry.id }));
}

/** The entry with this id, or undefined while it is on its way. */
export function stored(id) {
  return shelf().get(id);
}

/** Call back whenever something is kept; returns a function that stops it. */
export function onStored(callback) {
  globalThis.addEventListener(EVENT, callback);
  return () => globalThis.removeEventListener(EVENT, callback);
}
