// The words whose hints this browser has shown.
const SEEN = "regard-hints";

/** A browser may keep nothing: then every visit is the first. @returns {string[]} */
export function readSeen() {
  try {
    const seen = JSON.parse(localStorage.getItem(SEEN) ?? "[]");
    return Array.isArray(seen) ? seen.filter((term) => typeof term === "string") : [];
  } catch {
    return [];
  }
}

/** @param {string[]} terms */
export function writeSeen(terms) {
  try {
    localStorage.setItem(SEEN, JSON.stringify(terms));
  } catch {
    // as above
  }
}
