"""How a part of a page looks, in windows of two sizes and both themes."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, ViewportSize

from tests.browser.axe import violations
from tests.browser.conftest import screenshot
from tests.browser.serving import PHONE
from tests.browser.themes import turn


def looks_right(page: Page, size: ViewportSize, part: str, name: str, touch: Callable[[], None]) -> None:
    """With the part in the middle and touched, axe finds nothing, and nothing is wider than the window.

    Phones are dark, larger windows light: contrast does not depend on the size, nor room on the theme.
    """
    page.set_viewport_size(size)
    turn(page, "dark" if size["width"] <= PHONE["width"] else "light")
    page.locator(part).evaluate("node => node.scrollIntoView({ block: 'center' })")
    touch()
    screenshot(page, f"{name}-{size['width']}")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
