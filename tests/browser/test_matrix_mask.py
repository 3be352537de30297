"""A table of weights: a cell of it is chosen, opened and closed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.matrix import place, table

Open = Callable[..., Page]


@pytest.fixture
def page(open_page: Open, tables: str) -> Page:
    return open_page(tables)


def weight(page: Page, query: int, key: int) -> Locator:
    """Counted from 1."""
    return table(page, "A").locator("tbody tr").nth(query - 1).locator("td").nth(key - 1)


def test_a_click_or_enter_chooses_a_cell(page: Page) -> None:
    expect(weight(page, 2, 1)).to_have_attribute("aria-selected", "true")
    weight(page, 3, 2).click()
    expect(weight(page, 3, 2)).to_have_attribute("aria-selected", "true")
    expect(weight(page, 3, 2)).to_have_class("chosen")
    expect(weight(page, 2, 1)).to_have_attribute("aria-selected", "false")
    for key in ("ArrowUp", "Home", "End", "ArrowDown", "ArrowLeft", "Enter"):
        page.keyboard.press(key)
    expect(weight(page, 3, 2)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Space")
    assert page.evaluate("told") == [{"marked": 2, "chosen": 1}, {"marked": 2, "chosen": 1}, {"marked": 1, "chosen": 1}]


def test_the_tab_stop_is_the_chosen_cell(page: Page) -> None:
    assert table(page, "A").locator("[tabindex='0']").count() == 1
    page.evaluate("A.change({ marked: 2, chosen: 2 })")
    expect(weight(page, 3, 3)).to_have_attribute("tabindex", "0")
    assert table(page, "A").locator("[tabindex='0']").count() == 1


def test_a_mark_or_the_key_m_masks_and_opens(page: Page) -> None:
    expect(weight(page, 1, 2)).to_have_text("–")
    expect(weight(page, 1, 2)).to_have_attribute("aria-label", "x1, column 2: masked")
    expect(weight(page, 2, 1)).to_have_attribute("aria-label", "x2, column 1: 0.5")
    weight(page, 2, 1).get_by_role("button", name="Mask: x2 does not attend to 1").click()
    expect(weight(page, 2, 1)).to_have_text("–")
    expect(weight(page, 2, 1)).to_have_class("chosen blocked")
    expect(weight(page, 2, 1)).to_be_focused()
    expect(weight(page, 2, 1).get_by_role("button")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("m")
    expect(weight(page, 2, 1)).to_have_text("0.5")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("M")
    expect(weight(page, 1, 2)).to_have_text("0")
    expect(weight(page, 1, 2)).to_have_attribute("aria-label", "x1, column 2: 0")
    assert all("blocked" in change for change in page.evaluate("told"))  # a mark does not choose


def test_marks_are_seen_where_the_pointer_is_and_always_by_touch(open_page: Open, page: Page, tables: str) -> None:
    def seen(shown: Page, query: int, key: int) -> float:
        return float(weight(shown, query, key).locator(".mask").evaluate("mark => getComputedStyle(mark).opacity"))

    assert (seen(page, 3, 1), seen(page, 1, 3)) == (0, 1)
    weight(page, 2, 2).hover()
    assert (seen(page, 3, 1), seen(page, 2, 2)) == (0.4, 1)
    expect(place(page, "A").locator(".hint")).to_be_visible()
    touched = open_page(tables, has_touch=True)
    assert seen(touched, 3, 1) >= 0.7
    for box in (mark.bounding_box() for mark in table(touched, "A").locator(".mask").all()):
        assert box and min(box["width"], box["height"]) >= 24
