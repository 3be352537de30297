"""What a reader waits for, in headless Chromium: the first map, a hovered patch, another layer, a lesson's edited number."""

from __future__ import annotations

import statistics
import time

from playwright.sync_api import Browser, Locator, Page, sync_playwright

from benchmarks import comparing, finding, lessons
from benchmarks.figure import Figure
from benchmarks.frames import WATCH, p95_of
from tests.browser.explorer import EXPLORATION, wait_for_all_layers, wait_for_map
from tests.browser.serving import DESKTOP, ROOT, launch, serve

HOVERS = 400
SCRUBS = 240
CHANGES = 12
SETTLE_MS = 1000

NOTE_KEY = """() => addEventListener(
  "keydown", () => (window.pressed_at = performance.now()), { once: true, capture: true })"""


def figures() -> list[Figure]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        found = [first_map(browser)]
        with serve() as url:
            page = explored(browser, f"{url}/your_image")
            found += [hovering(page, "72 heads, 1,369 patches", 25), *scrubbing(page), *changes(page), *finding.figures(page)]
            page.close()
            found += lessons.figures(browser, url)
        with serve("tests/browser/many_heads_app.py", PYTHONPATH=str(ROOT)) as url:
            page = explored(browser, url)
            found.insert(2, hovering(page, "144 heads, 196 patches", 16))
        found += comparing.figures(browser)
        browser.close()
    return found


def first_map(browser: Browser) -> Figure:
    """From starting the server to the first map on screen; the best of three, the first of which warms the disk."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        with serve() as url:
            page = browser.new_page(viewport=DESKTOP)
            page.goto(url)
            page.wait_for_selector(".regard-explorer .strip .shown:not(.absent)", timeout=60_000)
            times.append(time.perf_counter() - start)
            page.close()
    return Figure("`streamlit run` → first map on screen", min(times), 8, "s")


def explored(browser: Browser, url: str) -> Page:
    """A page on which every layer has come and nothing else is going on."""
    page = browser.new_page(viewport=DESKTOP)
    page.goto(url)
    wait_for_map(page)
    wait_for_all_layers(page)
    page.wait_for_timeout(2000)
    page.evaluate(WATCH)
    return page


def hovering(page: Page, what: str, at_most: float) -> Figure:
    """Rows of every head of every layer, the map, the strip, the grid, the readout: all that one hovered patch sets off."""
    rows, cols = page.evaluate(f"() => {{ const {{ rows, cols }} = {EXPLORATION}.data.grid; return [rows, cols]; }}")
    box = page.locator(".map").bounding_box()
    assert box is not None and page.locator(".all-heads canvas").is_visible()
    for i in range(HOVERS):
        row, col = (i * 7) % rows, (i * 11) % cols
        page.mouse.move(box["x"] + (col + 0.5) * box["width"] / cols, box["y"] + (row + 0.5) * box["height"] / rows)
        page.evaluate("() => new Promise(requestAnimationFrame)")
    return Figure(f"Hover: compute and draw, {what}, p95", p95_of(page, "frames_ms", HOVERS), at_most, "ms")


def scrubbing(page: Page) -> list[Figure]:
    """From the pointer's movement on the strip to the map of the layer under it, and what the page asks for meanwhile."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    session = page.context.new_cdp_session(page)
    session.on("Network.webSocketFrameSent", lambda _: asked.append("message"))
    session.send("Network.enable")
    box = page.locator(".strip .layers").bounding_box()
    assert box is not None
    page.evaluate("() => (window.pointer_ms = [])")
    for i in range(SCRUBS):
        layer = (i * 5) % 12
        page.mouse.move(box["x"] + (layer + 0.5) * box["width"] / 12, box["y"] + box["height"] / 2)
        page.evaluate("() => new Promise(requestAnimationFrame)")
    page.wait_for_timeout(SETTLE_MS)
    session.detach()
    return [
        Figure("Pointer on the strip → map of that layer, p95", p95_of(page, "pointer_ms", SCRUBS), 16, "ms"),
        Figure("The same: requests", len(asked), 0),
    ]


def changes(page: Page) -> list[Figure]:
    """From the press of a key to the new picture: other heads, then another layer."""
    third = page.locator(".thumbs button").nth(2)
    heads = [change(page, third, "Enter") for _ in range(CHANGES)]
    strip = page.locator(".strip [aria-checked=true]")
    layers = [change(page, strip, key) for key in ("ArrowLeft", "ArrowRight") * (CHANGES // 2)]
    return [
        Figure("Other heads → new picture, median", statistics.median(heads), 50, "ms"),
        Figure("Other layer → new picture, median", statistics.median(layers), 50, "ms"),
    ]


def change(page: Page, control: Locator, key: str) -> float:
    """Milliseconds from the key to the drawing of the new picture."""
    control.focus()
    page.evaluate(NOTE_KEY)
    page.keyboard.press(key)
    page.wait_for_function("() => window.drawn_at > window.pressed_at", polling=5)
    waited = page.evaluate("() => window.drawn_at - window.pressed_at")
    page.wait_for_timeout(SETTLE_MS)
    return float(waited)


if __name__ == "__main__":
    print(*(figure.row() for figure in figures()), sep="\n")
