"""The tables of matrix_app.py, read and edited from a test as a person would."""

from __future__ import annotations

import torch
from playwright.sync_api import Locator, Page, expect
from torch import Tensor

from tests.browser.matrix_app import FIRST
from tests.browser.waiting import PATIENCE_MS, rest


def ready(page: Page) -> None:
    expect(page.get_by_text("runs:")).to_be_visible(timeout=PATIENCE_MS)
    expect(cell(page, "w12, column 16")).to_be_attached()


def cell(page: Page, name: str) -> Locator:
    return page.get_by_label(name, exact=True)


def table(page: Page, key: str) -> Locator:
    return page.locator(f".st-key-{key} table")


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


def edited(row: int, column: int, value: float, base: Tensor = FIRST) -> Tensor:
    changed = base.clone()
    changed[row - 1, column - 1] = value
    return changed


def paste(page: Page, text: str) -> None:
    page.evaluate(
        """text => {
             let target = document.activeElement;
             while (target.shadowRoot?.activeElement) target = target.shadowRoot.activeElement;
             const clipboardData = new DataTransfer();
             clipboardData.setData("text/plain", text);
             const as = { clipboardData, bubbles: true, composed: true, cancelable: true };
             target.dispatchEvent(new ClipboardEvent("paste", as));
           }""",
        text,
    )


def message(page: Page, key: str) -> Locator:
    return page.locator(f".st-key-{key} [role=alert]")
