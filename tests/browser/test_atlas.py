"""The page "Atlas" in a browser: its numbers against the atlas itself, and everything that a reader does there."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow.csv
import pyarrow.parquet
import pytest
from playwright.sync_api import Page, expect

from attention_core.atlas.comparing import compare
from attention_core.atlas.manifest import MANIFEST
from attention_core.atlas.reading import Atlas
from tests.atlas.written import numbers, write_atlas
from tests.browser.atlas_page import answers, cell, choose, order, settle, values, wait_for_atlas
from tests.browser.axe import violations
from tests.browser.conftest import screenshot
from tests.browser.explorer import parameters, wait_for_map
from tests.browser.explorer import settings as explorer_settings
from tests.browser.explorer import settle as settle_map
from tests.browser.serving import DESKTOP, PHONE
from tests.browser.themes import GROUNDS, turn
from tests.browser.waiting import runs
from ui import atlases

Open = Callable[..., Page]
TRAINED, UNTRAINED = (Atlas(atlases.BUNDLED / name) for name in atlases.TITLES)

PARTS = ".st-key-bar, .regard-atlas .tools, [class*='regard-atlas'] header, .regard-atlas .listed"
BEYOND = """(parts, width) => parts.flatMap((part) => [part, ...part.querySelectorAll("*")])
    .filter((each) => each.scrollWidth > each.clientWidth && ["auto", "scroll"].includes(getComputedStyle(each).overflowX)
        || each.matches("button, td, th") && each.getBoundingClientRect().right > width)
    .map((each) => `${each.tagName} ${each.className}`)"""
"""What is scrolled sideways, or stands beyond the edge."""


def saved(page: Page, press: Callable[[], None]) -> bytes:
    with page.expect_download() as download:
        press()
    return Path(download.value.path()).read_bytes()


def test_a_reader_sorts_chooses_a_head_compares_and_takes_along(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/atlas", reduced_motion="reduce")
    wait_for_atlas(page)
    found = TRAINED.grid("entropy")
    np.testing.assert_allclose(values(page, TRAINED.shape), found.mean)
    expect(page.locator(".regard-atlas-grid h2")).to_have_text("Photographs · DINOv2-small: entropy")

    choose(page, "Variation between pictures")
    choose(page, "By value")
    assert order(page) == [(layer, head) for layer, head, _ in TRAINED.varying("entropy")]
    choose(page, "Mean distance")
    choose(page, "Mean")
    cell(page, 3, 4).hover()
    low, high = TRAINED.grid("mean_distance").low[3, 4], TRAINED.grid("mean_distance").high[3, 4]
    told = page.locator(".regard-atlas .told")
    assert float(told.locator(".low").get_attribute("data-value") or "") == pytest.approx(low)
    assert float(told.locator(".high").get_attribute("data-value") or "") == pytest.approx(high)

    cell(page, 3, 4).click()
    settle(page)
    expect(cell(page, 3, 4)).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".regard-atlas-head h2")).to_have_text("Layer 3, head 4")
    assert answers(page, "most") == TRAINED.pictures("mean_distance", 3, 4, count=8)
    assert answers(page, "least") == TRAINED.pictures("mean_distance", 3, 4, most=False, count=8)
    bars = page.locator(".regard-atlas-head .bar").evaluate_all("bars => bars.map(bar => Number(bar.dataset.value))")
    np.testing.assert_array_equal(bars, TRAINED.spread("mean_distance", 3, 4).counts)
    assert page.locator(".regard-atlas-head img").evaluate_all("images => images.every(image => image.naturalWidth > 50)")

    page.get_by_test_id("stPopoverButton").filter(has_text="Beside").click()
    page.get_by_test_id("stPopoverBody").get_by_text("Photographs, untrained").click()
    settle(page)
    page.keyboard.press("Escape")
    expected = compare(TRAINED, UNTRAINED, "mean_distance")
    choose(page, "Difference")
    np.testing.assert_allclose(values(page, TRAINED.shape), expected.difference)
    choose(page, "Effect size")
    np.testing.assert_allclose(values(page, TRAINED.shape), expected.effect)
    expect(page.get_by_text("Paired over the 52 pictures that both have by name")).to_be_visible()
    link = parameters(page)
    assert link["head"] == ["3.4"] and link["beside"] == ["photographs-untrained"] and link["measure"] == ["Mean distance"]

    drawing = saved(page, lambda: page.locator(".regard-atlas-grid .figure-files .svg").click()).decode()
    assert drawing.startswith("<svg") and drawing.count('role="button"') == 72
    spread = saved(page, lambda: page.locator(".regard-atlas-head .figure-files .svg").click()).decode()
    assert spread.count('class="bar"') == 40 and "mean beside" in spread
    page.get_by_test_id("stPopoverButton").filter(has_text="Export").click()
    tables = [
        saved(page, lambda kind=kind: page.locator(".regard-atlas-files button").filter(has_text=kind).click())  # type: ignore[misc]
        for kind in ("CSV", "Parquet")
    ]
    for table in (pyarrow.csv.read_csv(io.BytesIO(tables[0])), pyarrow.parquet.read_table(io.BytesIO(tables[1]))):
        np.testing.assert_allclose(table["effect"].to_numpy(), expected.effect.ravel())
        np.testing.assert_allclose(table["mean_low"].to_numpy(), TRAINED.grid("mean_distance").low.ravel())
    page.keyboard.press("Escape")

    other = open_page(page.url, reduced_motion="reduce")
    wait_for_atlas(other)
    np.testing.assert_allclose(values(other, TRAINED.shape), expected.effect)
    expect(other.locator(".regard-atlas-head h2")).to_have_text("Layer 3, head 4")


def test_no_script_runs_for_heads_measures_and_tables(tab: Page, server: str) -> None:
    page = tab
    page.goto(f"{server}/atlas")
    wait_for_atlas(page)
    before = runs(page)
    for layer, head in ((3, 4), (7, 0), (11, 5)):
        cell(page, layer, head).click()
        settle(page)
        assert answers(page, "most") == TRAINED.pictures("entropy", layer, head, count=8)
    for measure in ("Mean distance", "Contribution", "Variation between pictures", "By value", "Entropy", "Mean"):
        choose(page, measure)
    assert answers(page, "least") == TRAINED.pictures("entropy", 11, 5, most=False, count=8)
    page.locator(".regard-atlas .views").get_by_role("radio", name="Table").click()
    page.get_by_test_id("stPopoverButton").filter(has_text="Export").click()
    saved(page, lambda: page.locator(".regard-atlas-files .csv").click())
    page.keyboard.press("Escape")
    settle(page)
    assert parameters(page) == {"head": ["11.5"], "order": ["By value"], "as": ["table"]}
    assert runs(page) == before > 0


def test_labels_narrow_what_is_counted(tab: Page, server: str) -> None:
    tab.goto(f"{server}/atlas?by={json.dumps(['photograph'])}")
    wait_for_atlas(tab)
    tab.get_by_test_id("stPopoverButton").filter(has_text="Every picture").click()
    tab.get_by_test_id("stPopoverBody").get_by_role("combobox").click()
    tab.get_by_role("option", name="photograph").click()
    settle(tab)
    tab.get_by_test_id("stPopoverBody").get_by_text("Cat (13)").click()
    settle(tab)
    only = TRAINED.labels[0].chosen("photograph", ("Cat",))
    np.testing.assert_allclose(values(tab, TRAINED.shape), TRAINED.grid("entropy", only).mean)
    assert {name.partition("#")[0] for name, _ in answers(tab, "most")} == {"cat.jpg"}
    assert parameters(tab)["are"] == ['["Cat"]']


def test_a_picture_opens_on_your_image_with_its_head_and_outlives_a_reload(tab: Page, server: str) -> None:
    tab.goto(f"{server}/atlas?head=8.3")
    wait_for_atlas(tab)
    (name, _), *_ = answers(tab, "most")
    tab.locator(".regard-atlas-head .most button").first.click()
    tab.wait_for_url("**/your_image*")
    for _ in range(2):
        wait_for_map(tab)
        settle_map(tab)
        shown = explorer_settings(tab)
        assert (shown["layer"], shown["heads"]) == (8, [3])
        assert parameters(tab)["of-picture"] == [name] and parameters(tab)["across"] == ["16"]
        expect(tab.get_by_text(f"“{name}”, from the atlas “Photographs”.")).to_be_visible()
        tab.reload()


def test_with_the_keyboard_alone(tab: Page, server: str) -> None:
    tab.goto(f"{server}/atlas?head=2.1")
    wait_for_atlas(tab)
    cell(tab, 2, 1).focus()
    assert tab.locator(".regard-atlas .cell[tabindex='0']").count() == 1
    for key, place in (
        ("ArrowRight", (2, 2)),
        ("ArrowDown", (3, 2)),
        ("ArrowLeft", (3, 1)),
        ("ArrowUp", (2, 1)),
        ("End", (2, 5)),
    ):
        tab.keyboard.press(key)
        expect(cell(tab, *place)).to_be_focused()
    tab.keyboard.press("Enter")
    settle(tab)
    expect(cell(tab, 2, 5)).to_be_focused()
    expect(tab.locator(".regard-atlas-head h2")).to_have_text("Layer 2, head 5")
    tab.locator(".regard-atlas .views").get_by_role("radio", name="Grid").focus()
    tab.keyboard.press("ArrowRight")
    table = tab.locator(".regard-atlas table")
    expect(table).to_be_visible()
    settle(tab)
    assert parameters(tab)["as"] == ["table"]
    assert violations(tab) == []
    by = table.locator("button[data-name=mean]")
    by.focus()
    tab.keyboard.press("Enter")
    expect(by).to_be_focused()
    firsts = [row.text_content() for row in table.locator("tbody th").all()]
    mean = TRAINED.grid("entropy").mean
    assert firsts == [
        f"{layer}.{head}" for layer, head in zip(*np.unravel_index(np.argsort(-mean.ravel()), mean.shape), strict=True)
    ]
    tab.keyboard.press("Enter")
    expect(table.locator("[aria-sort]")).to_have_attribute("aria-sort", "ascending")
    table.locator("tbody button").first.focus()
    tab.keyboard.press("Enter")
    settle(tab)
    layer, head = np.unravel_index(np.argmin(mean), mean.shape)
    expect(tab.locator(".regard-atlas-head h2")).to_have_text(f"Layer {layer}, head {head}")
    tab.reload()
    expect(table).to_be_visible()
    settle(tab)
    tab.locator(".regard-atlas .views").get_by_role("radio", name="Grid").click()
    settle(tab)
    expect(cell(tab, 0, 0)).to_be_visible()
    assert "as" not in parameters(tab)


def test_what_cannot_be_opened_is_one_sentence_over_a_page_that_works(tab: Page, server: str, tmp_path: Path) -> None:
    old = write_atlas(tmp_path / "old", numbers(3))
    said = json.loads((old / MANIFEST).read_text())
    (old / MANIFEST).write_text(json.dumps(said | {"version": 0}))
    begun = write_atlas(tmp_path / "begun", numbers(40), finished=False, shards=1)
    tab.goto(f"{server}/atlas")
    wait_for_atlas(tab)
    for folder, says in (
        (tmp_path, "is no atlas: no _manifest.json in it"),
        (old, "was written by an older Regard"),
        (begun, "“begun” is still being written: 16 of 40 pictures are in it so far."),
    ):
        tab.get_by_test_id("stPopoverButton").first.click()
        box = tab.get_by_test_id("stPopoverBody").get_by_role("textbox")
        box.press("ControlOrMeta+a")
        tab.keyboard.type(str(folder))
        box.press("Enter")
        settle(tab)
        tab.keyboard.press("Escape")
        alert = tab.get_by_test_id("stAlert")
        expect(alert).to_have_count(1)
        expect(alert).to_contain_text(says)
        expect(cell(tab, 1, 1)).to_be_visible()
    assert tab.get_by_text("not there any more").count() == 16, "its pictures lie nowhere"


@pytest.mark.parametrize("size", [DESKTOP, {"width": 1920, "height": 1080}, PHONE], ids=lambda size: size["width"])
def test_it_looks_right(tab: Page, server: str, size: dict[str, int]) -> None:
    tab.set_viewport_size(size)  # type: ignore[arg-type]
    tab.goto(f"{server}/atlas?beside=photographs-untrained&show=Difference")
    wait_for_atlas(tab)
    for theme in GROUNDS:
        turn(tab, theme)
        screenshot(tab, f"atlas-{size['width']}-{theme}")
        assert violations(tab) == []
    for view in ("Table", "Grid"):
        tab.locator(".regard-atlas .views").get_by_role("radio", name=view).click()
        choose(tab, "Contribution")
        assert tab.evaluate("document.documentElement.scrollWidth") <= size["width"]
        assert tab.locator(PARTS).evaluate_all(BEYOND, size["width"]) == []
    if size["width"] > 1000:
        grid, head = (tab.locator(each).bounding_box() for each in (".regard-atlas .cells", ".regard-atlas-head .least"))
        assert grid is not None and head is not None
        assert max(grid["y"] + grid["height"], head["y"] + head["height"]) <= size["height"], "cause and effect share a screen"
