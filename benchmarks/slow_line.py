"""Waiting times on a line of 20 Mbit/s with a round trip of 50 ms, in headless Chromium: medians over fresh browsers.

The server has shown every page before. So the figures measure the line and not the loading of a model.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from typing import Final

from playwright.sync_api import Browser, Page

from benchmarks.figure import Figure
from benchmarks.line import Line
from benchmarks.reader import (
    QUIET_SECONDS,
    SHORT_QUIET_SECONDS,
    TITLES,
    chromium,
    hold_layers,
    rest,
    see_layers,
    see_maps,
    switch_off,
    timed,
    turn_to,
    warm,
)
from tests.browser.serving import DESKTOP, serve

MEGABITS, SHORT_MEGABITS = 20, 200
ROUND_TRIP: Final = 0.05
ROUNDS: Final = 3
AT_MOST: Final = {
    "first map": 3.0,
    "all layers": 10.0,
    "all layers follow the pointer": 12.3,
    "head off → changed map": 1.5,
    "first map on a second visit": 1.5,
    "Compare’s two maps": 2.4,
    "What if’s two maps": 4.4,
}
"""Seconds."""


def figures(short: bool = False) -> Iterator[Figure]:
    waits: dict[str, list[float]] = {name: [] for name in AT_MOST}
    megabits = SHORT_MEGABITS if short else MEGABITS
    with chromium() as browser, serve() as server:
        warm(browser, server)
        for _ in range(1 if short else ROUNDS):
            with Line(server, 1e6 / 8 * megabits, ROUND_TRIP) as line:
                for name, seconds in visits(browser, line, SHORT_QUIET_SECONDS if short else QUIET_SECONDS):
                    waits[name].append(seconds)
    for name, at_most in AT_MOST.items():
        yield Figure(f"{megabits} Mbit/s, 50 ms: {name}", statistics.median(waits[name]), at_most, "s")


def visits(browser: Browser, line: Line, quiet: float) -> Iterator[tuple[str, float]]:
    """Yield names and seconds: a first visit with an empty cache, a second visit in a new tab, and then the other pages."""
    context = browser.new_context(viewport=DESKTOP)
    page = context.new_page()
    began = time.perf_counter()
    _visit(page, line)
    yield "first map", time.perf_counter() - began
    see_layers(page)
    yield "all layers", time.perf_counter() - began
    hold_layers(page)
    yield "all layers follow the pointer", time.perf_counter() - began
    rest(page, line, quiet)
    page.close()
    page = context.new_page()
    yield "first map on a second visit", timed(lambda: _visit(page, line))
    for name in ("compare", "what_if"):
        rest(page, line, quiet)
        yield f"{TITLES[name]}’s two maps", timed(lambda name=name: turn_to(page, name))
    rest(page, line, quiet)
    yield "head off → changed map", timed(lambda: switch_off(page, 6, 4))
    context.close()


def _visit(page: Page, line: Line) -> None:
    page.goto(f"{line.url}/your_image", wait_until="commit")
    see_maps(page, "your_image")
