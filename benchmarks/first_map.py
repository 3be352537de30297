"""Time to the first map of a new picture on a warm server, against the page before its new layout, and bytes after it."""

from __future__ import annotations

import io
import statistics
import time
from collections.abc import Iterator
from typing import Final

from PIL import Image
from playwright.sync_api import Browser, Page

from benchmarks.figure import Figure
from benchmarks.line import Line
from benchmarks.load import checked_out
from benchmarks.reader import chromium, see_layers, see_maps
from tests.browser.explorer import wait_for_all_layers
from tests.browser.serving import DESKTOP, serve

BEFORE: Final = "23793b2"
"""The last commit with that page. It runs from the history of this repository."""
ROUNDS: Final = 9
UPLOADER: Final = "input[type=file]"
# Notes when the canvas first drew the map of the reader's own picture.
WATCH: Final = """() => {
  window.given_at = performance.now();
  window.first_map_ms = 0;
  const draw = CanvasRenderingContext2D.prototype.drawImage;
  CanvasRenderingContext2D.prototype.drawImage = function (...args) {
    const stage = this.canvas.parentElement;
    const own = stage?.querySelector(".picture")?.alt === "Your picture";
    if (this.canvas.className === "map" && own) window.first_map_ms ||= performance.now() - window.given_at;
    return draw.apply(this, args);
  };
}"""


def figures(short: bool = False) -> Iterator[Figure]:
    """Yield the figures. short: today's page stands on both sides, because an export of the repository has no history."""
    with chromium() as browser, checked_out("" if short else BEFORE) as folder, serve() as now:
        with serve("app.py", cwd=folder) as before:
            urls = {"now": f"{now}/your_image", "before": f"{before}/your_image"}
            ratio = statistics.median(_rounds(browser, urls, 1 if short else ROUNDS))
            yield Figure("First map of a new picture, beside the page before it was laid out anew", ratio, 1.0)
        with Line(now) as line:
            received = bytes_after_first_map(browser, line) / 1e6
            yield Figure("All 12 layers at 1,369 patches, after the first map", received, 27, "MB")


def _rounds(browser: Browser, urls: dict[str, str], rounds: int) -> list[float]:
    """Return the ratio of each round. Each picture is new to both servers, and the first round warms them up."""
    ratios = []
    for number in range(rounds + 1):
        order = ("now", "before") if number % 2 else ("before", "now")
        times = {name: first_map(browser, urls[name], picture(number)) for name in order}
        ratios.append(times["now"] / times["before"])
    return ratios[1:]


def first_map(browser: Browser, url: str, data: bytes) -> float:
    """Return the milliseconds from the upload of the picture to its map, in a separate tab."""
    page = _opened(browser, url)
    page.evaluate(WATCH)
    page.locator(UPLOADER).first.set_input_files({"name": "new.png", "mimeType": "image/png", "buffer": data})
    page.wait_for_function("() => window.first_map_ms", polling=20, timeout=120_000)
    found = float(page.evaluate("() => window.first_map_ms"))
    page.close()
    return found


def bytes_after_first_map(browser: Browser, line: Line) -> int:
    """Return all bytes that arrive between the first map of the coffee and the last layer."""
    page = browser.new_page(viewport=DESKTOP)
    page.goto(f"{line.url}/your_image?picture=Coffee&square=true", wait_until="commit")
    see_maps(page, "your_image")
    before = line.received
    see_layers(page)
    page.close()
    return line.received - before


def _opened(browser: Browser, url: str) -> Page:
    """Return a page that has its map and has finished all its work."""
    page = browser.new_page(viewport=DESKTOP)
    page.goto(f"{url}?picture=Cat")
    page.wait_for_selector(".top li", timeout=120_000)
    if page.locator(".regard-explorer").count():
        wait_for_all_layers(page)
    time.sleep(2)
    return page


def picture(number: int) -> bytes:
    """Return a picture that no cache has: a part of the Mandelbrot set, 518 × 518."""
    at = 0.01 * number + 0.001 * (time.time_ns() % 1000) / 1000
    buffer = io.BytesIO()
    Image.effect_mandelbrot((518, 518), (-2 + at, -1.2, 0.5 + at, 1.2), 60).convert("RGB").save(buffer, "PNG")
    return buffer.getvalue()
