// The terms whose hints this browser has already shown.
const SEEN = "regard-hints";

/** If the browser forbids storage, every visit counts as the first. @returns {string[]} */
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
    // the browser may forbid storage
  }
}
