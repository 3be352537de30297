"""Reading and handling the matrix of weights from a test, as a person would."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect

from tests.browser.waiting import PATIENCE_MS, answered, frame, rest

ROWS, COLS = 9, 13
"""Blocks of 17 × 25 patches: those of the last row and the last column are smaller."""
EXPLORATION: Final = "globalThis.regardExplorations.get('explorer')"
PICTURES: Final = (".regard-explorer .map", ".small-picture .map")
CLS: Final = 0


def to_matrix(page: Page) -> None:
    tab = page.get_by_role("tab", name="Matrix", exact=True)
    if tab.get_attribute("aria-selected") != "true":
        tab.click()
    page.locator(".regard-matrix-map").scroll_into_view_if_needed()
    page.locator(".plane").evaluate("plane => plane.scrollIntoView({ block: 'center' })")
    expect(page.locator(".board:not(.stale)")).to_be_visible(timeout=PATIENCE_MS)
    frame(page)


def put(page: Page, **settings: Any) -> None:
    page.evaluate(f"settings => {EXPLORATION}.set(settings)", settings)
    frame(page)
    rest(page, 400)
    answered(page)
    expect(page.locator(".board:not(.stale)")).to_be_visible()
    frame(page)


def place(page: Page, row: int, col: int) -> tuple[float, float]:
    """The middle of a cell on the screen: the prefix token's is 10 pixels wide and 4 from the others."""
    box = page.locator(".board").bounding_box()
    assert box is not None

    def along(cell: int) -> float:
        return 5 if cell == CLS else 14 + (cell - 0.5) * (box["width"] - 14) / (ROWS * COLS)

    return box["x"] + along(col), box["y"] + along(row)


def point(page: Page, row: int, col: int) -> None:
    page.mouse.move(*place(page, row, col))
    frame(page)


def weight(page: Page) -> float:
    return float(page.locator(".pair .weight").get_attribute("data-value") or "nan")


def names(page: Page) -> tuple[str, str]:
    return page.locator(".query-cell").inner_text(), page.locator(".key-cell").inner_text()


def lit(page: Page) -> list[tuple[str, str]]:
    """Blocks of query and key as every picture outlines them: row, col, rows, cols."""
    return [
        tuple(page.locator(picture).evaluate("({ dataset }) => [dataset.litQuery, dataset.litKey]")) for picture in PICTURES
    ]


def marked(page: Page) -> tuple[str | None, str | None]:
    marks = page.locator(".board .marks")
    return marks.get_attribute("data-marked"), marks.get_attribute("data-asking")


def parameter(page: Page, name: str) -> str | None:
    return parse_qs(urlsplit(page.url).query).get(name, [None])[0]


def cell(row: int, col: int) -> int:
    """Of a block."""
    return 1 + row * COLS + col
