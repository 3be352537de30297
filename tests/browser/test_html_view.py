"""`record.show`: one file without a server that is explored as the app is."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import timm
import torch
from PIL import Image
from playwright.sync_api import Page, expect
from torch import Tensor

from attention_core import AttentionRecord, PatchGrid, record_attention
from attention_core.export import html_view as views
from tests.browser.conftest import screenshot
from tests.browser.serving import free_port
from tests.browser.waiting import frame, rest, until

Open = Callable[..., Page]
GRID = PatchGrid(8, 12, 16)
PREFIX = 2
PICTURE = Image.effect_mandelbrot((192, 128), (-2, -1, 1, 1), 50)
LAYERS = 3
EXPLORATION = "globalThis.regardExplorations.get('page')"


@pytest.fixture(scope="module")
def record() -> AttentionRecord:
    torch.manual_seed(0)
    model = timm.create_model("vit_tiny_patch16_224", img_size=(128, 192), depth=LAYERS, class_token=True, reg_tokens=1).eval()
    with torch.inference_mode(), record_attention(keep_v=False) as found:
        model(torch.randn(1, 3, 128, 192))
    return found


@pytest.fixture(scope="module")
def file(record: AttentionRecord, tmp_path_factory: pytest.TempPathFactory) -> Path:
    view = record.show(PICTURE, GRID, range(LAYERS), "A <tiny> model </script>")
    return view.save(tmp_path_factory.mktemp("view") / "view.html")


def opened(open_page: Open, file: Path, **options: object) -> Page:
    page = open_page(file.as_uri(), **options)
    until(page, f"() => {EXPLORATION}?.data.layers.every((_, layer) => {EXPLORATION}.has(layer))")
    frame(page)
    return page


def point(page: Page, row: int, col: int) -> None:
    box = page.locator(".map").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + (col + 0.5) * box["width"] / GRID.cols, box["y"] + (row + 0.5) * box["height"] / GRID.rows)
    frame(page)


def rows_of(page: Page, layer: int) -> Tensor:
    """(H, N)."""
    until(page, f"() => {EXPLORATION}.rowsOf({layer}) !== null")
    return torch.tensor(page.evaluate(f"layer => {EXPLORATION}.rowsOf(layer).heads.map(row => [...row])", layer))


def test_a_hovered_patch_shows_torchs_weights_in_every_layer(open_page: Open, file: Path, record: AttentionRecord) -> None:
    page = opened(open_page, file, color_scheme="dark")
    expect(page.locator("h1")).to_have_text("A <tiny> model </script>")
    point(page, 2, 9)
    expect(page.locator(".query-name")).to_have_text("Patch (2, 9)")
    token = PREFIX + 2 * GRID.cols + 9
    shown = page.locator(".top li [data-value]").evaluate_all("all => all.map(e => Number(e.dataset.value))")
    expected = record.layers[-1].rows([token])[0, :, 0]
    torch.testing.assert_close(torch.tensor(shown), expected.mean(0).topk(5).values, atol=1e-6, rtol=0)
    for layer in range(LAYERS):
        torch.testing.assert_close(rows_of(page, layer), record.layers[layer].rows([token])[0, :, 0], atol=1e-6, rtol=1e-5)
    screenshot(page, "html-view")


def test_strip_heads_and_the_grid_of_all_need_no_server(open_page: Open, file: Path) -> None:
    page = opened(open_page, file)
    expect(page.locator(".strip .rollout")).to_be_hidden()
    page.get_by_role("radio", name="Layer 0", exact=True).click()
    page.locator(".thumbs button").nth(1).click()
    assert page.evaluate(f"{EXPLORATION}.settings.layer") == 0 and page.evaluate(f"{EXPLORATION}.settings.heads") == [1]
    page.locator(".all-heads").get_by_role("button", name="Layer 2, head 0").click()
    expect(page.get_by_role("radio", name="Layer 2", exact=True)).to_have_attribute("aria-checked", "true")
    expect(page.locator(".thumbs [aria-pressed=true]")).to_have_text("0")
    page.get_by_role("button", name="Enlarge").click()
    expect(page.get_by_role("dialog").locator(".cells button")).to_have_count(LAYERS * 3)
    page.keyboard.press("Escape")
    page.locator(".display summary").click()
    expect(page.get_by_label("Grid lines")).to_be_visible()
    expect(page.get_by_label("Only the middle square")).to_be_hidden()


def test_columns_are_torchs_at_any_temperature(open_page: Open, file: Path, record: AttentionRecord) -> None:
    page = opened(open_page, file)
    point(page, 3, 4)
    token = PREFIX + 3 * GRID.cols + 4
    for temperature in (1.0, 0.5):
        page.evaluate(f"temperature => {EXPLORATION}.set({{ direction: 'incoming', temperature }})", temperature)
        for layer in range(LAYERS):
            expected = record.layers[layer].columns([token], temperature=temperature)[0, :, :, 0]
            torch.testing.assert_close(rows_of(page, layer), expected, atol=1e-6, rtol=1e-4)


def test_a_large_file_is_in_16_bits_and_no_weight_shows_it(
    open_page: Open, record: AttentionRecord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = record.show(PICTURE, GRID, range(LAYERS))
    monkeypatch.setattr(views, "EXACT_BYTES", 0)
    small = record.show(PICTURE, GRID, range(LAYERS))
    assert len(exact.page) - len(small.page) > 0.45 * sum(4 * 2 * layer.q.numel() * 4 / 3 for layer in record.layers)
    page = opened(open_page, small.save(tmp_path / "small.html"))
    point(page, 2, 9)
    token = PREFIX + 2 * GRID.cols + 9
    for layer in range(LAYERS):
        expected = record.layers[layer].rows([token])[0, :, 0]
        torch.testing.assert_close(rows_of(page, layer), expected, atol=1e-6, rtol=0.01)


def test_layers_keep_their_numbers(open_page: Open, record: AttentionRecord, tmp_path: Path) -> None:
    page = opened(open_page, record.show(PICTURE, GRID, [0, 2]).save(tmp_path / "two.html"))
    assert page.locator(".strip .layers span").all_inner_texts() == ["0", "2"]
    page.locator(".all-heads").get_by_role("button", name="Layer 2, head 1").click()
    assert page.evaluate(f"{EXPLORATION}.settings.layer") == 1


NAMESPACE = "http://www.w3.org/2000/svg"
"""A name that looks like an address and is never fetched."""


def test_the_file_asks_nobody_for_anything(open_page: Open, file: Path) -> None:
    assert set(re.findall(r"https?:[^\s\"'`<>)]*", file.read_text("utf-8"))) <= {NAMESPACE}
    page, asked = open_page("", may_miss_server=True), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    page.locator(".map").click(position={"x": 5, "y": 5})
    rest(page, 200)
    assert {url.partition(":")[0] for url in asked if url != file.as_uri()} <= {"data", "blob"}
    elsewhere = f"http://127.0.0.1:{free_port()}/"
    page.evaluate("url => fetch(url).catch(() => {})", elsewhere)
    assert elsewhere in asked, "the listener must hear what a page asks"


def test_a_notebook_shows_it_in_a_frame(open_page: Open, record: AttentionRecord, tmp_path: Path) -> None:
    inner = record.show(PICTURE, GRID)._repr_html_()
    notebook = tmp_path / "notebook.html"
    notebook.write_text(f"<!doctype html><body>{inner}{inner}</body>", "utf-8")
    page = open_page(notebook.as_uri())
    for shown in page.frames[1:]:
        expect(shown.locator(".query-name")).to_have_text("Patch (4, 6)")


def test_without_a_grid_it_says_what_to_give(record: AttentionRecord) -> None:
    with pytest.raises(ValueError, match=r"show\(image, grid=PatchGrid\(rows, cols, 16\)\)"):
        record.show(PICTURE)
    with pytest.raises(ValueError, match="10 × 10 patches are more than the 98 tokens recorded"):
        record.show(PICTURE, PatchGrid(10, 10, 16), [0])
    with pytest.raises(ValueError, match="layer must be 0–2, received 3"):
        record.show(PICTURE, GRID, [3])
