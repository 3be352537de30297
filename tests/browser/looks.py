"""How a part of a page looks in both themes, in a window of one size."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, ViewportSize

from tests.browser.axe import violations
from tests.browser.conftest import screenshot
from tests.browser.themes import GROUNDS, turn


def looks_right(page: Page, size: ViewportSize, part: str, name: str, touch: Callable[[], None]) -> None:
    """With the part in the middle and touched, axe finds nothing, and nothing is wider than the window. Leaves screenshots."""
    page.set_viewport_size(size)
    for theme in GROUNDS:
        turn(page, theme)
        page.locator(part).evaluate("node => node.scrollIntoView({ block: 'center' })")
        touch()
        screenshot(page, f"{name}-{size['width']}-{theme}")
        assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
