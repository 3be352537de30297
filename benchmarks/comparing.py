"""What a hovered patch takes on two pictures, in headless Chromium: its cosines to all patches of both, and both maps drawn.

The live page of `compare_view`, which has no server: it runs what the app's page "Compare" runs. The small maps of the other
layers follow once the hand rests, and are not in it.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.figure import Figure
from benchmarks.frames import WATCH, p95_of
from tests.browser.compare_page import pair, write
from tests.browser.serving import DESKTOP, launch
from tests.browser.waiting import PATIENCE_MS

HOVERS = 400
LAYERS = (10, 11)
ACROSS = 37
AT_MOST_MS = 12


def figures(browser: Browser) -> list[Figure]:
    found = pair(ACROSS, LAYERS, square=True)
    with tempfile.TemporaryDirectory() as folder:
        page = browser.new_page(viewport=DESKTOP)
        page.goto(write(Path(folder), found).as_uri())
        page.wait_for_selector(".half[data-side=right] .top li", timeout=PATIENCE_MS)
        page.wait_for_timeout(2000)
        page.evaluate(WATCH)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        hover(page)
        patches = f"{ACROSS**2:,}"
        hovered = p95_of(page, "frames_ms", HOVERS)
        page.close()
    return [
        Figure(f"Hover over two pictures of {patches} patches: compute and draw both, p95", hovered, AT_MOST_MS, "ms"),
        Figure("The same: requests", len(asked), 0),
    ]


def hover(page: Page) -> None:
    """Over both pictures in turn, a run of patches in each."""
    boxes = [canvas.bounding_box() for canvas in page.locator(".map").all()]
    for i in range(HOVERS):
        box = boxes[i // 20 % 2]
        assert box is not None
        row, col = (i * 7) % ACROSS, (i * 11) % ACROSS
        page.mouse.move(box["x"] + (col + 0.5) * box["width"] / ACROSS, box["y"] + (row + 0.5) * box["height"] / ACROSS)
        page.evaluate("() => new Promise(requestAnimationFrame)")


if __name__ == "__main__":
    with sync_playwright() as playwright:
        print(*(figure.row() for figure in figures(launch(playwright))), sep="\n")
