// Hands a file that was made in the browser to the reader.

/**
 * @param {Blob} blob
 * @param {string} name
 */
export function downloadBlob(blob, name) {
  const url = URL.createObjectURL(blob);
  Object.assign(document.createElement("a"), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/**
 * @param {string} text as csv.js writes it
 * @param {string} name
 */
export function downloadCsv(text, name) {
  downloadBlob(new Blob([text], { type: "text/csv" }), name);
}
