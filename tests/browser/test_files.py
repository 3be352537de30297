"""The page's files are the core's, byte for byte, whichever patch asks; and the Python beside them makes the same."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image
from playwright.sync_api import Page, expect

from attention_core import load_image, load_model
from attention_core.export.attention_map import AttentionMap, attention_map
from attention_core.export.figure import FigureOptions
from tests.browser.explorer import hover, menu, rows_of, settle, wait_for_map, weights
from tests.browser.serving import ROOT

Open = Callable[..., Page]
STEM = "random-heads-layer-0-heads-1-3-patch-row-2-column-5"


@pytest.fixture
def page(open_page: Open, server: str) -> Page:
    page = open_page(f"{server}/your_image?model=Random+heads&across=9&pin=2%2C5&picture=Cat&heads=1&heads=3&seed=4")
    wait_for_map(page)
    return page


def downloaded(page: Page, label: str, stem: str = STEM) -> bytes:
    with page.expect_download() as waiting:
        page.get_by_test_id("stPopoverBody").get_by_role("button", name=label, exact=True).click()
    assert re.fullmatch(rf"{stem}(\(\d\))?\.\w+", waiting.value.suggested_filename), "Firefox counts files of one name"
    return Path(waiting.value.path()).read_bytes()


def expected(query: tuple[int, int] = (2, 5)) -> AttentionMap:
    model, picture = load_model("random-heads", seed=4), load_image(ROOT / "assets/photos/cat.jpg")
    record, grid = model.record(picture, 9, keep_v=False)
    about: dict[str, object] = {"model": "random-heads", "layer": 0}
    shown = attention_map(record.layers[0], picture, grid, query, (1, 3), "mean", (), about)
    return replace(shown, scale="robust")  # a link without a scale is an old one


def test_files_are_what_the_core_writes_and_python_repeats_them(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    menu(page, "export")
    shown = expected()
    assert downloaded(page, "PNG") == shown.png()
    assert downloaded(page, "SVG").decode() == shown.svg()
    assert downloaded(page, "PDF") == shown.pdf()
    assert downloaded(page, "Weights (CSV)").decode() == shown.csv()
    assert downloaded(page, "Arrays (NPZ)") == shown.npz()
    page.get_by_text("2×", exact=True).click()
    for dress in ("Colour bar", "Caption", "Patch"):
        page.get_by_test_id("stPopoverBody").get_by_text(dress, exact=True).click()
    settle(page)
    dressed = FigureOptions(2, colour_bar=True, caption=True, box=False)
    assert downloaded(page, "PNG") == shown.png(dressed)
    page.get_by_text("The same in Python").click()
    python = page.get_by_test_id("stPopoverBody").locator("code")
    expect(python).to_contain_text(".save(")
    code = python.inner_text()
    (tmp_path / "assets").symlink_to(ROOT / "assets")
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "snippet", "exec"), {})  # the page's own text
    assert (tmp_path / f"{STEM}.png").read_bytes() == shown.png(dressed)


def test_without_a_pin_the_files_are_of_the_patch_that_was_pointed_at_last(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/your_image?model=Random+heads&across=9&picture=Cat&heads=1&heads=3&seed=4")
    wait_for_map(page)
    hover(page, 4, 7, 6, 9)
    page.mouse.move(2, 2)
    settle(page)
    menu(page, "export")
    stem = STEM.replace("row-2-column-5", "row-4-column-7")
    assert downloaded(page, "Weights (CSV)", stem).decode() == expected((4, 7)).csv()
    picture = Image.open(io.BytesIO(downloaded(page, "PNG", stem)))
    assert picture.tobytes() == Image.open(io.BytesIO(expected((4, 7)).png())).tobytes()


def test_the_live_page_opens_without_the_server(page: Page, open_page: Open, tmp_path: Path) -> None:
    menu(page, "export")
    file = tmp_path / "attention.html"
    file.write_bytes(downloaded(page, "Live page (HTML)"))
    alone = open_page(file.as_uri())
    alone.wait_for_selector(".top li")
    assert alone.locator("h1").inner_text() == "Random heads, layer 0"
    assert alone.locator(".query-name").inner_text() == "Patch (2, 5)"
    expect(alone.locator(".pinned")).to_be_visible()
    assert alone.locator(".thumbs [aria-pressed=true]").all_inner_texts() == ["1", "3"]


def test_the_live_page_opens_on_what_looks_at_a_patch(open_page: Open, server: str, tmp_path: Path) -> None:
    options = "model=Random+heads&across=9&pin=2%2C5&picture=Cat&direction=Looked+at+by&temperature=0.5&combine=Max"
    page = open_page(f"{server}/your_image?{options}")
    wait_for_map(page)
    there = weights(page)
    menu(page, "export")
    file = tmp_path / "attention.html"
    file.write_bytes(downloaded(page, "Live page (HTML)", "random-heads-layer-0-max-looked-at-by-patch-row-2-column-5"))
    alone = open_page(file.as_uri())
    alone.wait_for_selector(".top li")
    shown = "[...globalThis.regardExplorations.values()][0].shown()"
    alone.wait_for_function(f"() => {shown}")
    torch.testing.assert_close(torch.tensor(alone.evaluate(f"() => [...{shown}.weights]")), there, atol=1e-6, rtol=1e-4)
    assert rows_of(page, 0).shape == (6, 54)
