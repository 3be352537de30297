"""Waiting times of a reader in headless Chromium: the first map, a hovered patch, another layer."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator

from playwright.sync_api import Browser, Locator, Page

from benchmarks.figure import Figure
from benchmarks.frames import p95_of
from benchmarks.reader import chromium, explore
from benchmarks.traffic import Traffic
from tests.browser.explorer import EXPLORATION
from tests.browser.serving import DESKTOP, ROOT, serve

HOVERS = 400
SCRUBS = 240
CHANGES = 12
SETTLE_MS = 1000

NOTE_KEY = """() => addEventListener(
  "keydown", () => (window.pressed_at = performance.now()), { once: true, capture: true })"""


def figures(short: bool = False) -> Iterator[Figure]:
    hovers, scrubs, rounds = (40, 24, 2) if short else (HOVERS, SCRUBS, CHANGES)
    with chromium() as browser:
        yield first_map(browser, 1 if short else 3)
        with serve() as url:
            page = browser.new_page(viewport=DESKTOP)
            traffic = Traffic(page)
            explore(page, f"{url}/your_image")
            yield hovering(page, "72 heads, 1,369 patches", 25, hovers)
            yield from scrubbing(page, traffic, scrubs)
            yield from changes(page, rounds)
            page.close()
        with serve("tests/browser/many_heads_app.py", PYTHONPATH=str(ROOT)) as url:
            page = browser.new_page(viewport=DESKTOP)
            explore(page, url)
            yield hovering(page, "144 heads, 196 patches", 16, hovers)


def first_map(browser: Browser, rounds: int) -> Figure:
    """Return the time from the server's start to the first map on screen.

    It is the best of several rounds, and the first round warms the disk.
    """
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        with serve() as url:
            page = browser.new_page(viewport=DESKTOP)
            page.goto(url)
            page.wait_for_selector(".regard-explorer .strip .shown:not(.absent)", timeout=60_000)
            times.append(time.perf_counter() - start)
            page.close()
    return Figure("`streamlit run` → first map on screen", min(times), 8, "s")


def hovering(page: Page, what: str, at_most: float, hovers: int) -> Figure:
    """Measure all work for one hovered patch: rows of every head of every layer, the map, the strip, the grid, the readout."""
    rows, cols = page.evaluate(f"() => {{ const {{ rows, cols }} = {EXPLORATION}.data.grid; return [rows, cols]; }}")
    box = page.locator(".map").bounding_box()
    assert box is not None and page.locator(".all-heads .heads-grid").is_visible()
    for i in range(hovers):
        row, col = (i * 7) % rows, (i * 11) % cols
        page.mouse.move(box["x"] + (col + 0.5) * box["width"] / cols, box["y"] + (row + 0.5) * box["height"] / rows)
        page.evaluate("() => new Promise(requestAnimationFrame)")
    return Figure(f"Hover: compute and draw, {what}, p95", p95_of(page, "frames_ms", hovers), at_most, "ms")


def scrubbing(page: Page, traffic: Traffic, scrubs: int) -> Iterator[Figure]:
    """Measure from the pointer's movement on the strip to the map of that layer, and count the requests meanwhile."""
    before = traffic.count()
    box = page.locator(".strip .layers").bounding_box()
    assert box is not None
    page.evaluate("() => (window.pointer_ms = [])")
    for i in range(scrubs):
        layer = (i * 5) % 12
        page.mouse.move(box["x"] + (layer + 0.5) * box["width"] / 12, box["y"] + box["height"] / 2)
        page.evaluate("() => new Promise(requestAnimationFrame)")
    page.wait_for_timeout(SETTLE_MS)
    yield Figure("Pointer on the strip → map of that layer, p95", p95_of(page, "pointer_ms", scrubs), 16, "ms")
    yield Figure("The same: requests", (traffic.count() - before).asked, 0)


def changes(page: Page, rounds: int) -> Iterator[Figure]:
    """Measure from a key press to the new picture: first other heads, then another layer."""
    third = page.locator(".thumbs button").nth(2)
    heads = [change(page, third, "Enter") for _ in range(rounds)]
    yield Figure("Other heads → new picture, median", statistics.median(heads), 50, "ms")
    strip = page.locator(".strip [aria-checked=true]")
    layers = [change(page, strip, key) for key in ("ArrowLeft", "ArrowRight") * (rounds // 2)]
    yield Figure("Other layer → new picture, median", statistics.median(layers), 50, "ms")


def change(page: Page, control: Locator, key: str) -> float:
    """Return the milliseconds from the key press until the new picture is drawn."""
    control.focus()
    page.evaluate(NOTE_KEY)
    page.keyboard.press(key)
    page.wait_for_function("() => window.drawn_at > window.pressed_at", polling=5)
    waited = page.evaluate("() => window.drawn_at - window.pressed_at")
    page.wait_for_timeout(SETTLE_MS)
    return float(waited)
