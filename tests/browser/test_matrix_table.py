"""The editable matrix under a reader's hands: keys, paste, refusals."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from playwright.sync_api import Page, expect

from tests.browser.matrix import cell, edited, has, message, paste, ready, table
from tests.browser.matrix_app import FIRST, WEIGHTS
from tests.browser.waiting import rest

Open = Callable[..., Page]


@pytest.fixture
def page(open_page: Open, tables: str) -> Page:
    page = open_page(tables)
    ready(page)
    return page


def test_numbers_are_short_to_read_and_whole_in_the_data(page: Page) -> None:
    has(page, "X", FIRST)
    has(page, "doubled", FIRST * 2)
    shown = table(page, "X").locator("input").evaluate_all("inputs => inputs.map(input => input.value)")
    assert shown == ["0.3", "-1", "0.5", "2", "1", "0", "-0.25", "0.333", "12.5", "-3", "1e-5", "4"]
    cell(page, "x1, column 1").focus()
    expect(cell(page, "x1, column 1")).to_have_value("0.30000000000000004")
    page.keyboard.press("Tab")
    expect(cell(page, "x1, column 2")).to_be_focused()
    expect(cell(page, "x1, column 1")).to_have_value("0.3")
    expect(page.get_by_text("runs: 1", exact=True)).to_be_visible()


def test_typing_and_enter_go_to_python_and_to_the_row_below(page: Page) -> None:
    for written, value in (("0.25", 0.25), ("1,5", 1.5), ("−2", -2.0), (" 1e-3 ", 1e-3)):
        cell(page, "x2, column 1").click()
        page.keyboard.insert_text(written)
        page.keyboard.press("Enter")
        expect(cell(page, "x3, column 1")).to_be_focused()
        has(page, "doubled", edited(2, 1, value) * 2)
        has(page, "X", edited(2, 1, value))
        expect(message(page, "X")).to_have_text("")


def test_what_is_no_number_is_refused_and_the_last_good_one_stays(page: Page) -> None:
    cell(page, "x2, column 1").click()
    page.keyboard.insert_text("1/3")
    page.keyboard.press("Enter")
    expect(cell(page, "x3, column 1")).to_be_focused()
    expect(message(page, "X")).to_have_text(
        "X: row 2, column 1 is “1/3”, which is not a number such as 0.5, -2 or 1e-3. The last good X stays."
    )
    has(page, "doubled", FIRST * 2)
    has(page, "X", FIRST)


def test_arrows_go_between_cells_and_through_the_text(page: Page) -> None:
    cell(page, "x1, column 2").focus()
    for key, then in (
        ("ArrowDown", "x2, column 2"),
        ("ArrowDown", "x3, column 2"),
        ("ArrowDown", "x3, column 2"),
        ("ArrowUp", "x2, column 2"),
        ("ArrowRight", "x2, column 3"),  # all selected: at both ends of the text
        ("ArrowLeft", "x2, column 2"),
        ("ArrowLeft", "x2, column 1"),
        ("Home", "x2, column 1"),
        ("ArrowLeft", "x2, column 1"),
        ("Shift+Enter", "x1, column 1"),
        ("End", "x1, column 1"),
        ("ArrowLeft", "x1, column 1"),  # one letter, not a cell
        ("ArrowRight", "x1, column 1"),
        ("ArrowRight", "x1, column 2"),
        ("Home", "x1, column 2"),
        ("Shift+ArrowRight", "x1, column 2"),
        ("ArrowLeft", "x1, column 2"),  # ends the selection of one letter
        ("ArrowLeft", "x1, column 1"),
    ):
        page.keyboard.press(key)
        expect(cell(page, then)).to_be_focused()
    expect(page.get_by_text("runs: 1", exact=True)).to_be_visible()


def test_leaving_downwards_commits_and_escape_restores(page: Page) -> None:
    cell(page, "x1, column 1").focus()
    page.keyboard.type("rc9")  # r and c are Streamlit's own keys outside of inputs
    page.keyboard.press("Escape")
    expect(cell(page, "x1, column 1")).to_have_value("0.30000000000000004")
    page.keyboard.press("ArrowDown")
    rest(page, 300)
    expect(page.get_by_text("runs: 1", exact=True)).to_be_visible()
    page.keyboard.type("7")
    page.keyboard.press("ArrowDown")
    has(page, "X", edited(2, 1, 7))
    expect(page.get_by_text("runs: 2", exact=True)).to_be_visible()


def test_alt_and_arrows_step_and_commit_after_a_pause(open_page: Open, tables: str) -> None:
    sent: list[object] = []
    page = open_page(
        tables,
        prepare=lambda page: page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame))),
    )
    ready(page)
    rest(page, 300)
    sent.clear()
    cell(page, "x1, column 2").focus()
    cell(page, "x1, column 2").evaluate(
        """input => [1, 2, 3].forEach(
             () => input.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowUp", altKey: true, bubbles: true })))"""
    )  # within the pause, on machines of any speed
    expect(cell(page, "x1, column 2")).to_have_value("-0.7")  # and not -0.7000000000000001
    has(page, "X", edited(1, 2, -0.7))
    assert len(sent) == 1
    page.keyboard.press("Shift+Alt+ArrowDown")
    has(page, "X", edited(1, 2, -1.7))
    expect(cell(page, "x1, column 2")).to_be_focused()


def test_a_pasted_block_fills_to_the_right_and_down(page: Page) -> None:
    cell(page, "x1, column 2").focus()
    paste(page, "5\t6,5\r\n-7\t8\r\n")  # the other ways to write a block: tests/js/matrix_text.test.js
    expected = FIRST.clone()
    expected[:2, 1:3] = torch.tensor([[5, 6.5], [-7, 8]])
    has(page, "X", expected)
    has(page, "doubled", 2 * expected)
    expect(cell(page, "x1, column 2")).to_be_focused()


def test_a_single_number_is_pasted_as_text(page: Page) -> None:
    cell(page, "x1, column 2").focus()
    page.keyboard.press("End")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("navigator.clipboard.writeText('0,5')")
    page.keyboard.press("Control+v")
    expect(cell(page, "x1, column 2")).to_have_value("-10,5")


def test_a_block_at_the_first_cell_replaces_a_resizable_table(page: Page) -> None:
    cell(page, "x1, column 1").focus()
    paste(page, "1\t2\n3\t4\n5\t6\n7\t8\n")
    has(page, "X", torch.arange(1.0, 9.0, dtype=torch.float64).reshape(4, 2))
    expect(table(page, "X").locator("caption")).to_have_text("X · 4 × 2")
    expect(cell(page, "x1, column 1")).to_be_focused()
    page.keyboard.type("9")
    page.keyboard.press("Enter")
    has(page, "doubled", 2 * torch.tensor([[9, 2], [3, 4], [5, 6], [7, 8]], dtype=torch.float64))


def test_a_block_that_does_not_fit_is_refused_in_words(page: Page) -> None:
    for key, first, block, reason in (
        ("X", "x1, column 1", "\n".join(["1\t2"] * 13), "13 rows came, and at most 12 are accepted."),
        ("X", "x1, column 1", "\t".join("1" * 17), "17 columns came, and at most 16 are accepted."),
        ("X", "x1, column 1", "1\t2\n3", "row 2 has 1 cell and row 1 has 2; all rows need the same number."),
        ("X", "x3, column 4", "1\t2", "row 1, column 5 is empty; every cell needs a number such as 0.5."),
        ("W_q", "2, column 1", "1\t2\n3\t4", "2 × 2 numbers are expected here (rows × columns), and 3 × 2 came."),
    ):
        cell(page, first).focus()
        paste(page, block)
        expect(message(page, key)).to_have_text(f"{key}: {reason} The last good {key} stays.")
        has(page, key, FIRST if key == "X" else WEIGHTS)
        expect(cell(page, first)).to_be_focused()


def test_the_same_bad_edit_twice_is_painted_over_twice(page: Page) -> None:
    last = cell(page, "x3, column 2")
    last.focus()
    for runs in (2, 3):
        page.keyboard.type("abc")
        page.keyboard.press("Enter")  # the last row: the focus stays
        expect(page.get_by_text(f"runs: {runs}", exact=True)).to_be_visible()
        expect(message(page, "X")).to_contain_text("row 3, column 2 is “abc”")
        expect(last).to_have_value("-3")
        expect(last).to_be_focused()
    has(page, "X", FIRST)
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    has(page, "X", edited(3, 2, 3))
    expect(message(page, "X")).to_be_hidden()


def test_focus_caret_and_unfinished_typing_survive_the_answer(page: Page) -> None:
    table(page, "X").evaluate("table => (table.marked = true)")
    cell(page, "x1, column 1").focus()
    page.keyboard.type("8")
    page.keyboard.press("Enter")
    page.keyboard.type("12.34")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    has(page, "X", edited(1, 1, 8))
    page.keyboard.type("9")
    expect(cell(page, "x2, column 1")).to_have_value("12.934")
    assert table(page, "X").evaluate("table => table.marked") is True
    page.keyboard.press("Tab")
    has(page, "X", edited(2, 1, 12.934, edited(1, 1, 8)))


def test_quick_edits_are_all_kept(page: Page) -> None:
    expected = FIRST.clone()
    for row in range(1, 4):
        for column in range(1, 5):
            cell(page, f"x{row}, column {column}").focus()
            page.keyboard.type(f"{row}{column}")
            expected[row - 1, column - 1] = 10 * row + column
    page.keyboard.press("Enter")
    has(page, "X", expected)
    has(page, "doubled", 2 * expected)


def test_a_table_without_on_edit_is_read_only(page: Page) -> None:
    assert table(page, "doubled").locator("input").count() == 0
    expect(table(page, "doubled").locator("caption")).to_have_text("Y, twice X · 3 × 4")
    assert table(page, "doubled").locator("td[data-value]").first.inner_text() == "0.6"
    assert table(page, "X").locator("tr[aria-current=true] th").inner_text() == "x2"
