"""Cost of a hovered patch on two pictures, in headless Chromium: its cosines to all patches of both, and both drawn maps.

It uses the live page of `compare_view`, which has no server and the same code as the app's page "Compare". The small
maps of the other layers follow once the pointer rests, and are not counted.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page

from benchmarks.figure import Figure
from benchmarks.frames import WATCH, p95_of
from benchmarks.reader import chromium
from benchmarks.traffic import Traffic
from tests.browser.compare_page import pair, write
from tests.browser.serving import DESKTOP
from tests.browser.waiting import PATIENCE_MS

LAYERS = (10, 11)
AT_MOST_MS = 12


def figures(short: bool = False) -> Iterator[Figure]:
    across, hovers = (16, 40) if short else (37, 400)
    found = pair(across, LAYERS, square=True)
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        page = browser.new_page(viewport=DESKTOP)
        traffic = Traffic(page)
        page.goto(write(Path(folder), found).as_uri())
        page.wait_for_selector(".half[data-side=right] .top li", timeout=PATIENCE_MS)
        page.wait_for_timeout(2000)
        page.evaluate(WATCH)
        before = traffic.count()
        hover(page, across, hovers)
        name = f"Hover over two pictures of {across**2:,} patches: compute and draw both, p95"
        yield Figure(name, p95_of(page, "frames_ms", hovers), AT_MOST_MS, "ms")
        yield Figure("The same: requests", (traffic.count() - before).asked, 0)


def hover(page: Page, across: int, hovers: int) -> None:
    """Hover a run of patches on each picture in turn."""
    boxes = [canvas.bounding_box() for canvas in page.locator(".map").all()]
    for i in range(hovers):
        box = boxes[i // 20 % 2]
        assert box is not None
        row, col = (i * 7) % across, (i * 11) % across
        page.mouse.move(box["x"] + (col + 0.5) * box["width"] / across, box["y"] + (row + 0.5) * box["height"] / across)
        page.evaluate("() => new Promise(requestAnimationFrame)")
