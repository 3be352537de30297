"""Delay of a lesson's figure behind the hand, in headless Chromium: a number typed into X, and one dragged in the figure.

The time ends when the figure's numbers have changed and the script for that has ended. The browser's layout and
painting after that are not counted.
"""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Browser, Locator, Page

from benchmarks.figure import Figure, quantile
from benchmarks.reader import chromium
from tests.browser.lessons import LESSONS, visit
from tests.browser.serving import DESKTOP, serve

AT_MOST_MS = 16
ROUNDS = 8
EDITS = 10
"""Edits in a row, per lesson and round."""
MOVES = 120
WARM_UP = 20
PAUSE_MS = 30
"""After typing and after Enter.

Both are shorter than the time that a lesson waits before it writes its link and informs Python.
"""
SETTLE_MS = 1000
SHOWN = {
    "Self-attention": ("self_attention", {}),
    "Queries, keys, values": ("queries_keys_values", {}),
    "Multi-head, 4 heads": ("multi_head", {"pieces": "4"}),
    "Multi-head, 8 heads": ("multi_head", {"pieces": "8"}),
}

# A browser delivers pointer movements just before it draws, so their time counts from there. A key counts from its
# press.
WATCH = """figure => {
  window.waits_ms = [];
  let begun = 0;
  addEventListener("keydown", event => (begun = event.timeStamp), { capture: true });
  addEventListener("pointermove", () => (begun ||= performance.now()), { capture: true });
  new MutationObserver(() => {
    if (begun) window.waits_ms.push(performance.now() - begun);
    begun = 0;
  }).observe(figure, { subtree: true, attributeFilter: ["data-value"] });
}"""


def figures(short: bool = False) -> Iterator[Figure]:
    rounds, warm_up, moves = (1, 2, 20) if short else (ROUNDS, WARM_UP, MOVES)
    with chromium() as browser, serve() as url:
        pages = {title: shown(browser, url, *asked) for title, asked in SHOWN.items()}
        for page in pages.values():
            edit(page, warm_up)
            watch(page)
        for i in range(rounds):
            for page in list(pages.values())[:: -1 if i % 2 else 1]:
                page.bring_to_front()
                edit(page, EDITS)
        for title, page in pages.items():
            yield Figure(f"{title}: edited number → figure, p95", p95_of(page, rounds * EDITS), AT_MOST_MS, "ms")
        title, page = list(pages.items())[-1]
        yield Figure(f"{title}: dragged number → figure, p95", dragging(page, warm_up, moves), AT_MOST_MS, "ms")


def shown(browser: Browser, url: str, lesson: str, asked: dict[str, str]) -> Page:
    """Return the lesson's page at the last step. There the figure has all its numbers."""
    page = browser.new_page(viewport=DESKTOP)
    visit(page, url, lesson, step="6", **asked)
    return page


def watch(page: Page) -> None:
    page.locator("svg.toy").evaluate(WATCH)


def cell(page: Page) -> Locator:
    name = LESSONS[str(page.locator(".regard-lesson").get_attribute("data-lesson"))]
    return page.locator(f'[data-table="{name}"] input').nth(1)


def edit(page: Page, times: int) -> None:
    typed = cell(page)
    now = float(typed.get_attribute("data-value") or 0)
    for i in range(times):
        typed.fill(f"{now + (i + 1) / 30:.3f}")
        page.wait_for_timeout(PAUSE_MS)
        page.keyboard.press("Enter")
        page.wait_for_timeout(PAUSE_MS)
    page.wait_for_timeout(SETTLE_MS)


def dragging(page: Page, warm_up: int, moves: int) -> float:
    """Drag up and down in the figure, with a new number for each pointer movement."""
    box = page.locator('svg.toy [data-cell="X/1/1"]').bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for i in range(warm_up + moves):
        if i == warm_up:
            page.evaluate("() => { window.waits_ms = []; }")
        page.mouse.move(x, y - 10 - 3 * abs(i % 40 - 20))
        page.evaluate("() => new Promise(requestAnimationFrame)")
    page.mouse.up()
    return p95_of(page, moves)


def p95_of(page: Page, expected: int) -> float:
    times = page.evaluate("() => window.waits_ms")
    if len(times) < 0.9 * expected:
        raise RuntimeError(f"expected about {expected} new pictures of the figure, received {len(times)}")
    return quantile(times, 0.95)
