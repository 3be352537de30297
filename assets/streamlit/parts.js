// How Streamlit names the parts of its page. Nothing of assets/ outside this folder knows what that page is made of: here is all in
// which Regard reaches into it, because Streamlit 1.67 has no other way. tests/browser/test_streamlit_workarounds.py notices when
// something of it is no longer needed or no longer works.

/** @param {string} testId */
export const partOfStreamlit = (testId) => `[data-testid="${testId}"]`;

/** What opens a menu. */
export const OPENER = partOfStreamlit("stPopoverButton");

/** Links to pages. */
export const PAGE_LINK = ["stLogoLink", "stTopNavLink", "stTopNavDropdownLink", "stSidebarNavLink", "stPageLink-NavLink"]
  .map(partOfStreamlit)
  .join();

/** Whether there is a line to the server: Streamlit drops whatever is pressed while there is none. */
export function isConnected() {
  const app = document.querySelector(partOfStreamlit("stApp"));
  return app?.getAttribute(CONNECTION) === "CONNECTED";
}

/** The attribute of Streamlit's app with the state of its line. */
export const CONNECTION = "data-test-connection-state";
