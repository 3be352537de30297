"""The matrix of weights in the browser: its numbers are torch's, and it is one with the picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest
import torch
from playwright.sync_api import Page, expect
from torch import Tensor

from attention_core import AttentionRecord, PatchGrid, load_image, load_model
from attention_core.export.colour_maps import coloured
from tests.browser.axe import violations
from tests.browser.conftest import screenshot
from tests.browser.explorer import wait_for_map
from tests.browser.matrix_map import (
    CLS,
    EXPLORATION,
    PICTURES,
    cell,
    lit,
    marked,
    names,
    parameter,
    place,
    point,
    put,
    to_matrix,
    weight,
)
from tests.browser.serving import DESKTOP, PHONE, ROOT
from tests.browser.themes import turn
from tests.browser.waiting import answered, frame, until

pytestmark = pytest.mark.nightly

Open = Callable[..., Page]
LINK: Final = "/your_image?picture=Cat&across=25&layer=3"
FACTOR: Final = 2
SEVERAL: Final = ((CLS, CLS), (CLS, cell(4, 7)), (cell(0, 0), CLS), (cell(2, 3), cell(2, 4)), (cell(8, 12), cell(8, 11)))


@pytest.fixture(scope="module")
def recorded() -> tuple[AttentionRecord, PatchGrid]:
    record, grid = load_model().record(load_image(ROOT / "assets/photos/cat.jpg"), 25, keep_v=False)
    assert (grid.rows, grid.cols) == (17, 25)
    return record, grid


@pytest.fixture(scope="module")
def opened(tab: Page, server: str) -> Page:
    tab.goto(server + LINK)
    wait_for_map(tab)
    assert not tab.evaluate("() => [...globalThis.regardStored.values()].some(({ kind }) => kind === 'matrix')"), (
        "nobody has scrolled to it yet"
    )
    to_matrix(tab)
    return tab


@pytest.fixture
def page(opened: Page) -> Page:
    """As it was opened, the pointer somewhere else."""
    opened.mouse.move(2, 2)
    opened.evaluate("() => document.activeElement?.blur()")
    put(opened, layer=3, heads=None, combine="mean", direction="outgoing", query="patch", pin=None, depth="layer")
    return opened


def pooled(record: AttentionRecord, grid: PatchGrid, layer: int) -> Tensor:
    """(H, cells, cells), by the definition: the mean over all pairs of a cell's tokens."""
    weights = torch.stack([record.layers[layer].weights(head=head)[0] for head in range(6)])
    at = [cell(row // FACTOR, col // FACTOR) for row, col in map(grid.position, range(grid.num_patches))]
    member = torch.nn.functional.one_hot(torch.tensor([CLS, *at])).float()  # (N, cells)
    share = member / member.sum(0)
    return share.mT @ weights @ share


def test_its_numbers_and_colours_are_torchs(page: Page, recorded: tuple[AttentionRecord, PatchGrid]) -> None:
    weights = pooled(*recorded, layer=3)
    for settings, expected in (
        ({}, weights.mean(0)),
        ({"heads": [1, 4], "combine": "max"}, weights[[1, 4]].amax(0)),
        ({"heads": [5]}, weights[5]),
    ):
        put(page, **settings)
        colours = coloured(expected, "robust")  # a link without a scale is an old one
        for row, col in SEVERAL:
            point(page, row, col)
            assert weight(page) == pytest.approx(expected[row, col].item(), rel=1e-4)
            pixel = page.locator(".weights").evaluate(
                """(canvas, [x, y]) => {
                  const { left, top } = canvas.getBoundingClientRect();
                  return [...canvas.getContext("2d").getImageData(x - left, y - top, 1, 1).data].slice(0, 3);
                }""",
                place(page, row, col),
            )
            assert torch.tensor(pixel).sub(colours[row, col].int()).abs().max() <= 3, (row, col)
    assert page.locator(".of").inner_text() == "Layer 3: head 5"
    assert page.locator(".cell-means").inner_text() == (
        "425 patches. Each cell is the mean weight from a block of 2 × 2 patches to a block of 2 × 2 patches."
    )


def test_a_cell_lights_its_query_and_its_key_on_the_pictures(page: Page) -> None:
    point(page, cell(2, 3), cell(8, 12))
    assert names(page) == ("patches (4–5, 6–7)", "patch (16, 24)")
    assert lit(page) == [("4,6,2,2", "16,24,1,1")] * 2
    point(page, CLS, cell(0, 1))
    assert names(page) == ("CLS", "patches (0–1, 2–3)")
    assert lit(page) == [("", "0,2,2,2")] * 2
    page.mouse.move(2, 2)
    frame(page)
    assert lit(page) == [("", "")] * 2
    expect(page.locator(".pair")).to_be_hidden()


def test_the_map_follows_a_row_until_one_is_pinned(page: Page) -> None:
    point(page, cell(2, 3), cell(5, 5))
    assert marked(page) == ("row", str(cell(2, 3)))
    assert page.locator(".regard-explorer .query-name").inner_text() == "Patch (4, 6)"
    put(page, pin=[10, 2])
    point(page, cell(1, 1), cell(5, 5))
    assert marked(page) == ("row", str(cell(5, 1)))
    assert page.locator(".regard-explorer .query-name").inner_text() == "Patch (10, 2)"
    assert page.evaluate(f"() => {EXPLORATION}.hovered") is None, "nothing on the picture is under the pointer"
    screenshot(page, "matrix-map-pinned")


def test_a_click_pins_the_query_and_another_releases_it(page: Page) -> None:
    page.mouse.click(*place(page, cell(2, 3), cell(5, 5)))
    frame(page)
    assert parameter(page, "pin") == "4,6"
    page.mouse.click(*place(page, cell(2, 3), cell(7, 1)))
    frame(page)
    assert parameter(page, "pin") is None
    page.mouse.move(*place(page, cell(2, 3), cell(5, 5)))
    page.mouse.down()
    page.mouse.move(*place(page, cell(6, 3), cell(5, 5)))
    page.mouse.up()
    frame(page)
    assert parameter(page, "pin") is None, "a drag is no click"


def test_looked_at_by_marks_the_column_and_pins_the_key(page: Page) -> None:
    put(page, direction="incoming", pin=[4, 6])
    assert marked(page) == ("column", str(cell(2, 3)))
    page.mouse.click(*place(page, cell(2, 3), cell(5, 5)))
    frame(page)
    assert parameter(page, "pin") == "10,10"
    assert marked(page) == ("column", str(cell(5, 5)))


def test_cls_has_its_own_row_which_a_click_lets_ask(page: Page) -> None:
    page.mouse.click(*place(page, CLS, cell(5, 5)))
    frame(page)
    assert parameter(page, "query") == "CLS" and marked(page) == ("row", str(CLS))
    page.mouse.click(*place(page, cell(2, 3), CLS))
    frame(page)
    assert (parameter(page, "query"), parameter(page, "pin")) == (None, "4,6")


def test_pointing_at_the_small_picture_moves_the_frame(page: Page) -> None:
    box = page.locator(".small-picture .map").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 6.5 * box["width"] / 25, box["y"] + 5.5 * box["height"] / 17)
    frame(page)
    assert marked(page) == ("row", str(cell(2, 3)))


def test_the_keyboard_walks_and_pins(page: Page) -> None:
    page.locator(".board .marks").focus()
    put(page, pin=[4, 6])
    page.keyboard.press("ArrowDown")  # from the largest weight of the row that asks
    frame(page)
    assert names(page)[0] == "patches (4–5, 8–9)"
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("ArrowUp")
    frame(page)
    assert names(page)[0] == "patches (6–7, 0–1)", "a row of blocks ends, and the next begins"
    query, key = names(page)
    expect(page.locator(".cell-told")).to_have_text(
        f"Query {query}, key {key}: weight {page.locator('.pair .weight').inner_text()}."
    )
    page.keyboard.press("Enter")
    frame(page)
    assert parameter(page, "pin") == "6,0"
    page.keyboard.press("Escape")
    frame(page)
    assert lit(page) == [("", "")] * 2
    assert parameter(page, "pin") == "6,0", "Escape leaves the cell, not the pin"


def test_another_layers_matrix_is_said_to_be_on_its_way(page: Page, recorded: tuple[AttentionRecord, PatchGrid]) -> None:
    said = page.evaluate(
        f"""() => {{
          const root = [...document.querySelectorAll("*")].map(({{ shadowRoot }}) => shadowRoot)
            .find(shadow => shadow?.querySelector(".regard-matrix-map"));
          {EXPLORATION}.set({{ layer: 7 }});
          return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() =>
            done([root.querySelector(".board").classList.contains("stale"), root.querySelector(".on-its-way").textContent]))));
        }}"""
    )
    assert said == [True, "Layer 7 is on its way…"]
    put(page)
    point(page, cell(2, 3), cell(2, 4))
    assert weight(page) == pytest.approx(pooled(*recorded, layer=7).mean(0)[cell(2, 3), cell(2, 4)].item(), rel=1e-4)
    assert page.locator(".of").inner_text() == "Layer 7: mean of all 6 heads"


def test_a_rollout_has_none_and_a_layer_has_it_again(page: Page) -> None:
    page.evaluate(f"() => {EXPLORATION}.set({{ depth: 'rollout' }})")
    page.locator(".regard-matrix-map").scroll_into_view_if_needed()
    expect(page.get_by_text("A map through all layers has no matrix")).to_be_visible()
    expect(page.locator(".regard-matrix-map .board")).to_be_hidden()
    page.evaluate(f"() => {EXPLORATION}.set({{ depth: 'layer' }})")
    expect(page.locator(".regard-matrix-map .board")).to_be_visible()
    to_matrix(page)
    point(page, cell(2, 3), cell(8, 12))
    assert lit(page) == [("4,6,2,2", "16,24,1,1")] * 2


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["390", "1440"])
def test_it_looks_right_and_axe_finds_nothing(page: Page, size: Any) -> None:
    page.set_viewport_size(size)
    put(page, pin=[4, 6])
    to_matrix(page)
    turn(page, "dark" if size is PHONE else "light")  # contrast does not depend on the size, nor room on the theme
    point(page, cell(3, 3), cell(4, 6))
    screenshot(page, f"matrix-map-{size['width']}")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    board, picture = page.locator(".board").bounding_box(), page.locator(".small-picture .map").bounding_box()
    assert board is not None and picture is not None
    assert board["width"] == pytest.approx(board["height"])
    if size is DESKTOP:
        assert board["width"] >= 640
        bottom = max(board["y"] + board["height"], picture["y"] + picture["height"])
        assert min(board["y"], picture["y"]) >= 0 and bottom <= size["height"], "both are in sight together"


def test_a_tap_reads_a_cell_and_pins_its_query(open_page: Open, server: str) -> None:
    page = open_page(server + LINK, viewport=PHONE, has_touch=True)
    wait_for_map(page)
    to_matrix(page)
    answered(page)  # after which nothing moves the matrix any more
    to_matrix(page)
    page.touchscreen.tap(*place(page, cell(2, 3), cell(5, 5)))
    until(page, "() => new URLSearchParams(location.search).get('pin') === '4,6'")
    expect(page.locator(".query-cell")).to_have_text("patches (4–5, 6–7)")
    expect(page.locator(PICTURES[1])).to_have_attribute("data-lit-query", "4,6,2,2")
