// On a phone the menu lies over the page: it closes when a page was chosen.
const NARROW = "(max-width: 767px)";
let listens = false;

export default function () {
  if (listens) return;
  listens = true;
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.('[data-testid="stSidebarNavLink"]') || !matchMedia(NARROW).matches) return;
    document.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click();
  });
}
