"""Very many patches in the browser: asked for, cancelled, and then a row or a column for every click."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import torch
from playwright.sync_api import Page, expect

from attention_core import load_image, load_model
from tests.browser.conftest import screenshot
from tests.browser.explorer import EXPLORATION, choose_direction, hover, pin, query_name, settle, top, wait_for_map
from tests.browser.serving import PHONE, ROOT
from tests.browser.waiting import frame, until

pytestmark = pytest.mark.nightly

Open = Callable[..., Page]


def test_a_long_pass_shows_its_layers_can_be_cancelled_and_leaves_the_map_alive(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/your_image?across=96&patching=8+px")
    wait_for_map(page)
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_text("of 12, about")).to_be_visible()
    hover(page, 4, 30, 37, 37)
    assert query_name(page) == "Patch (4, 30)", "pointing goes on meanwhile"
    screenshot(page, "large-running")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_visible()
    expect(page.get_by_text("96 × 96 patches take about")).to_be_visible()


def test_rows_and_columns_of_10000_patches_are_the_models_own(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/your_image?model=Raw+patches&patch=8&across=100")
    wait_for_map(page)
    start, done = (
        page.get_by_role("button", name="Start", exact=True),
        page.get_by_text("Computed on the server for this patch"),
    )
    expect(start.or_(done).first).to_be_visible()
    if start.is_visible():  # on a busy machine it is no short pass
        start.click()
    expect(done).to_be_visible()
    settle(page)
    record, grid = load_model("raw-patches", patch_size=8).record(load_image(ROOT / "assets/photos/astronaut.jpg"), 100)
    layer = record.layers[0]
    token = grid.index(77, 12)
    pin(page, 77, 12, grid.rows, grid.cols)
    given(page, token, "outgoing")
    assert query_name(page) == "Patch (77, 12)"
    close(top(page), layer.rows([token])[0, 0, 0])
    choose_direction(page, "Looked at by")
    given(page, token, "incoming")
    expect(page.locator("h2 .says")).to_contain_text("is looked at")
    close(top(page), layer.columns([token])[0, 0, :, 0])
    screenshot(page, "large-column")


def given(page: Page, token: int, direction: str) -> None:
    """Until the server has answered for this token."""
    until(page, f"() => {EXPLORATION}.shown()?.token === {token} && {EXPLORATION}.settings.direction === '{direction}'")
    settle(page)


def close(shown: list[tuple[str, float]], weights: torch.Tensor) -> None:
    torch.testing.assert_close(torch.tensor([weight for _, weight in shown]), weights.topk(5).values, atol=1e-7, rtol=1e-4)


def test_on_a_phone_a_large_picture_fits_the_screen(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/your_image?across=128&patching=8+px", viewport=PHONE, color_scheme="dark")
    wait_for_map(page)
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_visible()
    page.get_by_role("button", name="Start", exact=True).scroll_into_view_if_needed()
    frame(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    screenshot(page, "large-phone-dark")


def test_a_large_rollout_goes_on_beside_the_page_and_can_be_cancelled(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/your_image?across=66&patching=8+px&picture=Astronaut&discard=0.0")
    wait_for_map(page)
    start, done = (
        page.get_by_role("button", name="Start", exact=True),
        page.get_by_text("Computed on the server for this patch"),
    )
    expect(start.or_(done).first).to_be_visible()
    if start.is_visible():
        start.click()
    expect(done).to_be_visible()
    page.get_by_role("button", name="All layers").click()
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Start again").click()
    expect(page.get_by_text("Attention through all layers")).to_be_visible()
    expect(page.locator(".waiting")).to_be_hidden()
    settle(page)
    record, grid = load_model("dinov2-small", patch_size=8).record(load_image(ROOT / "assets/photos/astronaut.jpg"), 66)
    row, col = (int(number) for number in re.findall(r"\d+", query_name(page)))
    close(top(page), record.rollout(1 + grid.index(row, col))[0])
