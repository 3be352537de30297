"""The lessons in both themes, on a phone and a desktop, with whole pages to look at."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import screenshot
from tests.browser.serving import DESKTOP, PHONE
from tests.browser.themes import GROUNDS, turn

Open = Callable[..., Page]
HEIGHT = 3400


@pytest.mark.parametrize("name", ["self_attention", "queries_keys_values", "multi_head"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["1440", "390"])
def test_a_lesson_fits_its_screen_and_axe_finds_nothing(open_page: Open, server: str, name: str, size: dict[str, int]) -> None:
    page = open_page(f"{server}/{name}", viewport=size | {"height": HEIGHT})
    expect(page.locator("svg.toy [data-name^='y/']").first).to_be_visible()
    expect(page.locator(".js-plotly-plot").first).to_be_attached()
    expect(page.get_by_text("The same in Python")).to_be_attached()
    for theme in GROUNDS:
        turn(page, theme)
        screenshot(page, f"{name}-{size['width']}-{theme}")
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        assert sticking_out(page, size["width"]) == []
        assert violations(page) == []


@pytest.mark.parametrize("name", ["self_attention", "queries_keys_values", "multi_head"])
def test_a_figure_fades_where_there_is_more_to_scroll_to(open_page: Open, server: str, name: str) -> None:
    page = open_page(f"{server}/{name}", viewport=PHONE)
    expect(page.locator("svg.toy [data-name^='y/']").first).to_be_visible()
    frame = page.locator(".frame:has(svg.toy)").first
    opaque, clear = "rgb(0, 0, 0)", "rgba(0, 0, 0, 0)"
    for scrolled, left, right in ((0, opaque, clear), (9999, clear, opaque)):
        frame.evaluate("(frame, scrolled) => (frame.scrollLeft = scrolled)", scrolled)
        mask = re.compile(rf"^linear-gradient\(to right, {re.escape(left)}, .*, {re.escape(right)}\)$")
        expect(frame).to_have_css("mask-image", mask)


def sticking_out(page: Page, width: int) -> list[str]:
    """What reaches beyond the window and does not scroll in a frame of its own."""
    found: list[str] = page.evaluate(
        """width => {
             const roots = [...document.querySelectorAll(".stBidiComponent *")].map(node => node.shadowRoot).filter(Boolean);
             return roots.flatMap(root => [...root.querySelectorAll("*")])
               .filter(node => !node.closest(".frame") || node.classList.contains("frame"))
               .filter(node => node.getBoundingClientRect().right > width + 1).map(node => node.outerHTML.slice(0, 80));
           }""",
        width,
    )
    return found
