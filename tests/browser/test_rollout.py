"""Rollout on the page: rows that Python computes for the patch that was clicked."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from playwright.sync_api import Page, expect

from attention_core import AttentionRecord, PatchGrid, load_image, load_model
from tests.browser.conftest import screenshot
from tests.browser.explorer import wait_for_map
from tests.browser.serving import ROOT
from tests.browser.waiting import rest

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def recorded() -> tuple[AttentionRecord, PatchGrid]:
    return load_model().record(load_image(ROOT / "assets/photos/cat.jpg"), 9, keep_v=False)


def shown(page: Page) -> torch.Tensor:
    return torch.tensor(page.locator(".top li [data-value]").evaluate_all("all => all.map(each => Number(each.dataset.value))"))


def largest(record: AttentionRecord, token: int, **options: object) -> torch.Tensor:
    return record.rollout(token, **options)[0].topk(5).values  # type: ignore[arg-type]


def test_a_click_shows_the_rollout_of_that_patch(
    open_page: Open, server: str, recorded: tuple[AttentionRecord, PatchGrid]
) -> None:
    record, grid = recorded
    page = open_page(f"{server}/your_image?depth=All+layers+%28rollout%29&picture=Cat&across=9&fusion=Max&discard=0.5")
    wait_for_map(page)
    box = page.locator(".map").bounding_box()
    assert box is not None
    for row, col in ((1, 2), (4, 7)):
        x, y = (col + 0.5) * box["width"] / grid.cols, (row + 0.5) * box["height"] / grid.rows
        page.locator(".map").click(position={"x": x, "y": y})
        expect(page.locator(".query-name")).to_have_text(f"Patch ({row}, {col})")
        expected = largest(record, 1 + grid.index(row, col), fusion="max", discard=0.5)
        torch.testing.assert_close(shown(page), expected, atol=1e-6, rtol=1e-4)
    before = shown(page)
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    rest(page, 300)
    assert shown(page).equal(before), "pointing changes nothing: the row is not computed in the browser"
    screenshot(page, "rollout")


def test_the_prefix_token_may_ask_too(open_page: Open, server: str, recorded: tuple[AttentionRecord, PatchGrid]) -> None:
    page = open_page(f"{server}/your_image?depth=All+layers+%28rollout%29&picture=Cat&across=9&discard=0.0&query=CLS")
    wait_for_map(page)
    expect(page.locator(".query-name")).to_have_text("CLS")
    torch.testing.assert_close(shown(page), largest(recorded[0], 0), atol=1e-6, rtol=1e-4)
