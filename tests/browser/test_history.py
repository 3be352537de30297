"""Back and Forward go from page to page, each as it was left."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.explorer import (
    choose_picture,
    display,
    menu,
    parameters,
    pin,
    settings,
    settle,
    wait_for_map,
    wait_for_start,
)
from tests.browser.lessons import arrived, link_has
from tests.browser.matrix import cell, type_into
from tests.browser.serving import ROOT
from tests.browser.waiting import answered

pytestmark = pytest.mark.nightly

Open = Callable[..., Page]


def go(page: Page, name: str) -> None:
    if name == "Your image":
        page.get_by_test_id("stTopNavLink").filter(has_text=name).click()
    else:
        page.get_by_test_id("stTopNavSection").filter(has_text="Learn").click()
        page.get_by_test_id("stTopNavDropdownLink").filter(has_text=name).click()
    page.wait_for_url(f"**/{name.lower().replace(' ', '_').replace('-', '_')}*")
    answered(page)


def chosen(page: Page, label: str) -> str:
    return page.locator(f"[aria-label='{label}'] [aria-checked=true]").inner_text()


def test_back_and_forward_bring_each_page_back_as_it_was_left(open_page: Open, server: str) -> None:
    page = open_page(server)
    wait_for_start(page)
    go(page, "Your image")
    wait_for_map(page)
    choose_picture(page, "Cat")
    display(page, "Several heads as their", "Max")
    pin(page, 3, 4, 25, 37)
    before = parameters(page)
    go(page, "Self-attention")
    arrived(page, "self_attention")
    type_into(page, "X", "x1, column 2", "0.9")
    link_has(page, "X=1_0.9_")

    page.go_back()
    wait_for_map(page)
    settle(page)
    assert parameters(page) == before == {"picture": ["Cat"], "combine": ["Max"], "pin": ["3,4"], "scale": ["Balanced"]}
    assert settings(page)["combine"] == "max" and settings(page)["pin"] == [3, 4]
    menu(page, "photo")
    assert chosen(page, "Picture") == "Cat"
    page.keyboard.press("Escape")

    page.go_back()
    expect(page.get_by_role("heading", name="Attention")).to_be_visible()
    page.go_forward()
    page.go_forward()
    arrived(page, "self_attention")
    expect(cell(page, "X", "x1, column 2")).to_have_value("0.9")

    go(page, "Your image")
    wait_for_map(page)
    settle(page)
    assert settings(page)["pin"] == [3, 4] and parameters(page)["pin"] == ["3,4"], "the menu, too, leads to what was left"


def test_a_pin_on_ones_own_picture_is_there_again_after_another_page(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/your_image?across=12")
    wait_for_map(page)
    page.locator("input[type=file]").first.set_input_files(ROOT / "assets/photos/cat.jpg")
    expect(page.locator(".regard-explorer .picture")).to_have_attribute("alt", "Your picture")
    settle(page)
    pin(page, 2, 3, 8, 12)
    before = parameters(page)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    go(page, "Self-attention")
    page.go_back()
    wait_for_map(page)
    settle(page)
    assert parameters(page) == before and settings(page)["pin"] == [2, 3]
    assert "PUT" not in sent, "Python has the picture and is not sent it again"
