"""Matrices in both themes, on a phone, a desktop and paper: all can be read and reached."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from playwright.sync_api import Page, expect
from torch import Tensor

from tests.browser.axe import violations
from tests.browser.conftest import screenshot
from tests.browser.matrix import message, place, table, type_into
from tests.browser.serving import DESKTOP, PHONE

pytestmark = pytest.mark.nightly

Open = Callable[..., Page]
CUT = """tables => tables.flatMap(table => [...table.querySelectorAll("tbody td")]).filter(cell => {
           const [box, style] = [cell.firstElementChild ?? cell, getComputedStyle(cell)];
           const shown = box instanceof HTMLInputElement ? box : cell;
           return shown.scrollWidth > shown.clientWidth;
         }).map(cell => cell.firstElementChild?.value ?? cell.textContent)"""


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["1440", "390"])
def test_tables_fit_their_screen_and_axe_finds_nothing(open_page: Open, tables: str, size: dict[str, int], theme: str) -> None:
    page = open_page(tables, viewport=size | {"height": 1900}, color_scheme=theme, has_touch=size is PHONE)
    type_into(page, "X", "x3, column 4", "abc")
    expect(message(page, "X")).to_be_visible()
    screenshot(page, f"matrix-table-{size['width']}-{theme}")
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert page.locator(".frame[tabindex='0']").count() == 1  # of the wide tables the read-only one
    assert violations(page, "main") == []
    assert page.locator("table").evaluate_all(CUT) == []


def test_eight_columns_are_seen_at_once_in_440_px(open_page: Open, tables: str) -> None:
    page = open_page(tables)
    frame = place(page, "W8").locator(".frame")
    assert frame.evaluate("frame => [frame.clientWidth <= 444, frame.scrollWidth <= frame.clientWidth]") == [True, True]
    cells = table(page, "W8").locator("input")
    widths = cells.evaluate_all("inputs => inputs.map(input => input.offsetWidth)")
    assert len(widths) == 64 and min(widths) >= 44
    assert cells.first.evaluate("input => parseFloat(getComputedStyle(input).fontSize)") >= 12
    wide = place(page, "W0").locator(".frame")
    wide.evaluate("frame => frame.scrollTo(300, 0)")
    assert table(page, "W0").locator("tbody th").first.evaluate("th => th.getBoundingClientRect().left") < 30


def test_a_phone_does_not_zoom_into_a_cell(open_page: Open, tables: str) -> None:
    page = open_page(tables, viewport=PHONE, has_touch=True)
    assert page.locator("input").first.evaluate("input => getComputedStyle(input).fontSize") == "16px"


def test_on_paper_there_are_plain_numbers(open_page: Open, tables: str) -> None:
    page = open_page(tables, color_scheme="dark", viewport={"width": 690, "height": 900})  # of A4 within its margins
    type_into(page, "X", "x1, column 1", "8")
    page.emulate_media(media="print")
    screenshot(page, "matrix-table-print", full_page=True)
    assert place(page, "X").get_by_role("button").filter(visible=True).count() == 0
    borders = page.locator("input").evaluate_all("inputs => inputs.map(input => getComputedStyle(input).borderColor)")
    assert set(borders) == {"rgba(0, 0, 0, 0)"}
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("document.documentElement.scrollWidth") <= 690
    assert page.locator("table").evaluate_all(CUT) == []
    page.emulate_media(media="null")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_letter_in_its_roles_colour_can_be_read(open_page: Open, tables: str, theme: str) -> None:
    """axe does not judge single letters. WCAG 2.2, 1.4.3: at least 4.5:1, here on the page and on its second background."""
    letters, contrast = letters_and_contrast(open_page(tables, color_scheme=theme))
    assert letters == 7
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
             const probe = document.body.appendChild(document.createElement("i"));
             const grounds = ["background", "secondary-background"].map(name => {
               probe.style.background = `var(--st-${name}-color)`;
               return rgb(getComputedStyle(probe).backgroundColor);
             });
             return [grounds, [...document.querySelectorAll(".title b")].map(b => rgb(getComputedStyle(b).color))];
           }"""
    )
    grounds, letters = (torch.tensor(part) / 255 for part in colours)
    low, high = sorted([luminance(letters)[:, None], luminance(grounds)[None]], key=lambda side: float(side.mean()))
    return len({tuple(letter.tolist()) for letter in letters}), float(((high + 0.05) / (low + 0.05)).min())


def luminance(rgb: Tensor) -> Tensor:
    """(…, 3) sRGB from 0 to 1 to (…)."""
    linear = torch.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return linear @ torch.tensor([0.2126, 0.7152, 0.0722])
