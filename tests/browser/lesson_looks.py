"""What of a lesson's page can be seen, measured in the browser."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from tests.browser.waiting import frame, rest

FADE_MS = 350
"""until what has left a figure is gone"""

_COMMON = """
const rest = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
const root = document.querySelector(".stBidiComponent .regard-lesson") ?? [...document.querySelectorAll(".stBidiComponent *")]
  .map((node) => node.shadowRoot?.querySelector(".regard-lesson")).find(Boolean);
const find = (selector) => root.querySelector(selector);
const main = document.querySelector("[data-testid=stMain]");
const box = (node) => node.getBoundingClientRect();
const outside = (inner, outer) =>
  Math.max(outer.left - inner.left, inner.right - outer.right, outer.top - inner.top, inner.bottom - outer.bottom) > 1;
const window_ = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
const shown = (node) => box(node).width > 0 && node.checkVisibility({ opacityProperty: true, visibilityProperty: true });
const says = (node) => `${node.tagName} ${node.getAttribute("class") ?? ""} ${(node.textContent ?? "").trim().slice(0, 30)}`;
"""

_CUT = """
const drawing = find(".plane:not([hidden]) svg, .figure:not([hidden]) svg.toy"), room = find(".room"), stage = find(".stage");
const found = [];
for (const node of drawing.querySelectorAll("rect, text"))
  if (shown(node) && outside(box(node), box(drawing))) found.push(`outside the drawing: ${says(node)}`);
if (outside(box(drawing), box(room))) found.push("drawing outside its room");
const scrolls = (node) => {
  for (let each = node.parentElement; each && each !== root; each = each.parentElement)
    if (getComputedStyle(each).overflowX === "auto") return true;
};
for (const node of [...root.querySelectorAll("*")].filter((node) => shown(node) && !node.closest("svg *"))) {
  const wide = node.scrollWidth > node.clientWidth + 1, high = node.scrollHeight > node.clientHeight + 1;
  if (box(node).right > innerWidth && !scrolls(node)) found.push(`beyond the window: ${says(node)}`);
  if (getComputedStyle(node).overflowX === "hidden" && (wide || high)) found.push(`cut off: ${says(node)}`);
}
for (const node of stage.children)
  if (shown(node) && outside(box(node), box(stage))) found.push(`outside the stage: ${says(node)}`);
for (const node of [main, document.documentElement])
  if (node.scrollWidth > node.clientWidth) found.push(`${node.tagName} scrolls sideways`);
return found;
"""

_APART = """
const header = document.querySelector("[data-testid=stHeader]"), found = [];
const cells = [...root.querySelectorAll(".panel table")].flatMap((table) => {
  const edited = table.querySelectorAll("tbody input, tbody td:has(.mask)");
  return edited.length ? [edited[0], edited[edited.length - 1]] : [];
});
for (const from of [0, main.scrollHeight])
  for (const cell of cells) {
    main.scrollTop = from;
    cell.focus();
    await rest();
    const figure = box(find(".figure svg.toy")), edited = box(cell), middle = (edited.left + edited.right) / 2;
    const at = `${cell.closest("[data-table]").dataset.table}, from ${from ? "below" : "above"}`;
    if (outside(figure, window_)) found.push(`${at}: figure not in the window`);
    if (figure.top < box(header).bottom) found.push(`${at}: figure under the page's head`);
    if (outside(edited, window_)) found.push(`${at}: cell not in the window`);
    const over = root.getRootNode().elementFromPoint(middle, edited.top + 4);
    if (!over || !(cell.contains(over) || over.contains(cell))) found.push(`${at}: covered by ${over && says(over)}`);
  }
if (cells.length < 4) found.push("no tables");
return found;
"""

_SIZES = """
return [...find(".figure svg.toy").querySelectorAll(asked.within)].filter((node) => shown(node) && node.textContent.trim())
  .map((node) => parseFloat(getComputedStyle(node).fontSize) * node.getScreenCTM().a);
"""

_STOPS = """
return [...root.querySelectorAll(".panel [role=grid]")].map((table) => [
  table.closest("[data-table]").dataset.table,
  table.querySelectorAll(":is(input, button, [tabindex]):not([tabindex='-1'])").length,
]);
"""


def ask(page: Page, script: str, **asked: Any) -> Any:
    return page.evaluate(f"async (asked) => {{ {_COMMON} {script} }}", asked)


def cut(page: Page) -> list[str]:
    """What of the lesson is not shown whole."""
    rest(page, FADE_MS)
    found: list[str] = ask(page, _CUT)
    return found


def apart(page: Page) -> list[str]:
    """Why figure and cell are not both seen: the first and the last cell edited of each table, come to from either side."""
    found: list[str] = ask(page, _APART)
    return found


def smallest(page: Page, within: str = "text") -> float:
    """px, of what is written in the figure."""
    frame(page)
    sizes: list[float] = ask(page, _SIZES, within=within)
    assert len(sizes) > 10
    return min(sizes)


def stops(page: Page) -> dict[str, int]:
    """Of each table in which something can be chosen: how often Tab stops in it."""
    return dict(ask(page, _STOPS))


def left_to_the_panel(page: Page) -> float:
    """The share of the window below the stage."""
    share: float = ask(page, 'main.scrollTop = 200; await rest(); return 1 - box(find(".stage")).bottom / innerHeight;')
    return share
