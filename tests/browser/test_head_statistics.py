"""A head's dot leads to its map, by mouse and by finger."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.canvas import parameters, settle, wait_for_map
from tests.browser.conftest import screenshot
from tests.browser.serving import PHONE
from tests.browser.themes import GROUNDS, turn

Open = Callable[..., Page]
HEADS = 6


def open_chart(page: Page) -> None:
    wait_for_map(page)
    page.get_by_text("Every head, measured").click()
    settle(page)
    expect(page.locator(".st-key-heads-chart .point")).to_have_count(12 * HEADS)


def place(page: Page, layer: int, head: int) -> tuple[float, float]:
    """The middle of its dot."""
    dot = page.locator(".st-key-heads-chart .point").nth(layer * HEADS + head)
    dot.scroll_into_view_if_needed()
    box = dot.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_click_on_a_dot_shows_that_head_each_time(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/your_image?heads=0%2C1&depth=All+layers+%28rollout%29")
    open_chart(page)
    for layer, head in ((2, 3), (5, 0), (5, 0)):
        page.mouse.click(*place(page, layer, head))
        settle(page)
        found = parameters(page)
        assert (found["layer"], found["head"], found["combine"]) == ([str(layer)], [str(head)], ["One at a time"])
        assert "depth" not in found
        expect(page.locator(".heads [aria-pressed=true]")).to_contain_text(f"head {head}")
        page.locator("[aria-label='Shown as']").get_by_text("Mean", exact=True).click()
        settle(page)
        assert "combine" not in parameters(page)


def test_on_a_phone_the_chart_fits_and_a_second_tap_shows_the_head(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/your_image", viewport=PHONE, has_touch=True)
    open_chart(page)
    for theme in GROUNDS:
        turn(page, theme)
        page.get_by_text("In each layer the heads stand").scroll_into_view_if_needed()
        screenshot(page, f"heads-measured-390-{theme}")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.touchscreen.tap(*place(page, 2, 3))
    settle(page)
    assert "layer" not in parameters(page)
    page.touchscreen.tap(*place(page, 2, 3))
    settle(page)
    assert (parameters(page)["layer"], parameters(page)["head"]) == (["2"], ["3"])
