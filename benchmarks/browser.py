"""What a reader waits for, in headless Chromium: the first map, a hovered row, a changed control, an edited number."""

from __future__ import annotations

import statistics
import time

from playwright.sync_api import Browser, Locator, Page, sync_playwright

from benchmarks.figure import Figure, quantile
from tests.browser.explorer import wait_for_map
from tests.browser.serving import DESKTOP, launch, serve

HOVERS = 400
CHANGES = 12
WARM_UP = 4
SETTLE_MS = 1000
LESSONS = {"self_attention": "Self-attention", "queries_keys_values": "Queries, keys, values", "multi_head": "Multi-head"}

NOTE_KEY = """() => addEventListener(
  "keydown", () => (window.pressed_at = performance.now()), { once: true, capture: true })"""

# Times every frame callback that draws the map, and notes when the map was last drawn.
WATCH = """() => {
  window.frames_ms = [];
  window.drawn_at = 0;
  const draw = CanvasRenderingContext2D.prototype.drawImage;
  CanvasRenderingContext2D.prototype.drawImage = function (...args) {
    if (this.canvas.className === "map") window.drawn_at = performance.now();
    return draw.apply(this, args);
  };
  const request = window.requestAnimationFrame;
  window.requestAnimationFrame = callback => request(now => {
    const before = window.drawn_at, start = performance.now();
    callback(now);
    if (window.drawn_at !== before) window.frames_ms.push(performance.now() - start);
  });
}"""


# Notes when a number of a lesson's figure last changed; the figure lives in a shadow root.
WATCH_FIGURE = """() => {
  window.drawn_at = 0;
  const roots = [...document.querySelectorAll(".stBidiComponent *")].map(node => node.shadowRoot).filter(Boolean);
  const figure = roots.map(root => root.querySelector("svg.toy")).find(Boolean);
  new MutationObserver(() => (window.drawn_at = performance.now()))
    .observe(figure, { subtree: true, attributeFilter: ["data-value"] });
}"""


def figures() -> list[Figure]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        found = [first_map(browser)]
        with serve() as url:
            page = browser.new_page(viewport=DESKTOP)
            page.goto(f"{url}/your_image")
            wait_for_map(page)
            page.wait_for_timeout(2000)
            page.evaluate(WATCH)
            found += [hovering(page), *changes(page)]
            page.close()
            found += [edits(browser, f"{url}/{lesson}", title) for lesson, title in LESSONS.items()]
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
            page.wait_for_selector(".regard-explorer .top li", timeout=60_000)
            times.append(time.perf_counter() - start)
            page.close()
    return Figure("`streamlit run` → first map on screen", min(times), 8, "s")


def hovering(page: Page) -> Figure:
    """Rows of 6 heads over 1,369 patches, their maps, the readout: everything that one hovered patch sets off."""
    box = page.locator(".map").bounding_box()
    assert box is not None
    for i in range(HOVERS):
        row, col = (i * 7) % 37, (i * 11) % 37
        page.mouse.move(box["x"] + (col + 0.5) * box["width"] / 37, box["y"] + (row + 0.5) * box["height"] / 37)
        page.evaluate("() => new Promise(requestAnimationFrame)")
    times = page.evaluate("() => window.frames_ms")
    if len(times) < HOVERS / 2:
        raise RuntimeError(f"expected about {HOVERS} drawn frames, received {len(times)}")
    return Figure("Hover: compute and draw, 1,369 patches, 6 heads, p95", quantile(times, 0.95), 8, "ms")


def changes(page: Page) -> list[Figure]:
    """From the press of a control to the new picture: other heads, then a layer that was shown before."""
    third = page.locator("[aria-label='Heads'] button").nth(2)
    heads = [change(page, third, "Enter") for _ in range(CHANGES)]
    slider = page.locator("[data-testid=stSlider]:has-text('Layer')").get_by_role("slider")
    for key in ("ArrowLeft", "ArrowRight"):
        change(page, slider, key)
    layers = [change(page, slider, key) for key in ("ArrowLeft", "ArrowRight") * (CHANGES // 2)]
    return [
        Figure("Other heads → new picture, median", statistics.median(heads), 150, "ms"),
        Figure("Layer shown before → new picture, median", statistics.median(layers), 150, "ms"),
    ]


def edits(browser: Browser, url: str, title: str) -> Figure:
    """From Enter in a cell of X to the new numbers in the lesson's figure."""
    page = browser.new_page(viewport=DESKTOP)
    page.goto(url)
    cell = page.get_by_label("x1, column 2", exact=True)
    cell.wait_for(timeout=60_000)
    page.wait_for_timeout(2 * SETTLE_MS)
    page.evaluate(WATCH_FIGURE)
    times = []
    for edit in range(WARM_UP + CHANGES):
        cell.fill(str(0.3 + edit / 10))
        times.append(change(page, cell, "Enter"))
    page.close()
    return Figure(f"{title}: edited number → figure, median", statistics.median(times[WARM_UP:]), 150, "ms")


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
