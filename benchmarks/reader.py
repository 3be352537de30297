"""A reader's actions on Regard's pages and the results they wait for. Nothing here uses the page's own objects."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.frames import WATCH
from benchmarks.line import Line
from tests.browser.explorer import wait_for_all_layers, wait_for_map
from tests.browser.serving import DESKTOP, launch
from tests.browser.waiting import PATIENCE_MS
from tests.browser.what_if import head

QUIET_SECONDS, SHORT_QUIET_SECONDS = 3.0, 0.5
"""While layers are fetched, nothing passes for up to 2 s. A short run does not wait for them."""
POLL_MS: Final = 10
TITLES: Final = {"your_image": "Your image", "compare": "Compare", "what_if": "What if"}
MAPS: Final = {"your_image": 1, "compare": 2, "what_if": 2}
"""Number of pictures with a map on a page."""
MARKS: Final = {
    "your_image": ".regard-explorer:not(.regard-compare) .top li",
    "compare": ".st-key-swap button",
    "what_if": ".regard-edit-heads .cells button",
}
"""Selectors of elements that only this page has."""
# Returns all elements of the selector that a reader can see, including those in shadow roots.
SEEN: Final = """(function seen(selector, root = document) {
  const inside = [...root.querySelectorAll("*")].flatMap(node => node.shadowRoot ? seen(selector, node.shadowRoot) : []);
  return [...[...root.querySelectorAll(selector)].filter(node => node.checkVisibility()), ...inside];
})"""
# A picture has its map if the colour scale is on it and no text says that it waits.
MAPS_SEEN: Final = f"""([mark, count]) => {{
  const seen = {SEEN};
  const maps = seen(".stage").filter(stage => seen("canvas.map", stage).length && seen(".legend", stage).length
    && !seen(".waiting", stage).length && !stage.closest(".stale"));
  return seen(mark).length > 0 && maps.length >= count;
}}"""
# A layer that has not arrived is hatched on the strip.
LAYERS_SEEN: Final = f"""() => {{
  const seen = {SEEN};
  return seen(".strip .layers button").length > 1 && !seen(".strip .layers .absent").length;
}}"""
# Every layer follows the pointer once its queries and keys are in the page's store.
LAYERS_HELD: Final = f"""() => {{
  const layers = {SEEN}(".strip .layers button").length;
  return layers > 1 && [...globalThis.regardStored.keys()].filter(id => id.startsWith("record:")).length >= layers;
}}"""
NOTHING_WAITS: Final = f"() => !{SEEN}('.waiting, .stale')[0]"
# Returns the colours on the second picture, and the numbers of the model's movement. Returns null while either waits.
CHANGED_MAP: Final = f"""() => {{
  const seen = {SEEN};
  const [, stage] = seen(".half .stage");
  const numbers = seen(".regard-strip .moved .number").map(number => number.dataset.value).join();
  if (!stage || stage.closest(".stale") || seen(".waiting", stage).length || seen(".regard-strip.waits").length) return null;
  const small = new OffscreenCanvas(37, 37).getContext("2d", {{ willReadFrequently: true }});
  small.drawImage(seen("canvas.map", stage)[0], 0, 0, 37, 37);
  return [small.getImageData(0, 0, 37, 37).data.join(), numbers];
}}"""
# Both are present and differ from before.
DIFFERS: Final = f"""before => {{
  const now = ({CHANGED_MAP})();
  return now && now.every((part, at) => part !== before[at]);
}}"""


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


def explore(page: Page, url: str) -> None:
    """Open a page with the explorer. Wait until every layer is there and no other work runs, then watch its frames."""
    page.goto(url)
    wait_for_map(page)
    wait_for_all_layers(page)
    page.wait_for_timeout(2000)
    page.evaluate(WATCH)


def timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def warm(browser: Browser, server: str) -> None:
    """Make the server prepare what every page opens with."""
    page = browser.new_page(viewport=DESKTOP)
    for name in MAPS:
        page.goto(f"{server}/{name}")
        see_maps(page, name)
    page.close()


def see(page: Page, condition: str, given: Any = None) -> None:
    """Wait until the condition holds."""
    page.wait_for_function(condition, arg=given, polling=POLL_MS, timeout=PATIENCE_MS)


def see_maps(page: Page, name: str) -> None:
    see(page, MAPS_SEEN, [MARKS[name], MAPS[name]])


def see_layers(page: Page) -> None:
    """Wait until every layer has its small map."""
    see(page, LAYERS_SEEN)


def hold_layers(page: Page) -> None:
    """Wait until every layer follows the pointer."""
    see(page, LAYERS_HELD)


def rest(page: Page, line: Line, quiet: float = QUIET_SECONDS) -> None:
    """Wait until nothing has passed the line for `quiet` seconds from now on, and no script runs.

    Raises TimeoutError if something always passes. A page that renews its lease must do so less often.
    """
    patience_ends = time.monotonic() + PATIENCE_MS / 1000
    page.wait_for_timeout(1000 * quiet)
    while line.idle_seconds() < quiet:
        if time.monotonic() > patience_ends:
            raise TimeoutError(f"something has passed the line every {quiet:.1f} s")
        page.wait_for_timeout(100)
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=PATIENCE_MS)


def turn_to(page: Page, name: str) -> None:
    """Click the page's link at the top, and wait for its maps."""
    page.get_by_test_id("stTopNavLink").filter(has_text=TITLES[name]).click()
    see_maps(page, name)


def click_patch(page: Page, row: float, col: float) -> None:
    """Click a patch. row, col: as shares of the picture's height and width."""
    canvas = page.locator(".regard-explorer .map")
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + col * box["width"], box["y"] + row * box["height"])


def switch_off(page: Page, layer: int, number: int) -> None:
    """Click a head on the page "What if", and wait for the changed map."""
    before = page.wait_for_function(CHANGED_MAP, polling=POLL_MS, timeout=PATIENCE_MS).json_value()
    head(page, layer, number).click()
    see(page, DIFFERS, before)


def show_kind(page: Page, kind: str) -> None:
    """Select what is drawn over both pictures of the page "Compare", and wait until all its data are there."""
    page.locator(".regard-compare .shows").get_by_text(kind, exact=True).click()
    see(page, NOTHING_WAITS)


def fetch_csv(page: Page) -> bytes:
    page.locator(".st-key-export button").first.click()
    with page.expect_download(timeout=PATIENCE_MS) as download:
        page.get_by_text("Weights (CSV)").click()
    page.keyboard.press("Escape")
    return download.value.path().read_bytes()
