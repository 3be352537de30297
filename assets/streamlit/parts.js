// How Streamlit names the parts of its page. Nothing of assets/ outside this folder knows what that page is made of: here is all in
// which Regard reaches into it, because Streamlit 1.67 has no other way. tests/browser/test_streamlit_workarounds.py notices when
// something of it is no longer needed or no longer works.

/** @param {string} testId */
export const partOfStreamlit = (testId) => `[data-testid="${testId}"]`;

/** What opens a menu. */
export const OPENER = partOfStreamlit("stPopoverButton");
