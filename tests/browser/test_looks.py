"""Both themes, a phone and a desktop, with screenshots to look at; nothing sticks out, everything can be read and reached."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.canvas import query_name, settle, wait_for_map
from tests.browser.conftest import screenshot
from tests.browser.serving import DESKTOP, PHONE, serve
from tests.browser.themes import GROUNDS, turn
from tests.browser.waiting import until

Open = Callable[..., Page]
PAGES = {"start": "/", "your-image": "/your_image"}


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["1440", "390"])
def test_a_page_fits_its_screen(open_page: Open, server: str, name: str, size: dict[str, int]) -> None:
    page = open_page(server + PAGES[name], viewport=size)
    wait_for_map(page)
    for theme in GROUNDS:
        turn(page, theme)
        screenshot(page, f"{name}-{size['width']}-{theme}")
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        sticking_out = page.evaluate(
            """width => [...document.querySelectorAll('.regard-canvas *')]
                 .filter(e => e.getBoundingClientRect().right > width + 1).map(e => e.className)""",
            size["width"],
        )
        assert sticking_out == []


def test_a_page_opened_in_the_dark_is_dark(open_page: Open, server: str) -> None:
    page = open_page(server, color_scheme="dark")
    wait_for_map(page)
    expect(page.locator("[data-testid=stApp]")).to_have_css("background-color", GROUNDS["dark"])
    expect(page.get_by_test_id("stBaseButton-primary")).to_have_css("color", GROUNDS["dark"])


def test_the_canvas_is_large_and_above_the_fold(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/your_image")
    wait_for_map(page)
    map_box = page.locator(".map").bounding_box()
    readout = page.locator(".readout .top").bounding_box()
    assert map_box is not None and readout is not None
    assert map_box["width"] >= 480 and map_box["height"] >= 480
    assert readout["y"] + readout["height"] <= DESKTOP["height"]


def test_axe_finds_nothing_in_what_regard_draws(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/your_image?pin=9%2C15")
    wait_for_map(page)
    for theme in GROUNDS:
        turn(page, theme)
        assert violations(page) == []


def test_the_keyboard_alone_is_enough(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/your_image")
    wait_for_map(page)
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement?.shadowRoot?.activeElement?.className") == "map":
            break
    else:
        pytest.fail("Tab does not reach the canvas")
    before = query_name(page)
    page.keyboard.press("ArrowLeft")
    until(page, "() => location.search.includes('pin=')")
    settle(page)
    assert query_name(page) != before
    screenshot(page, "keyboard-focus")
    page.keyboard.press("Escape")
    until(page, "() => !location.search.includes('pin=')")
    for _ in range(7):  # the heads' buttons follow the canvas
        page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    until(page, "() => location.search.includes('combine=One')")


def test_a_primary_buttons_words_stand_out(open_page: Open, server: str) -> None:
    page = open_page(server)
    for theme, colour in GROUNDS.items():
        turn(page, theme)
        expect(page.get_by_test_id("stBaseButton-primary")).to_have_css("color", colour)


def test_a_phones_menu_closes_when_a_page_was_chosen(open_page: Open, server: str) -> None:
    page = open_page(server, viewport=PHONE, has_touch=True)
    wait_for_map(page)
    for name in ("Multi-head", "Self-attention"):
        page.get_by_test_id("stExpandSidebarButton").tap()
        menu = page.get_by_test_id("stSidebarNavLink")
        expect(menu.first).to_be_in_viewport()
        menu.filter(has_text=name).tap()
        expect(page.get_by_test_id("stSidebar")).not_to_be_in_viewport()
        page.wait_for_url(f"**/{name.lower().replace('-', '_')}*")


def test_the_canvas_is_not_mounted_anew_on_a_rerun(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/your_image")
    wait_for_map(page)
    page.locator(".map").evaluate("canvas => (canvas.marked = true)")
    for option in ("Max", "One at a time", "Mean"):
        page.locator('[aria-label="Shown as"]').get_by_text(option, exact=True).click()
        settle(page)
    assert page.locator(".map").evaluate("canvas => canvas.marked") is True


def test_a_heads_small_map_shows_it_alone_and_again_all(open_page: Open, server: str) -> None:
    page = open_page(server)
    wait_for_map(page)
    together = page.locator(".legend .high").get_attribute("data-value")
    button = page.locator(".heads button").nth(3)
    button.click()
    expect(page.get_by_text("DINOv2-small, layer 10, head 3.")).to_be_visible()
    settle(page)
    assert page.locator(".legend .high").get_attribute("data-value") != together
    button.click()
    expect(page.get_by_text("DINOv2-small, layer 10, mean of its heads.")).to_be_visible()
    settle(page)
    assert page.locator(".legend .high").get_attribute("data-value") == together


def test_a_deep_link_enters_a_fresh_server_through_the_app_and_without_weights_a_sentence_says_so(
    open_page: Open, tmp_path_factory: pytest.TempPathFactory
) -> None:
    nowhere = tmp_path_factory.mktemp("empty")
    with serve(REGARD_CACHE=str(nowhere), HF_HOME=str(nowhere), HF_ENDPOINT="http://127.0.0.1:9") as url:
        page = open_page(f"{url}/your_image?picture=Cat")
        wait_for_map(page)
        expect(page.get_by_role("link", name="Start")).to_be_visible()
        assert page.locator("[data-testid=stAppViewContainer]").get_attribute("data-layout") == "wide"
        expect(page.get_by_text("Until then this page shows raw patches.")).to_be_visible()
        screenshot(page, "without-weights")
        page.get_by_text("Random heads", exact=True).click()
        settle(page)
        expect(page.get_by_text("Until then this page shows raw patches.")).to_have_count(0)
        expect(page.locator(".heads button:visible")).to_have_count(6)
        page.goto("about:blank")
