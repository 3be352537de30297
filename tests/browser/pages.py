"""Every page of the app: how to open it, and how to know that it is there."""

from __future__ import annotations

from typing import Final

from playwright.sync_api import Page

from tests.browser import atlas_page, comparison, explorer, lessons, what_if
from tests.browser.waiting import answered
from ui.contents import LESSONS
from ui.contents import PAGES as OTHERS

TITLES: Final = {"": "Start", **{each.name: each.title for each in (*LESSONS, *OTHERS)}}
"""By the last part of the page's address; "" is Start."""
PAGES: Final = tuple(TITLES)
_READY: Final = {
    "": explorer.wait_for_start,
    **{lesson.name: lessons.ready for lesson in LESSONS},
    "your_image": explorer.wait_for_map,
    "compare": comparison.wait_for_comparison,
    "what_if": what_if.wait_for_pictures,
    "atlas": atlas_page.wait_for_atlas,
}
COARSE: Final = {
    "your_image": "?across=12",
    "compare": "?left-across=12&right-across=12",
    "what_if": "?across=12",
}
"""Few patches, where a test is not about them."""


def address(server: str, name: str) -> str:
    return f"{server}/{name}{COARSE.get(name, '')}"


def wait_for(page: Page, name: str) -> None:
    _READY.get(name, answered)(page)
