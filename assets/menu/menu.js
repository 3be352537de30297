// What belongs to every page.
const NARROW = "(max-width: 767px)";
const LEAVING_MS = 3000;
let listens = false;

export default function () {
  if (listens) return;
  listens = true;
  closeMenu();
  backLeavesPage();
}

/** On a phone the menu lies over the page: it closes when a page was chosen. */
function closeMenu() {
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.('[data-testid="stSidebarNavLink"]') || !matchMedia(NARROW).matches) return;
    document.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click();
  });
}

/** Streamlit puts some settings into the history and others not, so that Back would stop at states that never were; and it empties a
 *  page's link as the reader leaves it. Here an entry is a page as it was left; undo and reset are on the page. */
function backLeavesPage() {
  const push = history.pushState;
  let emptied = null; // the link as it was before, and when
  history.pushState = function (state, title, url) {
    const next = new URL(url ?? location.href, location);
    if (next.pathname === location.pathname) {
      if (!next.search && location.search) emptied = { url: location.href, at: performance.now() };
      history.replaceState(state, title, url);
      return;
    }
    if (emptied && !location.search && performance.now() - emptied.at < LEAVING_MS) history.replaceState(history.state, "", emptied.url);
    emptied = null;
    push.call(history, state, title, url);
  };
}
