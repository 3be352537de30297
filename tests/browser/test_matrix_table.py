"""The editable matrix under a reader's hands: keys, paste, refusals."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from playwright.sync_api import Page, expect

from tests.browser.matrix import cell, edited, has, message, place, table, told, tools, type_into
from tests.browser.matrix_page import FIRST

Open = Callable[..., Page]


@pytest.fixture
def page(open_page: Open, tables: str) -> Page:
    return open_page(tables)


def test_numbers_are_short_to_read_and_whole_in_the_data(page: Page) -> None:
    has(page, "X", FIRST)
    has(page, "doubled", FIRST * 2)
    shown = table(page, "X").locator("input").evaluate_all("inputs => inputs.map(input => input.value)")
    assert shown == ["0.3", "-1", "0.5", "2", "1", "0", "-0.25", "0.333", "12.5", "-3", "0.00001", "4"]
    cell(page, "X", "x1, column 1").focus()
    expect(cell(page, "X", "x1, column 1")).to_have_value("0.30000000000000004")
    page.keyboard.press("ArrowRight")
    expect(cell(page, "X", "x1, column 2")).to_be_focused()
    expect(cell(page, "X", "x1, column 1")).to_have_value("0.3")
    assert told(page) == []


def test_what_is_typed_is_taken_by_enter_in_any_spelling(page: Page) -> None:
    spellings = {"0.25": 0.25, "1,5": 1.5, " 1e-3 ": 1e-3, "-2e-3": -0.002, "-0.002": -0.002, "−0,002": -0.002, "−2e-5": -2e-5}
    for written, value in spellings.items():
        type_into(page, "X", "x2, column 1", written)
        expect(cell(page, "X", "x3, column 1")).to_be_focused()
        has(page, "X", edited(2, 1, value))
        has(page, "doubled", edited(2, 1, value) * 2)
        expect(message(page, "X")).to_be_hidden()
        short = {1e-3: "0.001", -2e-5: "-0.00002"}.get(value, str(value))
        expect(cell(page, "X", "x2, column 1")).to_have_value(short)
    assert told(page) == ["X"] * 5  # three spellings of one number are one edit


def test_typing_replaces_and_each_way_to_leave_takes_it(page: Page) -> None:
    expected = FIRST
    for value, key in enumerate(["Enter", "Shift+Enter", "ArrowDown", "ArrowUp", "Tab", "Shift+Tab"], 20):
        cell(page, "X", "x2, column 2").focus()
        page.keyboard.type(str(value))
        page.keyboard.press(key)
        expected = edited(2, 2, value, expected)
        has(page, "X", expected)
    cell(page, "X", "x2, column 2").focus()
    page.keyboard.type("7")
    page.locator("h1").click()
    has(page, "X", edited(2, 2, 7))
    expect(cell(page, "X", "x2, column 2")).to_have_value("7")


def test_a_refused_text_stays_to_be_mended(page: Page) -> None:
    type_into(page, "X", "x2, column 1", "1/3")
    refused = cell(page, "X", "x2, column 1")
    sentence = "X: row 2, column 1 is “1/3”, which is not a number such as 0.5, -2 or 1e-3. The last valid X stays."
    for leave in ("Enter", "ArrowDown"):
        expect(message(page, "X")).to_have_text(sentence)
        expect(refused).to_be_focused()
        expect(refused).to_have_attribute("aria-invalid", "true")
        page.keyboard.press(leave)
    page.keyboard.press("Tab")
    expect(refused).to_have_value("1/3")
    expect(message(page, "X")).to_have_text(sentence)
    has(page, "X", FIRST)
    assert told(page) == []
    type_into(page, "X", "x2, column 1", "0.3")
    has(page, "X", edited(2, 1, 0.3))
    expect(message(page, "X")).to_be_hidden()
    expect(refused).not_to_have_attribute("aria-invalid", "true")


def test_a_refusal_ends_with_escape_another_edit_or_other_numbers(page: Page) -> None:
    refused = cell(page, "X", "x2, column 1")
    for end in (
        lambda: (refused.focus(), page.keyboard.press("Escape")),
        lambda: (cell(page, "X", "x1, column 1").focus(), page.keyboard.press("Escape")),
        lambda: type_into(page, "X", "x3, column 4", "5"),
        lambda: place(page, "X").get_by_role("button", name="Undo").click(),
        lambda: type_into(page, "X", "x2, column 1", "1"),
    ):
        type_into(page, "X", "x2, column 1", "abc")
        expect(message(page, "X")).to_contain_text("row 2, column 1 is “abc”")
        page.keyboard.press("Tab")
        expect(refused).to_have_value("abc")
        end()
        expect(message(page, "X")).to_be_hidden()
        expect(refused).to_have_value("1")
    has(page, "X", FIRST)


def test_arrows_go_between_cells_and_through_the_text(page: Page) -> None:
    cell(page, "X", "x1, column 2").focus()
    for key, then in (
        ("ArrowDown", "x2, column 2"),
        ("ArrowDown", "x3, column 2"),
        ("ArrowDown", "x3, column 2"),
        ("ArrowUp", "x2, column 2"),
        ("ArrowRight", "x2, column 3"),  # all selected: at both ends of the text
        ("ArrowLeft", "x2, column 2"),
        ("Home", "x2, column 1"),
        ("ArrowLeft", "x2, column 1"),
        ("End", "x2, column 4"),
        ("ArrowRight", "x2, column 4"),
        ("Control+Home", "x1, column 1"),
        ("Control+End", "x3, column 4"),
        ("Shift+Enter", "x2, column 4"),
        ("F2", "x2, column 4"),  # into the text
        ("ArrowLeft", "x2, column 4"),  # one letter, not a cell
        ("ArrowRight", "x2, column 4"),
        ("Home", "x2, column 4"),
        ("Shift+ArrowRight", "x2, column 4"),
        ("ArrowLeft", "x2, column 4"),  # ends the selection of one letter
        ("ArrowLeft", "x2, column 3"),
    ):
        page.keyboard.press(key)
        expect(cell(page, "X", then)).to_be_focused()
    assert told(page) == []


def test_a_table_is_one_tab_stop_where_it_was_left(page: Page) -> None:
    cell(page, "X", "x2, column 3").click()
    stops = []
    for _ in range(5):
        page.keyboard.press("Tab")
        stops.append(page.evaluate("document.activeElement.closest('[data-table]')?.dataset.table"))
    assert stops == ["Wq", "A", "v", "W8", "W0"]  # the others do nothing; v scrolls
    for _ in range(5):
        page.keyboard.press("Shift+Tab")
    expect(cell(page, "X", "x2, column 3")).to_be_focused()


def test_escape_restores_what_was_there(page: Page) -> None:
    page.evaluate("addEventListener('keydown', ({ key }) => told.push(key))")
    cell(page, "X", "x1, column 1").focus()
    page.keyboard.type("9")
    page.keyboard.press("Escape")
    expect(cell(page, "X", "x1, column 1")).to_have_value("0.30000000000000004")
    assert page.evaluate("told") == ["9"]
    page.keyboard.press("Escape")  # there is nothing to restore: it is the page's
    assert page.evaluate("told") == ["9", "Escape"]
    page.keyboard.press("ArrowDown")
    assert told(page) == []


def test_alt_and_arrows_step_at_once(page: Page) -> None:
    cell(page, "X", "x1, column 2").focus()
    for key, value in (("Alt+ArrowUp", -0.9), ("Alt+ArrowUp", -0.8), ("Alt+ArrowUp", -0.7), ("Shift+Alt+ArrowDown", -1.7)):
        page.keyboard.press(key)
        expect(cell(page, "X", "x1, column 2")).to_have_value(str(value))  # and not -0.7000000000000001
        has(page, "X", edited(1, 2, value))
    expect(cell(page, "X", "x1, column 2")).to_be_focused()


def test_undo_and_reset_appear_where_they_do_something_and_move_nothing(page: Page) -> None:
    where = "() => JSON.stringify([...document.querySelectorAll('table, .title')].map(part => part.getBoundingClientRect()))"
    before = page.evaluate(where)
    assert tools(page, "X") == []
    type_into(page, "X", "x1, column 1", "8")
    type_into(page, "X", "x1, column 2", "9")
    assert tools(page, "X") == ["Undo", "Reset"]
    undo, reset = (place(page, "X").get_by_role("button", name=name) for name in ("Undo", "Reset"))
    undo.click()
    has(page, "X", edited(1, 1, 8))
    type_into(page, "X", "x1, column 2", "9")
    reset.focus()
    page.keyboard.press("Enter")
    has(page, "X", FIRST)
    assert tools(page, "X") == []
    assert page.evaluate(where) == before
    expect(cell(page, "X", "x2, column 2")).to_be_focused()  # not lost with the button


def test_focus_caret_and_unfinished_typing_survive_new_numbers(page: Page) -> None:
    cell(page, "X", "x2, column 1").focus()
    page.keyboard.type("12.34")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.evaluate("X.data.values = X.data.values.map(([_, ...rest], row) => [row, ...rest]); X.show()")
    page.keyboard.type("9")
    expect(cell(page, "X", "x2, column 1")).to_have_value("12.934")
    page.keyboard.press("Tab")
    expected = FIRST.clone()
    expected[:, 0] = torch.tensor([0, 12.934, 2], dtype=torch.float64)
    has(page, "X", expected)


def test_a_table_that_nobody_edits_is_read_only(page: Page) -> None:
    assert table(page, "doubled").locator("input, [tabindex]").count() == 0
    expect(place(page, "doubled").locator(".title")).to_have_text("Y, twice X · 3 × 4")
    assert table(page, "doubled").locator("td[data-value]").first.inner_text() == "0.6"
    assert tools(page, "doubled") == []
    assert table(page, "X").locator("tr[aria-current=true] th").inner_text() == "x2"
