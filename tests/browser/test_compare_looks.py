"""The page "Compare" in all windows and themes, with keys and without a mouse."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.axe import violations
from tests.browser.comparison import COMPARISON, half, settings, settle, wait_for_all_layers, wait_for_comparison
from tests.browser.conftest import screenshot, screenshots
from tests.browser.serving import PHONE
from tests.browser.themes import GROUNDS, turn
from tests.browser.waiting import until

pytestmark = pytest.mark.nightly

Open = Callable[..., Page]
COARSE = "left-across=12&right-across=12"


def test_it_is_fair_to_look_at_in_any_window_and_theme(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/compare?{COARSE}")
    wait_for_comparison(page)
    wait_for_all_layers(page)
    for width, height in ((1440, 900), (1920, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        settle(page)
        screenshots(page, f"compare-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        bar = page.locator(".st-key-bar").bounding_box()
        assert bar is not None and bar["height"] < 60, "one row of menus"


def test_on_a_phone_the_pictures_stand_one_below_the_other(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/compare?{COARSE}", viewport=PHONE, has_touch=True)
    wait_for_comparison(page)
    for theme in GROUNDS:
        turn(page, theme)
        screenshot(page, f"compare-390-{theme}")
        assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    boxes = [half(page, side).locator(".map").bounding_box() for side in range(2)]
    assert boxes[0] and boxes[1] and boxes[1]["y"] >= boxes[0]["y"] + boxes[0]["height"]


def test_keys_move_pin_and_release_on_either_side(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/compare?{COARSE}&pin=right,3,4")
    wait_for_comparison(page)
    half(page, 1).locator(".map").focus()
    page.keyboard.press("ArrowRight")
    until(page, "() => location.search.includes('pin=right%2C3%2C5') || location.search.includes('pin=right,3,5')")
    page.keyboard.press("PageUp")
    until(page, f"() => {COMPARISON}.settings.layers[1] === 10")
    assert settings(page)["layers"] == [10, 10], "both layers move together"
    page.keyboard.press("Escape")
    until(page, "() => !location.search.includes('pin')")
    settle(page)
    assert settings(page)["pin"] is None
