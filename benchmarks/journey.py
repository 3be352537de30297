"""A reader's short journey over three pages, in headless Chromium: how often scripts run, and how many bytes pass.

`python -m benchmarks journey`. The steps are those of the issue that set the limits, so that figures of all commits can
be compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from playwright.sync_api import Page

from benchmarks.figure import Figure
from benchmarks.line import Line
from benchmarks.reader import (
    QUIET_SECONDS,
    SHORT_QUIET_SECONDS,
    chromium,
    click_patch,
    fetch_csv,
    rest,
    see_layers,
    see_maps,
    show_kind,
    switch_off,
    turn_to,
)
from benchmarks.traffic import Count, Traffic
from tests.browser.serving import DESKTOP, serve

MOST_RUNS: Final = 12
MOST_MEGABYTES: Final = 120
TABS: Final = ("Why this weight", "Depth and outliers", "Matrix", "How to read it", "All heads")
KINDS: Final = ("Attention", "Both", "PCA", "Segments", "Similarity")
DIRECTIONS: Final = (1, 0)
"""Indices of the buttons. The page opens with the first."""
OFF: Final = ((3, 1), (6, 4), (9, 2))
PINS: Final = ((0.2, 0.3), (0.5, 0.5), (0.7, 0.2), (0.35, 0.8), (0.85, 0.6))

Act = Callable[[Page], object]
Step = tuple[str, list[Act]]


def steps(short: bool = False) -> list[Step]:
    """Yield the actions, under their names in the table. short: each action once."""
    once = slice(1 if short else None)
    return [
        ("5 layers", [lambda page, layer=layer: _choose_layer(page, layer) for layer in (2, 5, 8, 11, 6)][once]),
        ("3 heads", [lambda page, at=at: page.locator(".thumbs button").nth(at).click() for at in (1, 3, 5)][once]),
        ("5 pins", [lambda page, place=place: click_patch(page, *place) for place in PINS][once]),
        ("2 directions", [lambda page, at=at: page.locator(".tools .direction button").nth(at).click() for at in DIRECTIONS]),
        ("5 tabs", [lambda page, tab=tab: page.get_by_role("tab", name=tab).click() for tab in TABS][once]),
        ("one CSV", [fetch_csv]),
        ("What if opened", [lambda page: turn_to(page, "what_if")]),
        ("3 heads off", [lambda page, at=at: switch_off(page, *at) for at in OFF][once]),
        ("Compare opened", [lambda page: turn_to(page, "compare")]),
        ("5 kinds", [lambda page, kind=kind: show_kind(page, kind) for kind in KINDS][once]),
    ]


def figures(short: bool = False) -> Iterator[Figure]:
    with chromium() as browser, serve() as server, Line(server) as line:
        page = browser.new_page(viewport=DESKTOP)
        traffic = Traffic(page, line)
        before = Count()

        def opened(page: Page) -> None:
            page.goto(f"{line.url}/your_image{'?across=12' if short else ''}")
            see_maps(page, "your_image")
            see_layers(page)

        for name, acts in [("Your image opened", [opened]), *steps(short)]:
            for act in acts:
                act(page)
                rest(page, line, SHORT_QUIET_SECONDS if short else QUIET_SECONDS)
            now = traffic.count()
            yield from _of_step(name, now - before)
            before = now
        yield Figure("Journey: script runs", before.runs, MOST_RUNS)
        yield Figure("Journey: received", before.received / 1e6, MOST_MEGABYTES, "MB")
        yield Figure("Journey: requests over HTTP", before.requests)


def _of_step(name: str, count: Count) -> Iterator[Figure]:
    yield Figure(f"Journey, {name}: script runs", count.runs)
    yield Figure(f"Journey, {name}: received", count.received / 1e6, unit="MB")


def _choose_layer(page: Page, layer: int) -> None:
    page.get_by_role("radio", name=f"Layer {layer}", exact=True).click()
