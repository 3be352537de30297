"""`record.show`: one file without a server that hovers as the app does."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import timm
import torch
from PIL import Image
from playwright.sync_api import Page, expect

from attention_core import AttentionRecord, PatchGrid, record_attention
from tests.browser.conftest import screenshot
from tests.browser.waiting import rest

Open = Callable[..., Page]
GRID = PatchGrid(8, 12, 16)
PICTURE = Image.effect_mandelbrot((192, 128), (-2, -1, 1, 1), 50)


@pytest.fixture(scope="module")
def record() -> AttentionRecord:
    torch.manual_seed(0)
    model = timm.create_model("vit_tiny_patch16_224", img_size=(128, 192), depth=3, class_token=True, reg_tokens=1).eval()
    with torch.inference_mode(), record_attention(keep_v=False) as found:
        model(torch.randn(1, 3, 128, 192))
    return found


@pytest.fixture(scope="module")
def file(record: AttentionRecord, tmp_path_factory: pytest.TempPathFactory) -> Path:
    view = record.show(PICTURE, GRID, range(3), "A <tiny> model </script>")
    return view.save(tmp_path_factory.mktemp("view") / "view.html")


def test_a_hovered_patch_shows_torchs_weights(open_page: Open, file: Path, record: AttentionRecord) -> None:
    page = open_page(file.as_uri(), color_scheme="dark")
    expect(page.locator("h1")).to_have_text("A <tiny> model </script>")
    box = page.locator(".map").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 9.5 * box["width"] / 12, box["y"] + 2.5 * box["height"] / 8)
    expect(page.locator(".query-name")).to_have_text("Patch (row 2, column 9)")
    shown = [
        float(value) for value in page.locator(".top li [data-value]").evaluate_all("all => all.map(e => e.dataset.value)")
    ]
    expected = record.layers[-1].rows([2 + 2 * 12 + 9])[0, :, 0].mean(0)[2:].topk(5).values
    torch.testing.assert_close(torch.tensor(shown), expected, atol=1e-6, rtol=0)
    screenshot(page, "html-view")


def test_another_layer_and_a_single_head(open_page: Open, file: Path, record: AttentionRecord) -> None:
    page = open_page(file.as_uri())
    assert page.locator(".layers option").all_inner_texts() == [f"blocks.{i}.attn" for i in range(3)]
    page.get_by_label("Layer").select_option("blocks.0.attn")
    page.locator(".map").focus()
    page.locator(".map").click(position={"x": 5, "y": 5})
    page.locator(".heads button").nth(1).click()
    rest(page, 200)
    first = page.locator(".top li [data-value]").evaluate_all("all => all.map(e => Number(e.dataset.value))")
    expected = record.layers[0].rows([2])[0, 1, 0, 2:].max()
    assert min(abs(value - float(expected)) for value in first) < 1e-6


NAMESPACE = "http://www.w3.org/2000/svg"
"""A name that looks like an address and is never fetched."""


def test_the_file_asks_nobody_for_anything(open_page: Open, file: Path) -> None:
    assert set(re.findall(r"https?:[^\s\"'`<>)]*", file.read_text("utf-8"))) <= {NAMESPACE}
    page, asked = open_page(file.as_uri()), []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    page.locator(".map").click(position={"x": 5, "y": 5})
    rest(page, 200)
    assert file.as_uri() in asked
    assert {url.partition(":")[0] for url in asked if url != file.as_uri()} <= {"data", "blob"}


def test_a_notebook_shows_it_in_a_frame(open_page: Open, record: AttentionRecord, tmp_path: Path) -> None:
    frame = record.show(PICTURE, GRID)._repr_html_()
    notebook = tmp_path / "notebook.html"
    notebook.write_text(f"<!doctype html><body>{frame}{frame}</body>", "utf-8")
    page = open_page(notebook.as_uri())
    for inner in page.frames[1:]:
        expect(inner.locator(".query-name")).to_have_text("Patch (row 4, column 6)")


def test_without_a_grid_it_says_what_to_give(record: AttentionRecord) -> None:
    with pytest.raises(ValueError, match=r"show\(image, grid=PatchGrid\(rows, cols, 16\)\)"):
        record.show(PICTURE)
    with pytest.raises(ValueError, match="10 × 10 patches are more than the 98 tokens recorded"):
        record.show(PICTURE, PatchGrid(10, 10, 16), [0])
    with pytest.raises(ValueError, match="layer must be 0–2, received 3"):
        record.show(PICTURE, GRID, [3])
