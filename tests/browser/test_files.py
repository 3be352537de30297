"""The page's files are the core's, byte for byte."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from attention_core import load_image, load_model
from attention_core.export import attention_map
from tests.browser.canvas import wait_for_map
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
    assert waiting.value.suggested_filename.startswith("random-heads-layer-0.")
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
