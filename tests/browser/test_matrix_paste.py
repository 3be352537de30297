"""Numbers that are pasted into a matrix: one, or a block of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from playwright.sync_api import Page, expect

from tests.browser.matrix import cell, edited, has, message, paste, place, told
from tests.browser.matrix_page import FIRST, WEIGHTS
from tests.browser.reader import may_read_clipboard

Open = Callable[..., Page]


@pytest.fixture
def page(open_page: Open, tables: str) -> Page:
    return open_page(tables)


def test_a_pasted_block_fills_to_the_right_and_down(page: Page) -> None:
    cell(page, "X", "x1, column 2").focus()
    paste(page, "5\t6,5\r\n-7\t8\r\n")  # the other ways to write a block: tests/js/matrix_text.test.js
    expected = FIRST.clone()
    expected[:2, 1:3] = torch.tensor([[5, 6.5], [-7, 8]])
    has(page, "X", expected)
    has(page, "doubled", 2 * expected)
    expect(cell(page, "X", "x1, column 2")).to_be_focused()
    expect(cell(page, "X", "x1, column 2")).to_have_value("5")


def test_a_single_number_is_pasted_over_the_number_or_into_its_text(page: Page) -> None:
    may_read_clipboard(page)
    cell(page, "X", "x1, column 2").focus()
    page.evaluate("navigator.clipboard.writeText('0,5')")
    page.keyboard.press("Control+v")
    has(page, "X", edited(1, 2, 0.5))
    page.keyboard.press("F2")
    page.keyboard.press("Control+v")
    expect(cell(page, "X", "x1, column 2")).to_have_value("0.50,5")


def test_a_block_at_the_first_cell_replaces_a_resizable_table(page: Page) -> None:
    cell(page, "X", "x1, column 1").focus()
    paste(page, "1\t2\n3\t4\n5\t6\n7\t8\n")
    has(page, "X", torch.arange(1.0, 9.0, dtype=torch.float64).reshape(4, 2))
    expect(place(page, "X").locator(".title")).to_have_text("X · 4 × 2")
    expect(cell(page, "X", "x1, column 1")).to_be_focused()
    page.keyboard.type("9")
    page.keyboard.press("Enter")
    has(page, "doubled", 2 * torch.tensor([[9, 2], [3, 4], [5, 6], [7, 8]], dtype=torch.float64))


def test_a_block_that_does_not_fit_is_refused_in_words(page: Page) -> None:
    for key, first, block, reason in (
        ("X", "x1, column 1", "\n".join(["1\t2"] * 13), "received 13 rows, but at most 12 are accepted."),
        ("X", "x1, column 1", "\t".join("1" * 17), "received 17 columns, but at most 16 are accepted."),
        ("X", "x1, column 1", "1\t2\n3", "row 2 has 1 cell, but row 1 has 2. All rows need the same number of cells."),
        ("X", "x3, column 4", "1\t2", "row 1, column 5 is empty. Every cell needs a number such as 0.5."),
        ("W_q", "2, column 1", "1\t2\n3\t4", "expected 2 × 2 numbers (rows × columns), but received 3 × 2."),
    ):
        name = key.replace("_", "")
        cell(page, name, first).focus()
        paste(page, block)
        expect(message(page, name)).to_have_text(f"{key}: {reason} The last valid {key} stays.")
        has(page, name, FIRST if key == "X" else WEIGHTS)
        expect(cell(page, name, first)).to_be_focused()
    assert told(page) == []
