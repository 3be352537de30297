"""Depth and outliers: numbers as the core has them, one with the picture, and what sticks out is said, marked and left out."""

from __future__ import annotations

from typing import Any, Final

import pytest
from playwright.sync_api import Page, expect

from attention_core import AttentionRecord, PatchGrid, load_image, load_model
from attention_core.analysis.rollout import rollout
from attention_core.analysis.sinks import outlying_patches
from tests.browser.explorer import EXPLORATION, parameters
from tests.browser.looks import looks_right
from tests.browser.serving import DESKTOP, PHONE, ROOT
from tests.browser.waiting import PATIENCE_MS, answered, frame, rest

LINK: Final = "/your_image?picture=Cat&across=25&layer=3&tab=Depth+and+outliers"
ROWS, COLS = 17, 25
PLANT: Final = """([patch, factor]) => {
  const [id, entry] = [...globalThis.regardStored].find(([name]) => name.startsWith("moves:"));
  for (const layer of [5, 6, 9]) entry.after[entry.from[layer] + 1 + patch] *= factor;
  globalThis.dispatchEvent(new CustomEvent("regard:stored", { detail: id }));
}"""


@pytest.fixture(scope="module")
def recorded() -> tuple[AttentionRecord, PatchGrid]:
    return load_model().record(load_image(ROOT / "assets/photos/cat.jpg"), COLS, blocks=True)


@pytest.fixture(scope="module")
def page(tab: Page, server: str) -> Page:
    tab.goto(server + LINK)
    tab.locator(".regard-depth .layout").evaluate("node => node.scrollIntoView({ block: 'center' })")
    expect(tab.locator(".regard-depth .strip button")).to_have_count(12, timeout=PATIENCE_MS)
    settled(tab)
    return tab


def settled(page: Page) -> None:
    rest(page, 400)
    answered(page)
    frame(page)


def value(page: Page, selector: str) -> float:
    return float(page.locator(f".regard-depth {selector}").first.get_attribute("data-value") or "nan")


def point(page: Page, row: int, col: int) -> None:
    box = page.locator(".regard-depth .field .map").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + (col + 0.5) * box["width"] / COLS, box["y"] + (row + 0.5) * box["height"] / ROWS)
    frame(page)


def test_numbers_of_patches_layers_and_cls_are_the_cores(page: Page, recorded: tuple[AttentionRecord, PatchGrid]) -> None:
    record, grid = recorded
    for layer, (row, col) in ((3, (4, 6)), (0, (16, 24)), (11, (9, 12))):
        page.locator(".regard-depth .strip button").nth(layer).click()
        point(page, row, col)
        assert page.locator(".regard-depth .token").inner_text() == f"Patch ({row}, {col})"
        assert page.locator(".regard-depth .of").inner_text() == f"Layer {layer}: norm"
        moves = record.blocks[record.layers[layer].index].moves
        assert moves is not None
        token = 1 + grid.index(row, col)
        for selector, expected in {
            ".before .norm": moves.before[0, token],
            ".attention .adds": moves.attention[0, token],
            ".attention .share": moves.attention[0, token] / moves.before[0, token],
            ".attention .cosine": moves.cos_attention[0, token],
            ".mlp .adds": moves.mlp[0, token],
            ".mlp .cosine": moves.cos_mlp[0, token],
            ".mlp .norm": moves.after[0, token],
            ".tokens .value": moves.after[0, 0],
        }.items():
            assert value(page, selector) == pytest.approx(float(expected), rel=1e-4), (layer, selector)
        share = (moves.attention / moves.before)[0, 1:].sort().values
        bar = value(page, f".chart .layer[data-layer='{layer}'] rect.attention")
        assert bar == pytest.approx(float(share[round(0.5 * (len(share) - 1))]), rel=1e-4)


def test_a_tile_reads_cls_and_the_segments_change_the_maps(page: Page, recorded: tuple[AttentionRecord, PatchGrid]) -> None:
    page.locator(".regard-depth .strip button").nth(7).click()
    page.locator(".regard-depth").get_by_role("radio", name="Moved by the MLP").click()
    page.locator(".regard-depth .tokens button").first.click()
    frame(page)
    moves = recorded[0].blocks[recorded[0].layers[7].index].moves
    assert moves is not None
    assert page.locator(".regard-depth .token").inner_text() == "CLS"
    assert value(page, ".mlp .adds") == pytest.approx(float(moves.mlp[0, 0]), rel=1e-4)
    shares = (moves.mlp / moves.after_attention)[0]
    assert value(page, ".tokens .value") == pytest.approx(float(shares[0]), rel=1e-4)
    assert value(page, ".field .high") == pytest.approx(float(shares[1:].max()), rel=1e-4)
    page.locator(".regard-depth").get_by_role("radio", name="Norm", exact=True).click()
    assert parameters(page)["layer"] == ["7"], "the picture shows the layer too"


def test_none_sticks_out_until_one_is_planted_and_then_the_map_is_shown_without_it(page: Page) -> None:
    expect(page.locator(".regard-depth .says")).to_contain_text("None: the largest norm is")
    expect(page.locator(".regard-depth .without")).to_be_hidden()
    page.evaluate(PLANT, [4 * COLS + 20, 10])
    page.mouse.move(2, 2)
    frame(page)
    item = page.locator(".regard-depth .list button")
    expect(item).to_have_text("(4, 20) layers 5–6, 9")
    expect(page.locator(".regard-depth .without figcaption")).to_have_text("The map without patch (4, 20):")
    item.click()
    frame(page)
    assert parameters(page)["pin"] == ["4,20"]
    page.evaluate(f"() => {EXPLORATION}.pin(null)")
    page.evaluate(PLANT, [4 * COLS + 20, 0.1])
    frame(page)
    expect(item).to_have_count(0)


def test_a_rollout_is_made_without_what_dominates_it(page: Page, recorded: tuple[AttentionRecord, PatchGrid]) -> None:
    page.evaluate(f"() => {EXPLORATION}.set({{ depth: 'rollout', pin: [9, 4] }})")
    settled(page)
    expect(page.locator(".regard-depth .without")).to_be_visible(timeout=PATIENCE_MS)
    said = page.locator(".regard-depth .without figcaption").inner_text()
    record, grid = recorded
    rows = page.evaluate("() => [...[...globalThis.regardStored].find(([name]) => name.includes('/without'))[1].rows]")
    token = 1 + grid.index(9, 4)
    (dominating,) = outlying_patches(rollout(record.layers, token)[0], grid, 1, token)
    assert said == f"The rollout without patch ({dominating.row}, {dominating.col}):"
    left_out = 1 + grid.index(dominating.row, dominating.col)
    expected = rollout(record.layers, token, without=[left_out])[0]
    assert rows == pytest.approx(expected.tolist(), rel=1e-3, abs=1e-7) and rows[left_out] == 0
    page.evaluate(f"() => {EXPLORATION}.set({{ depth: 'layer', pin: null }})")
    settled(page)


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["390", "1440"])
def test_it_looks_right_and_axe_finds_nothing(page: Page, size: Any) -> None:
    looks_right(page, size, ".regard-depth .layout", "depth", lambda: point(page, 5, 9))


def test_arrow_keys_walk_the_layers(page: Page) -> None:
    page.locator(".regard-depth .strip [aria-checked='true']").focus()
    page.keyboard.press("ArrowLeft")
    frame(page)
    assert parameters(page)["layer"] == ["6"]
    assert page.evaluate("() => document.activeElement.shadowRoot?.activeElement?.ariaLabel ?? ''").startswith("Layer 6")
