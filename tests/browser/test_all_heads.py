"""The grid of all heads, beside the picture, over the window, and in its tab with the chart that measures them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from torch import Tensor

from attention_core import AttentionRecord, PatchGrid, load_image, load_model
from attention_core.analysis.head_statistics import even_statistics, layer_statistics
from attention_core.export.colour_maps import coloured
from tests.browser.axe import violations
from tests.browser.conftest import screenshot, screenshots
from tests.browser.explorer import EXPLORATION, hover, parameters, rows_of, settings, settle, wait_for_all_layers, wait_for_map
from tests.browser.reader import tap_on
from tests.browser.serving import DESKTOP, PHONE, ROOT, Servers
from tests.browser.tabs import Tabs
from tests.browser.themes import GROUNDS, turn
from tests.browser.waiting import frame, until

Open = Callable[..., Page]
LAYERS, HEADS = 12, 6
ADDRESS = "your_image?picture=Coffee&across=14"
PIXELS = """canvas => {
  const { width, height } = canvas;
  return [height, width, [...canvas.getContext("2d").getImageData(0, 0, width, height).data]];
}"""


@pytest.fixture(scope="module")
def recorded() -> tuple[AttentionRecord, PatchGrid]:
    picture = load_image((ROOT / "assets/photos/coffee.jpg").read_bytes())
    return load_model("dinov2-small").record(picture, 14, blocks=True)


@pytest.fixture(scope="module")
def page(tabs: Tabs, server: str) -> Iterator[Page]:
    with tabs.lend(f"{server}/{ADDRESS}", reduced_motion="reduce") as lent:
        wait_for_map(lent)
        wait_for_all_layers(lent)
        measured(lent)
        yield lent


def measured(page: Page) -> None:
    """Bring the chart into sight: its numbers are measured when somebody looks."""
    page.locator(".regard-heads-atlas").scroll_into_view_if_needed()
    expect(page.locator("circle")).to_have_count(LAYERS * HEADS)
    until(page, f"() => {EXPLORATION}.measures.valuesOf('contribution') !== null")


@pytest.fixture(autouse=True)
def afresh(request: pytest.FixtureRequest) -> None:
    """One page for most tests: each begins where it opens."""
    if "page" in request.fixturenames:
        shown: Page = request.getfixturevalue("page")
        shown.set_viewport_size(DESKTOP)
        shown.evaluate(f"{EXPLORATION}.set({{ ...{EXPLORATION}.data.defaults, layer: 10 }})")
        settle(shown)


def pixels(canvas: Locator) -> Tensor:
    """(height, width, 3)."""
    height, width, data = canvas.evaluate(PIXELS)
    return torch.tensor(data, dtype=torch.uint8).view(height, width, 4)[..., :3]


def cell(image: Tensor, grid: PatchGrid, layer: int, head: int) -> Tensor:
    """A head's pixels in the grid: one a patch, and one between two heads."""
    top, left = layer * (grid.rows + 1), head * (grid.cols + 1)
    return image[top : top + grid.rows, left : left + grid.cols]


def dot(page: Page, layer: int, head: int) -> Locator:
    return page.locator(f"circle[data-layer='{layer}'][data-head='{head}']")


def in_tab(page: Page, layer: int, head: int) -> Locator:
    return page.locator(".regard-heads-atlas").get_by_role("button", name=f"Layer {layer}, head {head}", exact=True)


def on_map(page: Page, within: str) -> set[tuple[int, int]]:
    found = page.locator(f"{within} [aria-pressed=true]").evaluate_all(
        "all => all.map((node) => node.closest('[data-layer]').dataset).map(({ layer, head }) => [Number(layer), Number(head)])"
    )
    return {(layer, head) for layer, head in found}


def file_of(page: Page, button: Locator) -> tuple[str, bytes]:
    with page.expect_download() as download:
        button.click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def written(record: AttentionRecord) -> Tensor:
    """What every head writes for every token, of the norm of the stream that it is added to, (L, H, N)."""
    norms = [each for each in record.contributions() if each is not None]
    before = [moves.before for block in record.blocks.values() if (moves := block.moves) is not None]
    return torch.stack([each[0] / stream[0] for each, stream in zip(norms, before, strict=True)])


def test_ten_thumbnails_are_torchs_in_numbers_and_colours(page: Page, recorded: tuple[AttentionRecord, PatchGrid]) -> None:
    record, grid = recorded
    hover(page, 4, 9, grid.rows, grid.cols)
    image = pixels(page.locator(".all-heads .heads-grid canvas"))
    assert image.shape[:2] == (LAYERS * (grid.rows + 1) - 1, HEADS * (grid.cols + 1) - 1)
    token = 1 + grid.index(4, 9)
    for layer, head in ((0, 0), (0, 5), (1, 3), (3, 2), (4, 4), (6, 1), (7, 0), (9, 5), (10, 2), (11, 3)):
        expected = record.layers[layer].rows([token])[0, head, 0]
        torch.testing.assert_close(rows_of(page, layer)[head], expected, rtol=0.01, atol=1e-6)
        colours = coloured(expected[1:].view(grid.rows, grid.cols))
        apart = (cell(image, grid, layer, head).int() - colours.int()).abs().amax(-1)
        assert (apart > 12).float().mean() < 0.02, (layer, head)  # 16 bits may move a colour by a step or two of its table


def test_a_layer_that_is_on_its_way_is_hatched(page: Page) -> None:
    grid = page.locator(".all-heads")
    found = grid.evaluate(  # at once, for it is asked for and back in no time
        f"""grid => {{
          const exploration = {EXPLORATION};
          const {{ recording }} = exploration.data;
          for (const id of regardStored.keys())
            if (id === `record:${{recording}}/3` || id.startsWith(`rows:${{recording}}/3/`)) regardStored.delete(id);
          exploration.weights.forget();
          exploration.drawNow();
          const hatched = node => getComputedStyle(node).backgroundImage.includes("gradient");
          return [...grid.querySelectorAll(".absent")].map(node => [node.dataset.layer, hatched(node)]);
        }}"""
    )
    assert found == [["3", True]] * HEADS
    wait_for_all_layers(page)
    expect(grid.locator(".absent")).to_have_count(0)


def test_every_dot_is_what_the_core_measures(page: Page, recorded: tuple[AttentionRecord, PatchGrid]) -> None:
    record, grid = recorded
    atlas = page.locator(".regard-heads-atlas")
    atlas.get_by_role("radio", name="All queries").click()
    even = even_statistics(grid, 1)
    for title, measure in (("Entropy", "entropy"), ("Share of CLS", "prefix_share"), ("Distance", "mean_distance")):
        atlas.get_by_role("radio", name=title).click()
        until(page, f"() => !{EXPLORATION}.measures.waits")
        frame(page)
        found = atlas.locator("circle").evaluate_all("all => all.map(({ dataset }) => Number(dataset.value))")
        expected = torch.stack([getattr(layer_statistics(layer, grid, 1), measure)[0] for layer in record.layers])
        torch.testing.assert_close(torch.tensor(found).view(LAYERS, HEADS), expected, rtol=1e-5, atol=1e-6)
        places = atlas.locator("circle").evaluate_all("all => all.map(node => node.cx.baseVal.value)")
        line = page.locator(".chart .even").evaluate("node => node.x1.baseVal.value")
        zero = page.locator(".chart .scale line").first.evaluate("node => node.x1.baseVal.value")
        shares = (torch.tensor(places).view(LAYERS, HEADS) - zero) / (line - zero)
        torch.testing.assert_close(shares, expected / getattr(even, measure).item(), rtol=1e-3, atol=1e-3)
        settle(page)
        assert (parameters(page)["measure"], parameters(page)["over"]) == ([title], ["Picture"])


def test_a_row_of_the_chart_is_as_high_as_its_maps(page: Page) -> None:
    for layer in (0, 5, 11):
        box, circle = in_tab(page, layer, 2).first.bounding_box(), dot(page, layer, 2).bounding_box()
        assert box is not None and circle is not None
        assert box["y"] <= circle["y"] + circle["height"] / 2 <= box["y"] + box["height"]


def test_grid_and_chart_point_at_the_same_head_and_name_it(page: Page) -> None:
    told = page.locator(".regard-heads-atlas .told")
    value = dot(page, 2, 4).get_attribute("data-value")
    dot(page, 2, 4).hover()
    expect(in_tab(page, 2, 4).first).to_have_class(re.compile("pointed"))
    expect(told).to_have_text(re.compile(r"^Layer 2, head 4: [\d.]+ patches$"))
    expect(page.locator(".heads-table tr.pointed")).to_have_attribute("data-layer", "2")
    assert told.locator("[data-value]").get_attribute("data-value") == value
    in_tab(page, 7, 1).first.hover()
    expect(dot(page, 7, 1)).to_have_class(re.compile("pointed"))
    expect(dot(page, 2, 4)).not_to_have_class(re.compile("pointed"))
    expect(told).to_have_text(re.compile("^Layer 7, head 1:"))


def test_a_click_in_either_makes_the_head_the_map_and_keys_walk(page: Page) -> None:
    dot(page, 2, 4).click()
    assert (settings(page)["layer"], settings(page)["heads"]) == (2, [4])
    frame(page)
    for figure in (".all-heads", ".heads-room", ".chart"):
        assert on_map(page, figure) == {(2, 4)}, figure
    dot(page, 2, 1).click(modifiers=["Shift"])
    frame(page)
    assert on_map(page, ".chart") == on_map(page, ".regard-heads-atlas .cells") == {(2, 1), (2, 4)}
    in_tab(page, 5, 3).first.click()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowLeft")
    frame(page)
    assert on_map(page, ".chart") == {(4, 2)}
    dot(page, 4, 2).focus()
    settle(page)  # nor does Python's answer take the focus away
    values = page.locator("circle[data-layer='4']").evaluate_all("all => all.map(({ dataset }) => Number(dataset.value))")
    page.keyboard.press("ArrowRight")
    frame(page)
    larger = min((value, head) for head, value in enumerate(values) if value > values[2])[1]
    assert on_map(page, ".chart") == {(4, larger)}
    page.keyboard.press("Enter")
    frame(page)
    assert settings(page)["heads"] is None, "a second click shows all heads of the layer"


def test_the_grids_draw_together_whoever_asks(page: Page, recorded: tuple[AttentionRecord, PatchGrid]) -> None:
    page.set_viewport_size({"width": 1440, "height": 2400})
    page.evaluate(f"{EXPLORATION}.set({{ query: 'prefix', direction: 'incoming' }})")
    settle(page)
    expect(page.locator(".regard-heads-atlas h3")).to_have_text("DINOv2-small: CLS is looked at by, in every head")
    expected = recorded[0].layers[8].columns([0])[0, :, :, 0]
    torch.testing.assert_close(rows_of(page, 8), expected, rtol=0.01, atol=1e-6)
    small, large = (pixels(page.locator(f"{where} .heads-grid canvas")) for where in (".all-heads", ".regard-heads-atlas"))
    torch.testing.assert_close(small, large, rtol=0, atol=0)


def test_files_hold_the_grid_with_its_numbers(page: Page, recorded: tuple[AttentionRecord, PatchGrid]) -> None:
    _, grid = recorded
    hover(page, 4, 9, grid.rows, grid.cols)
    files = page.locator(".regard-heads-atlas .files")
    files.get_by_role("button", name="Numbers (CSV)").scroll_into_view_if_needed()
    frame(page)
    image = pixels(page.locator(".regard-heads-atlas canvas"))
    name, data = file_of(page, files.get_by_role("button", name="Grid (PNG)"))
    assert re.fullmatch(r"DINOv2-small-all-heads-Patch-\d+-\d+\.png", name)
    drawn = torch.from_numpy(np.array(Image.open(io.BytesIO(data)).convert("RGB")))
    scale = round(96 / max(grid.rows, grid.cols))
    inside = drawn[74::scale, 44::scale][: image.shape[0], : image.shape[1]]
    gaps = torch.zeros(image.shape[:2], dtype=torch.bool)
    gaps[grid.rows :: grid.rows + 1] = True
    gaps[:, grid.cols :: grid.cols + 1] = True
    torch.testing.assert_close(inside[~gaps], image[~gaps], rtol=0, atol=0)
    name, data = file_of(page, files.get_by_role("button", name="Grid (SVG)"))
    written = re.findall(r"<text[^>]*>([^<]*)</text>", data.decode())
    assert written[0].startswith("DINOv2-small: Patch") and {"11", "5"} <= set(written) and len(written) == 2 + LAYERS + HEADS
    assert data.decode().count("data:image/png;base64,") == 1 and "pixelated" in data.decode()


def test_the_numbers_come_as_a_table(page: Page, recorded: tuple[AttentionRecord, PatchGrid]) -> None:
    record, grid = recorded
    page.locator(".regard-heads-atlas").get_by_role("radio", name="All queries").click()
    until(page, f"() => !{EXPLORATION}.measures.waits")
    name, data = file_of(page, page.locator(".regard-heads-atlas .csv"))
    header, *lines = csv.reader(data.decode().splitlines())
    assert name == "DINOv2-small-every-head-all-queries.csv"
    assert header == ["layer", "head", "mean_distance", "entropy", "prefix_share", "contribution"]
    assert [line[:2] for line in lines] == [[str(layer), str(head)] for layer in range(LAYERS) for head in range(HEADS)]
    numbers = torch.tensor([[float(each) for each in line[2:]] for line in lines]).view(LAYERS, HEADS, 4)
    measured = [layer_statistics(layer, grid, 1) for layer in record.layers]
    expected = torch.stack(
        [torch.stack([each.mean_distance[0], each.entropy[0], each.prefix_share[0]], -1) for each in measured]
    )
    torch.testing.assert_close(numbers[..., :3], expected, rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(numbers[..., 3], written(record).mean(-1), rtol=1e-4, atol=1e-6)


def test_enlarged_it_fills_the_window_and_escape_leads_back(page: Page) -> None:
    opener = page.get_by_role("button", name="Enlarge")
    small = page.locator(".all-heads .cells button").first.bounding_box()
    opener.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".cells button")).to_have_count(LAYERS * HEADS)
    frame(page)
    large = dialog.locator(".cells button").first.bounding_box()
    assert small is not None and large is not None and large["height"] > 1.8 * small["height"]
    room = dialog.locator(".heads-room").bounding_box()
    shown = dialog.locator(".heads-grid").bounding_box()
    assert room is not None and shown is not None
    assert room["width"] - shown["width"] < 40 or room["height"] - shown["height"] < 40
    screenshot(page, "all-heads-enlarged")
    before = rows_of(page, 4)
    dialog.locator(".map").hover(position={"x": 40, "y": 40})
    frame(page)
    assert not torch.equal(rows_of(page, 4), before), "the picture beside it can be pointed at"
    for size, reached in ((DESKTOP, (3, [5])), ({"width": 1920, "height": 700}, (4, [4]))):  # a wide window turns it round
        page.set_viewport_size(size)
        frame(page)
        dialog.get_by_role("button", name="Layer 3, head 4", exact=True).click()
        page.keyboard.press("ArrowRight")
        assert (settings(page)["layer"], settings(page)["heads"]) == reached
    name, _ = file_of(page, dialog.get_by_role("button", name="SVG"))
    assert name.endswith(".svg")
    dialog.locator(".map").focus()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator(".map")).to_have_count(1)
    assert opener.evaluate("node => node.getRootNode().activeElement === node")


def test_without_barriers_and_in_both_themes(page: Page) -> None:
    for theme in reversed(GROUNDS):
        turn(page, theme)
        page.locator(".regard-heads-atlas .measures").scroll_into_view_if_needed()
        page.locator(".regard-heads-atlas .says").scroll_into_view_if_needed()
        screenshot(page, f"all-heads-{theme}")
        assert violations(page) == []
    page.get_by_role("button", name="Enlarge").click()
    assert violations(page) == []
    page.keyboard.press("Escape")


def test_on_a_phone_the_chart_stands_below_the_grid_and_a_tap_shows_the_head(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/{ADDRESS}", viewport=PHONE, has_touch=True)
    wait_for_map(page)
    wait_for_all_layers(page)
    measured(page)
    grid, chart = (page.locator(f".regard-heads-atlas {each}").bounding_box() for each in (".heads-room", ".chart-room"))
    assert grid is not None and chart is not None and chart["y"] >= grid["y"] + grid["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    dot(page, 2, 3).scroll_into_view_if_needed()
    tap_on(dot(page, 2, 3))
    settle(page)
    assert (parameters(page)["layer"], parameters(page)["heads"]) == (["2"], ["3"])
    screenshots(page, "all-heads-390")


def test_a_model_of_144_heads_has_them_all(open_page: Open, servers: Servers) -> None:
    with servers.lend("tests/browser/many_heads_app.py", PYTHONPATH=str(ROOT)) as url:
        page = open_page(url)
        wait_for_map(page)
        wait_for_all_layers(page)
        expect(page.locator(".all-heads .cells button")).to_have_count(144)
        assert page.locator(".all-heads .numbers.down span").all_inner_texts() == [str(layer) for layer in range(12)]
        torch.testing.assert_close(rows_of(page, 7).sum(-1), torch.ones(12))
        screenshot(page, "all-heads-144")
        page.goto("about:blank")
