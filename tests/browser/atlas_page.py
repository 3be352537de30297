"""Reading and handling the page "Atlas" from a test, as a person would."""

from __future__ import annotations

import numpy as np
from playwright.sync_api import Locator, Page, expect

from tests.browser.waiting import PATIENCE_MS, answered, frame, until


def wait_for_atlas(page: Page) -> None:
    page.wait_for_selector(".regard-atlas .cell", timeout=PATIENCE_MS)
    page.wait_for_selector(".regard-atlas-head .most li", timeout=PATIENCE_MS)
    settle(page)


def settle(page: Page) -> None:
    """Until the script has run if it does, all data have come, and they are drawn."""
    answered(page)
    expect(page.locator(".regard-atlas")).to_have_attribute("data-waiting", "false", timeout=PATIENCE_MS)
    until(page, "() => [...document.querySelectorAll('.regard-atlas-head img')].every(image => image.complete)")
    frame(page)


def cell(page: Page, layer: int, head: int) -> Locator:
    return page.locator(f'.regard-atlas .cell[data-layer="{layer}"][data-head="{head}"]')


def values(page: Page, shape: tuple[int, int]) -> np.ndarray:
    """What the cells say, by layer and head."""
    found = np.full(shape, np.nan)
    for layer, head, value in page.locator(".regard-atlas .cell").evaluate_all(
        "cells => cells.map(({ dataset }) => [Number(dataset.layer), Number(dataset.head), Number(dataset.value)])"
    ):
        found[layer, head] = value
    return found


def order(page: Page) -> list[tuple[int, int]]:
    """Layers and heads, as cells stand from the upper left to the lower right."""
    return [
        (layer, head)
        for layer, head in page.locator(".regard-atlas .cell").evaluate_all(
            """cells => cells
                .map(cell => ({ at: cell.getBoundingClientRect(), layer: cell.dataset.layer, head: cell.dataset.head }))
                .sort((a, b) => Math.round(a.at.y - b.at.y) || a.at.x - b.at.x)
                .map(({ layer, head }) => [Number(layer), Number(head)])"""
        )
    ]


def answers(page: Page, part: str) -> list[tuple[str, float]]:
    """Names and values of the pictures that the head answers to "most" or "least"."""
    return [
        (str(name), float(value))
        for name, value in page.locator(f".regard-atlas-head .{part} button").evaluate_all(
            "buttons => buttons.map(button => [button.title, button.querySelector('.number').dataset.value])"
        )
    ]


def choose(page: Page, label: str) -> None:
    """One of the segments over the grid."""
    page.locator(".regard-atlas .tools").get_by_text(label, exact=True).click()
    settle(page)
