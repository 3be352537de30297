"""Reading and handling the page "Compare" from a test, as a person would."""

from __future__ import annotations

from typing import Any

import torch
from playwright.sync_api import Locator, Page, expect
from torch import Tensor

from tests.browser.waiting import PATIENCE_MS, answered, frame, rest, until

COMPARISON = "globalThis.regardComparisons.get('compare')"


def wait_for_comparison(page: Page) -> None:
    page.wait_for_selector(".regard-compare .half .head .query-name:not(:empty)", timeout=PATIENCE_MS)
    settle(page)


def settle(page: Page) -> None:
    """Until Python was told, the script has run and the frame is drawn."""
    rest(page, 400)
    answered(page)
    for side in range(2):
        expect(half(page, side).locator(".waiting")).to_be_hidden(timeout=PATIENCE_MS)
    frame(page)


def wait_for_all_layers(page: Page) -> None:
    """Until nothing is asked for any more: queries and keys are not before attention is looked at."""
    missing = f"() => {COMPARISON}.sides.every(side => side.data.layers.every((_, layer) => side.features(layer)))"
    until(page, missing)
    everything = (
        f"() => {COMPARISON}.sides.every(({{ exploration, attends }}) => "
        "!attends || !exploration.data.inBrowser || exploration.data.layers.every((_, layer) => exploration.has(layer)))"
    )
    until(page, everything)
    settle(page)


def half(page: Page, side: int) -> Locator:
    return page.locator(".regard-compare .half").nth(side)


def grid_of(page: Page, side: int) -> tuple[int, int]:
    grid = page.evaluate(f"side => {COMPARISON}.sides[side].grid", side)
    return grid["rows"], grid["cols"]


def centre(page: Page, side: int, row: int, col: int) -> tuple[float, float]:
    canvas = half(page, side).locator(".map")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    rows, cols = grid_of(page, side)
    return box["x"] + (col + 0.5) * box["width"] / cols, box["y"] + (row + 0.5) * box["height"] / rows


def hover(page: Page, side: int, row: int, col: int) -> None:
    page.mouse.move(*centre(page, side, row, col))
    frame(page)


def click(page: Page, side: int, row: int, col: int) -> None:
    page.mouse.click(*centre(page, side, row, col))
    settle(page)


def similarity(page: Page, side: int) -> Tensor:
    """To the asking patch, as drawn, (N,)."""
    return torch.tensor(page.evaluate(f"side => [...{COMPARISON}.shown().similarity[side]]", side))


def best_match(page: Page, side: int) -> tuple[str, float]:
    """What the line above the picture says: the patch, and its cosine in full."""
    head = half(page, side).locator(".head")
    value = head.locator(".number").get_attribute("data-value")
    assert value is not None
    return head.locator(".query-name").inner_text(), float(value)


def top(page: Page, side: int) -> list[float]:
    numbers = half(page, side).locator(".top li .number").all()
    return [float(number.get_attribute("data-value") or "nan") for number in numbers]


def settings(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(f"() => {COMPARISON}.settings")
    return found


def sides(page: Page) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate(
        f"() => {COMPARISON}.data.sides.map(({{ title, model, recording, alt }}) => ({{ title, model, recording, alt }}))"
    )
    return found


def show(page: Page, what: str) -> None:
    page.locator(".regard-compare .shows").get_by_text(what, exact=True).click()
    page.mouse.move(2, 2)
    settle(page)


def menu(page: Page, key: str) -> None:
    """Open or close one of the menus of the bar."""
    page.locator(f".st-key-{key} [data-testid=stPopoverButton]").click()
