"""The page's files are the core's, byte for byte."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from playwright.sync_api import Page, expect

from attention_core import load_image, load_model
from attention_core.export.attention_map import attention_map
from tests.browser.explorer import wait_for_map, weights
from tests.browser.serving import ROOT

Open = Callable[..., Page]


@pytest.fixture
def page(open_page: Open, server: str) -> Page:
    page = open_page(f"{server}/your_image?model=Random+heads&across=9&pin=2%2C5&picture=Cat&heads=1&heads=3&seed=4")
    wait_for_map(page)
    page.get_by_role("button", name="Files").click()
    return page


def downloaded(page: Page, label: str) -> bytes:
    with page.expect_download() as waiting:
        page.get_by_role("button", name=label, exact=True).click()
    assert waiting.value.suggested_filename.startswith("random-heads-layer-0-heads-1-3-patch-row-2-column-5.")
    return Path(waiting.value.path()).read_bytes()


def test_png_svg_and_arrays_are_what_the_command_line_writes(page: Page) -> None:
    model, picture = load_model("random-heads", seed=4), load_image(ROOT / "assets/photos/cat.jpg")
    record, grid = model.record(picture, 9, keep_v=False)
    expected = attention_map(record.layers[0], picture, grid, (2, 5), (1, 3), "mean", (), {"model": "random-heads", "layer": 0})
    assert downloaded(page, "PNG") == expected.png()
    assert downloaded(page, "SVG").decode() == expected.svg()
    assert downloaded(page, "Arrays (NPZ)") == expected.npz()


def test_the_live_page_opens_without_the_server(page: Page, open_page: Open, tmp_path: Path) -> None:
    file = tmp_path / "attention.html"
    file.write_bytes(downloaded(page, "Live page (HTML)"))
    alone = open_page(file.as_uri())
    alone.wait_for_selector(".top li")
    assert alone.locator("h1").inner_text() == "Random heads, layer 0"
    assert alone.locator(".query-name").inner_text() == "Patch (row 2, column 5)"
    expect(alone.locator(".pinned")).to_be_visible()
    assert alone.locator(".heads button:visible").all_inner_texts() == ["head 1", "head 3"]


def test_the_live_page_opens_on_what_looks_at_a_patch(open_page: Open, server: str, tmp_path: Path) -> None:
    options = "model=Random+heads&across=9&pin=2%2C5&picture=Cat&direction=Looked+at+by&temperature=0.5&combine=Max"
    page = open_page(f"{server}/your_image?{options}")
    wait_for_map(page)
    there = weights(page)
    page.get_by_role("button", name="Files").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Live page (HTML)", exact=True).click()
    assert waiting.value.suggested_filename == "random-heads-layer-0-max-looked-at-by-patch-row-2-column-5.html"
    file = tmp_path / "attention.html"
    waiting.value.save_as(file)
    alone = open_page(file.as_uri())
    alone.wait_for_selector(".top li")
    torch.testing.assert_close(weights(alone), there)
