"""Finding heads: what stands out, a box over the picture and who looks into it, heads like one, and the ranking of them all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
import torch
from playwright.sync_api import Locator, Page, expect
from torch import Tensor

from attention_core import AttentionRecord, PatchGrid
from attention_core.analysis.similar_heads import similar_heads
from tests.browser.axe import violations
from tests.browser.conftest import screenshot, screenshots
from tests.browser.explorer import EXPLORATION, centre, parameters, settings, settle, wait_for_all_layers, wait_for_map
from tests.browser.serving import DESKTOP, PHONE
from tests.browser.tabs import Tabs
from tests.browser.test_all_heads import HEADS, LAYERS, afresh, measured, on_map, recorded, written
from tests.browser.waiting import frame, rest, until

pytestmark = pytest.mark.nightly

__all__ = ["afresh", "recorded"]  # fixtures, the first of which every test uses
Open = Callable[..., Page]
ADDRESS = "your_image?picture=Coffee&across=14"
ASKING = (4, 9)
BOX = (2, 3, 3, 4)
"""(row, col, rows, cols)."""
TEN = ((0, 0), (0, 5), (1, 3), (3, 2), (4, 4), (6, 1), (7, 0), (9, 5), (10, 2), (11, 3))


@pytest.fixture(scope="module")
def page(tabs: Tabs, server: str) -> Iterator[Page]:
    with tabs.lend(f"{server}/{ADDRESS}", reduced_motion="reduce") as lent:
        wait_for_map(lent)
        wait_for_all_layers(lent)
        measured(lent)
        yield lent


def values(page: Page, measure: str) -> Tensor:
    """As the browser has them, (L, H)."""
    found = f"{EXPLORATION}.measures.valuesOf('{measure}')"
    until(page, f"() => !{EXPLORATION}.measures.waits && {found}?.every(heads => heads.every(Number.isFinite))")
    found = page.evaluate(f"() => {EXPLORATION}.measures.valuesOf('{measure}').map(heads => [...heads])")
    return torch.tensor(found)


def ranking(page: Page) -> list[tuple[str, float]]:
    """Beside the picture: the heads by name, and their whole numbers."""
    found: list[tuple[str, float]] = page.locator(".ranking li:visible").evaluate_all(
        """all => all.map(item => [item.querySelector(".name").textContent,
             Number(item.querySelector(".number").dataset.value)])"""
    )
    return [(name, value) for name, value in found]


def names_of(order: Tensor, count: int) -> list[str]:
    """Of flat indices of heads."""
    return [f"{index // HEADS}.{index % HEADS}" for index in order.flatten().tolist()[:count]]


def rows(record: AttentionRecord, token: int) -> Tensor:
    """(L, H, N)."""
    return torch.stack([layer.rows([token])[0, :, 0] for layer in record.layers])


def inside(grid: PatchGrid, box: tuple[int, int, int, int]) -> Tensor:
    """Of CLS and the patches, which lie in the box, (N)."""
    row, col, height, width = box
    held = torch.zeros(grid.rows, grid.cols, dtype=torch.bool)
    held[row : row + height, col : col + width] = True
    return torch.cat([torch.tensor([False]), held.flatten()])


def from_outside(record: AttentionRecord, held: Tensor) -> Tensor:
    """The mean share of the box over all patches outside of it, (L, H)."""
    outside = ~held
    outside[0] = False
    return torch.stack([layer.weights()[0][:, outside][..., held].sum(-1).mean(-1) for layer in record.layers])


def draw(page: Page, grid: PatchGrid, box: tuple[int, int, int, int], key: str = "") -> None:
    """By mouse; from the last patch to the first."""
    row, col, height, width = box
    start, end = ((row + height - 1, col + width - 1), (row, col))
    page.mouse.move(*centre(page, *start, grid.rows, grid.cols))
    if key:
        page.keyboard.down(key)
    page.mouse.down()
    page.mouse.move(*centre(page, *end, grid.rows, grid.cols), steps=3)
    page.mouse.up()
    if key:
        page.keyboard.up(key)
    frame(page)


def box_of(page: Page) -> str:
    drawn: str = page.locator(".map").first.evaluate("canvas => canvas.dataset.box")
    return drawn


def opacity(page: Page) -> float:
    return float(page.locator(".ranking ol").evaluate("list => getComputedStyle(list).opacity"))


def ranked_by(page: Page) -> Locator:
    return page.get_by_label("Rank the heads by")


def test_numbers_of_ten_heads_for_the_query_are_torchs(page: Page, recorded: tuple[AttentionRecord, PatchGrid]) -> None:
    record, grid = recorded
    page.evaluate(f"{EXPLORATION}.set({{ pin: {list(ASKING)} }})")
    settle(page)
    token = 1 + grid.index(*ASKING)
    weights = rows(record, token)
    r, c = torch.arange(grid.rows)[:, None] - ASKING[0], torch.arange(grid.cols) - ASKING[1]
    apart = torch.hypot(r.float(), c.float()).flatten()
    expected = {
        "entropy": -torch.xlogy(weights, weights).sum(-1) / torch.tensor(2.0).log(),
        "prefix_share": weights[..., 0],
        "mean_distance": (weights[..., 1:] * apart).sum(-1) / weights[..., 1:].sum(-1),
        "contribution": written(record)[..., token],
    }
    for measure, numbers in expected.items():
        found = values(page, measure)
        for layer, head in TEN:
            torch.testing.assert_close(found[layer, head], numbers[layer, head], rtol=0.01, atol=1e-5)
    assert ranked_by(page).input_value() == "standing"
    shown = dict(zip(page.locator(".ranking li:visible .says").all_inner_texts(), ranking(page), strict=True))
    for says, measure, largest in (
        ("looks farthest", "mean_distance", True),
        ("looks nearest", "mean_distance", False),
        ("spreads least", "entropy", False),
        ("most on CLS", "prefix_share", True),
        ("writes most", "contribution", True),
    ):
        order = values(page, measure).flatten().argsort(descending=largest)
        assert shown[says][0] == names_of(order, 1)[0]


@pytest.mark.parametrize("how", ["tool", "shift", "keys"])
def test_a_box_ranks_the_heads_that_look_into_it(page: Page, recorded: tuple[AttentionRecord, PatchGrid], how: str) -> None:
    record, grid = recorded
    row, col, height, width = BOX
    if how == "keys":
        page.evaluate(f"{EXPLORATION}.set({{ pin: [{row}, {col}] }})")
        page.get_by_role("button", name="Box", exact=True).press("Enter")
        page.locator(".map").focus()
        for key in ["ArrowDown"] * (height - 1) + ["ArrowRight"] * (width - 1):
            page.keyboard.press(f"Shift+{key}")
        page.mouse.click(*centre(page, *ASKING, grid.rows, grid.cols))
        frame(page)
    else:
        if how == "tool":
            page.get_by_role("button", name="Box", exact=True).click()
            expect(page.locator(".readout .hint")).to_have_text(re.compile("^Drag a box"))
        draw(page, grid, BOX, key="Shift" if how == "shift" else "")
    assert box_of(page) == ",".join(map(str, BOX)) and parameters(page)["box"] == [box_of(page)]
    assert settings(page)["pin"] == (list(ASKING) if how == "keys" else None), "a click pins, the drag does not"
    held = inside(grid, BOX)
    found = values(page, "box")
    torch.testing.assert_close(found, from_outside(record, held), rtol=5e-3, atol=1e-5)
    frame(page)
    order = found.flatten().argsort(descending=True, stable=True)
    assert [name for name, _ in ranking(page)] == names_of(order, len(ranking(page)))
    assert ranking(page)[0][1] == found.max().item()
    expect(page.locator(".ranking-says")).to_contain_text(f"{100 * held.float().mean().item():.2f}"[:4])
    page.locator(".map").focus()
    for _ in range(2 if how == "keys" else 1):
        page.keyboard.press("Escape")
    frame(page)
    assert box_of(page) == ""
    assert (settings(page)["box"], settings(page)["measure"]) == (None, "standing")


def test_a_box_is_looked_into_from_cls_and_from_the_query(page: Page, recorded: tuple[AttentionRecord, PatchGrid]) -> None:
    record, grid = recorded
    held = inside(grid, BOX)
    page.evaluate(f"{EXPLORATION}.set({{ pin: {list(ASKING)}, box: {list(BOX)}, measure: 'box', direction: 'incoming' }})")
    settle(page)
    beside = page.locator(".ranking")
    for title, token in (("CLS", 0), ("Query", 1 + grid.index(*ASKING))):
        beside.get_by_role("radio", name=title).click()
        torch.testing.assert_close(values(page, "box"), rows(record, token)[..., held].sum(-1), rtol=5e-3, atol=1e-5)
        assert parameters(page)["from"] == [title]
    first = ranking(page)[0][0]
    beside.get_by_role("button", name=re.compile(f"^{re.escape(first)} ")).click()
    frame(page)
    layer, head = map(int, first.split("."))
    assert (settings(page)["layer"], settings(page)["heads"]) == (layer, [head])
    assert on_map(page, ".all-heads .cells") == {(layer, head)}
    page.locator(".chart").scroll_into_view_if_needed()
    frame(page)
    for figure in (".chart", ".heads-table", ".regard-heads-atlas .cells"):
        assert on_map(page, figure) == {(layer, head)}, figure


def test_heads_like_this_one_for_the_query_and_over_all(page: Page, recorded: tuple[AttentionRecord, PatchGrid]) -> None:
    record, grid = recorded
    page.evaluate(f"{EXPLORATION}.set({{ pin: {list(ASKING)}, layer: 7, heads: [2] }})")
    settle(page)
    page.locator(".regard-explorer").get_by_role("button", name="Heads like this one").click()
    weights = rows(record, 1 + grid.index(*ASKING)).double()
    middle = (weights + weights[7, 2]) / 2
    bits = [-torch.xlogy(each, each).sum(-1) / torch.tensor(2.0).log() for each in (middle, weights, weights[7, 2])]
    torch.testing.assert_close(values(page, "likeness").double(), 1 - (bits[0] - (bits[1] + bits[2]) / 2), rtol=0.01, atol=1e-3)
    frame(page)
    assert ranking(page)[0] == ("7.2", 1) and parameters(page)["like"] == ["7,2"]
    page.locator(".regard-heads-atlas").get_by_role("radio", name="All queries").click()
    expected = 1 - torch.stack(similar_heads(record.layers, 7, 2))
    torch.testing.assert_close(values(page, "likeness"), expected, rtol=1e-5, atol=1e-5)


def test_the_table_ranks_and_the_grid_follows(page: Page) -> None:
    atlas = page.locator(".regard-heads-atlas")
    atlas.get_by_role("columnheader", name="Entropy").get_by_role("button").click()
    frame(page)
    order = values(page, "entropy").flatten().argsort(descending=True, stable=True)
    lines = atlas.locator("tbody tr")
    assert lines.locator("th").all_inner_texts() == names_of(order, LAYERS * HEADS)
    atlas.get_by_role("columnheader", name="Entropy").get_by_role("button").click()
    atlas.get_by_role("button", name="In order").click()
    atlas.get_by_role("button", name="Colours").click()
    rest(page, 400)  # the grid takes an order once it rests
    frame(page)
    rising = names_of(order.flip(0), LAYERS * HEADS)
    assert lines.locator("th").all_inner_texts()[:10] == rising[:10]
    places = atlas.locator(".cells button").evaluate_all(
        """all => all.map(cell => [cell.getBoundingClientRect(), cell.dataset.name])
             .map(([{ left, top }, name]) => [Math.round(top), left, name])"""
    )
    cells = [name for _, _, name in sorted(places)]
    assert cells == rising
    least = atlas.locator(f".cells [data-name='{rising[0]}']")
    assert float(least.get_attribute("data-number") or "nan") == pytest.approx(values(page, "entropy").min().item(), abs=0.01)
    assert {"measure": ["Entropy"], "rising": ["true"], "ordered": ["true"], "coloured": ["true"]}.items() <= parameters(
        page
    ).items()
    screenshot(page, "find-in-order")


def test_winners_of_a_part_of_the_layers_are_dimmed(page: Page) -> None:
    listed = page.locator(".ranking ol")
    before = listed.bounding_box()
    page.evaluate(
        f"""() => {{ const exploration = {EXPLORATION}, rows = exploration.rowsOf.bind(exploration);
             exploration.rowsOf = (layer) => (layer < 2 ? rows(layer) : null); exploration.redraw(); }}"""
    )
    frame(page)
    expect(page.locator(".ranking-says")).to_have_text(f"Of 2 of {LAYERS} layers so far")
    assert opacity(page) < 1 and listed.bounding_box() == before
    page.evaluate(f"() => {{ delete {EXPLORATION}.rowsOf; {EXPLORATION}.redraw(); }}")
    frame(page)
    expect(page.locator(".ranking-says")).to_contain_text("Layer.head")
    assert opacity(page) == 1


def test_a_head_leads_to_the_page_on_which_it_is_off(page: Page) -> None:
    page.evaluate(f"{EXPLORATION}.set({{ pin: {list(ASKING)}, layer: 7, heads: [2] }})")
    frame(page)
    for where in (".regard-explorer", ".regard-heads-atlas"):
        href = page.locator(where).get_by_role("link", name="Switch off 7.2").get_attribute("href") or ""
        assert href.startswith("what_if?") and {"picture=Coffee", "across=14", "pin=4%2C9", "edits=7.2%3Aoff"} <= set(
            href.removeprefix("what_if?").split("&")
        )


def test_a_link_opens_with_box_and_ranking_without_barriers(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/{ADDRESS}&box=2,3,3,4&measure=Box&from=CLS&layer=9&heads=4", viewport=DESKTOP)
    wait_for_map(page)
    wait_for_all_layers(page)
    assert box_of(page) == "2,3,3,4" and ranked_by(page).input_value() == "box"
    expect(page.locator(".ranking").get_by_role("radio", name="CLS")).to_be_checked()
    assert violations(page) == []
    page.mouse.move(2, 2)
    screenshots(page, "find-box")


def test_numbers_are_measured_on_demand_whichever_tab_is_open(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/{ADDRESS}&tab=Matrix", viewport=DESKTOP)
    wait_for_map(page)
    wait_for_all_layers(page)
    expect(page.locator(".ranking .standing")).not_to_contain_text("writes most")
    page.get_by_role("button", name="Find which writes most").click()
    expect(page.locator(".ranking .standing")).to_contain_text("writes most")
    expect(page.locator(".ranking .unwritten")).to_be_hidden()
    before = page.locator(".all-heads .heads-grid").bounding_box()
    page.locator(".thumbs button").nth(2).click()
    frame(page)
    assert page.locator(".all-heads .heads-grid").bounding_box() == before, "nothing moves where a head is chosen"
    expect(page.locator(".of-heads .quiet")).to_be_visible()
    first = page.locator(".ranking li").first.bounding_box()
    page.evaluate(f"{EXPLORATION}.set({{ over: 'picture', measure: 'likeness', like: [2, 0] }})")
    frame(page)
    assert len(ranking(page)) > 5 and opacity(page) < 1, "this query's numbers stay meanwhile, dimmed"
    expect(page.locator(".ranking .caveat")).to_have_text(re.compile("^This query’s, until all"))
    assert first == {**(page.locator(".ranking li").first.bounding_box() or {}), "height": (first or {})["height"]}
    screenshot(page, "find-until-all-queries")
    until(page, f"() => !{EXPLORATION}.measures.waits")
    frame(page)
    expect(page.locator(".ranking .caveat")).to_be_hidden()
    assert opacity(page) == 1
    expect(page.locator(".ranking-says")).to_contain_text("over the whole picture")


def test_on_a_phone_a_finger_draws_the_box(open_page: Open, server: str, recorded: tuple[AttentionRecord, PatchGrid]) -> None:
    _, grid = recorded
    page = open_page(f"{server}/{ADDRESS}", viewport=PHONE, has_touch=True)
    wait_for_map(page)
    wait_for_all_layers(page)
    page.get_by_role("button", name="Box", exact=True).tap()
    session = page.context.new_cdp_session(page)
    row, col, height, width = BOX
    places = [centre(page, *at, grid.rows, grid.cols) for at in ((row, col), (row + height - 1, col + width - 1))]
    for kind, points in (("Start", places[:1]), ("Move", places[1:]), ("Move", places[1:]), ("End", [])):
        touches = [{"x": x, "y": y} for x, y in points]
        session.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": touches})
        rest(page, 120)  # a finger that is lifted in full course flings, and the browser takes its next tap for a stop
    frame(page)
    assert box_of(page) == ",".join(map(str, BOX)) and settings(page)["pin"] is None
    page.locator(".ranking").scroll_into_view_if_needed()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    values(page, "box")
    screenshot(page, "find-box-390")
    page.locator(".ranking li button").nth(5).tap()
    settle(page)
    assert [*parameters(page)["layer"], *parameters(page)["heads"]] == ranking(page)[5][0].split(".")
