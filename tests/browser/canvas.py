"""Reading and handling the canvas from a test, as a person would."""

from __future__ import annotations

import csv
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import torch
from playwright.sync_api import Page, expect
from torch import Tensor

from tests.browser.waiting import PATIENCE_MS, answered, frame, rest, until


def wait_for_map(page: Page) -> None:
    page.wait_for_selector(".regard-canvas .top li", timeout=PATIENCE_MS)
    settle(page)


def settle(page: Page) -> None:
    """Until the script has run and the frame is drawn."""
    rest(page, 250)
    answered(page)
    expect(page.locator(".regard-canvas .waiting")).to_be_hidden(timeout=PATIENCE_MS)
    frame(page)


def centre(page: Page, row: int, col: int, rows: int, cols: int) -> tuple[float, float]:
    page.locator(".map").scroll_into_view_if_needed()
    box = page.locator(".map").bounding_box()
    assert box is not None
    return box["x"] + (col + 0.5) * box["width"] / cols, box["y"] + (row + 0.5) * box["height"] / rows


def hover(page: Page, row: int, col: int, rows: int, cols: int) -> None:
    page.mouse.move(*centre(page, row, col, rows, cols))
    frame(page)


def pin(page: Page, row: int, col: int, rows: int, cols: int) -> None:
    page.mouse.click(*centre(page, row, col, rows, cols))
    until(page, f"() => new URLSearchParams(location.search).get('pin') === '{row},{col}'")
    settle(page)


def query_name(page: Page) -> str:
    return page.locator(".query-name").inner_text()


def fact(page: Page, term: str) -> float:
    value = page.locator(f".query dt:text-is('{term}') + dd").get_attribute("data-value")
    assert value is not None, term
    return float(value)


def top(page: Page) -> list[tuple[str, float]]:
    """The five largest patches: "row, col" and the full weight."""
    items = page.locator(".top li").all()
    return [(item.locator(".place").inner_text(), float(item.locator(".number").get_attribute("data-value"))) for item in items]


def weights(page: Page) -> Tensor:
    """The whole vector shown, out of the CSV that the page offers, (N,)."""
    with page.expect_download() as download:
        page.get_by_role("button", name="Weights (CSV)").click()
    rows = list(csv.DictReader(Path(download.value.path()).read_text().splitlines()))
    return torch.tensor([float(list(row.values())[-1]) for row in rows])


def parameters(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def choose(page: Page, label: str, option: str) -> None:
    """Click one option of a group of pills or segments."""
    page.locator(f'[data-testid=stButtonGroup] [aria-label="{label}"]').get_by_text(option, exact=True).click()
    settle(page)


def slide(page: Page, label: str, steps: int) -> None:
    """Move a slider by so many steps with the arrow keys."""
    slider = page.locator(f'[data-testid=stSlider]:has-text("{label}")').get_by_role("slider")
    for _ in range(abs(steps)):
        before = slider.get_attribute("aria-valuenow") or ""
        slider.press("ArrowRight" if steps > 0 else "ArrowLeft")
        expect(slider).not_to_have_attribute("aria-valuenow", before)
    rest(page, 500)  # the slider tells the server once it rests
    settle(page)
