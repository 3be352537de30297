"""The tables of a page, read and edited from a test as a person would. `key` is what a lesson calls the matrix."""

from __future__ import annotations

import torch
from playwright.sync_api import Locator, Page, expect
from torch import Tensor

from tests.browser.matrix_page import FIRST
from tests.browser.waiting import PATIENCE_MS, rest


def place(page: Page, key: str) -> Locator:
    """The table with what stands above and below it."""
    return page.locator(f'[data-table="{key}"]')


def table(page: Page, key: str) -> Locator:
    return place(page, key).locator("table")


def cell(page: Page, key: str, name: str) -> Locator:
    """Of a table that is edited, such as "x1, column 2"."""
    return table(page, key).get_by_label(name, exact=True)


def type_into(page: Page, key: str, name: str, written: str, key_after: str = "Enter") -> None:
    """Over what is there."""
    cell(page, key, name).click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(written)
    page.keyboard.press(key_after)


def values(page: Page, key: str) -> Tensor:
    """All full values of a table, (R, C)."""
    texts = table(page, key).evaluate(
        """table => [...table.tBodies[0].rows].map(
             row => [...row.querySelectorAll("[data-value]")].map(cell => cell.dataset.value))"""
    )
    return torch.tensor([[float(text) for text in line] for line in texts], dtype=torch.float64)


def has(page: Page, key: str, expected: Tensor) -> None:
    """In the end, and in full."""
    for _ in range(PATIENCE_MS // 100):
        if values(page, key).equal(expected):
            return
        rest(page, 100)
    assert values(page, key).tolist() == expected.tolist()


def paste(page: Page, text: str) -> None:
    """Into what has the focus."""
    page.evaluate(
        """text => {
             let target = document.activeElement;
             while (target.shadowRoot?.activeElement) target = target.shadowRoot.activeElement;
             const clipboardData = new DataTransfer();
             clipboardData.setData("text/plain", text);
             const forFirefox = { dataType: "text/plain", data: text };
             const as = { clipboardData, ...forFirefox, bubbles: true, composed: true, cancelable: true };
             target.dispatchEvent(new ClipboardEvent("paste", as));
           }""",
        text,
    )


def message(page: Page, key: str) -> Locator:
    return place(page, key).locator("[role=alert]")


def tools(page: Page, key: str) -> list[str]:
    """What of undo and reset is offered."""
    buttons = place(page, key).get_by_role("button").filter(visible=True)
    expect(place(page, key)).to_be_attached()
    return [text for text in buttons.all_inner_texts() if text]


def edited(row: int, column: int, value: float, base: Tensor = FIRST) -> Tensor:
    """`base` with another number; row and column counted from 1."""
    changed = base.clone()
    changed[row - 1, column - 1] = value
    return changed


def told(page: Page) -> list[str]:
    """Which matrices of matrix_page.py were edited, in turn."""
    names: list[str] = page.evaluate("edits")
    return names
