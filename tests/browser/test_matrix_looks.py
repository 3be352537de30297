"""Matrices in both themes, on a phone and a desktop: all can be read and reached."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from playwright.sync_api import Page, expect
from torch import Tensor

from tests.browser.axe import violations
from tests.browser.conftest import screenshot
from tests.browser.matrix import cell, message, ready
from tests.browser.serving import DESKTOP, PHONE
from tests.browser.themes import GROUNDS, turn

Open = Callable[..., Page]


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["1440", "390"])
def test_tables_fit_their_screen_and_axe_finds_nothing(open_page: Open, tables: str, size: dict[str, int]) -> None:
    page = open_page(tables, viewport=size | {"height": 1700})
    ready(page)
    cell(page, "x3, column 4").click()
    page.keyboard.type("abc")
    page.keyboard.press("Enter")
    expect(message(page, "X")).to_be_visible()
    for theme in GROUNDS:
        turn(page, theme)
        screenshot(page, f"matrix-table-{size['width']}-{theme}")
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        scrolled_by_keys = page.locator(".frame").evaluate_all("frames => frames.filter(frame => frame.tabIndex === 0).length")
        assert scrolled_by_keys == (1 if size is PHONE else 0)  # of the two wide tables the read-only one
        assert violations(page) == []


def test_a_letter_in_its_roles_colour_can_be_read(open_page: Open, tables: str) -> None:
    """axe does not judge single letters. WCAG 2.2, 1.4.3: at least 4.5:1, here on the page and on its second background."""
    page = open_page(tables)
    ready(page)
    for theme in GROUNDS:
        turn(page, theme)
        letters, contrast = letters_and_contrast(page)
        assert letters == 6
        assert contrast >= 4.5


def letters_and_contrast(page: Page) -> tuple[int, float]:
    """How many colours letters have, and the least contrast of any."""
    colours = page.evaluate(
        """() => {
             const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
             const rgb = colour => {
               context.fillStyle = colour;
               context.fillRect(0, 0, 1, 1);
               return [...context.getImageData(0, 0, 1, 1).data.slice(0, 3)];
             };
             const tables = [...document.querySelectorAll(".stBidiComponent *")].map(e => e.shadowRoot).filter(Boolean)
               .map(root => root.querySelector(".regard-matrix")).filter(Boolean);
             const style = getComputedStyle(tables[0]);
             const grounds = ["background", "secondary-background"]
               .map(name => rgb(style.getPropertyValue(`--st-${name}-color`)));
             return [grounds, tables.map(table => rgb(getComputedStyle(table.querySelector("caption b")).color))];
           }"""
    )
    grounds, letters = (torch.tensor(part) / 255 for part in colours)
    low, high = sorted([luminance(letters)[:, None], luminance(grounds)[None]], key=lambda side: float(side.mean()))
    return len({tuple(letter.tolist()) for letter in letters}), float(((high + 0.05) / (low + 0.05)).min())


def luminance(rgb: Tensor) -> Tensor:
    """(…, 3) sRGB from 0 to 1 to (…)."""
    linear = torch.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return linear @ torch.tensor([0.2126, 0.7152, 0.0722])
