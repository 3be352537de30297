"""Why this weight: its numbers are torch's, and it follows the pointer, the keys and the heads of the page."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, Final

import pytest
from playwright.sync_api import Locator, Page, expect

from attention_core import AttentionRecord, PatchGrid, load_image, load_model
from attention_core.analysis.weight_terms import mean_key_terms, weight_terms
from attention_core.models.rotations import unrotated
from tests.browser.conftest import screenshot
from tests.browser.explorer import EXPLORATION, parameters
from tests.browser.looks import looks_right
from tests.browser.rotary_app import ACROSS, rotary
from tests.browser.serving import DESKTOP, PHONE, ROOT, Servers
from tests.browser.waiting import PATIENCE_MS, answered, frame, rest

LINK: Final = "/your_image?picture=Cat&across=25&layer=3&heads=2&pin=4,6&tab=Why+this+weight"
ROWS, COLS = 17, 25


@pytest.fixture(scope="module")
def recorded() -> tuple[AttentionRecord, PatchGrid]:
    return load_model().record(load_image(ROOT / "assets/photos/cat.jpg"), COLS)


@pytest.fixture(scope="module")
def opened(tab: Page, server: str) -> Page:
    tab.goto(server + LINK)
    tab.locator(".regard-why .layout").scroll_into_view_if_needed(timeout=PATIENCE_MS)
    tab.locator(".regard-why .layout").evaluate("node => node.scrollIntoView({ block: 'center' })")
    ready(tab)
    return tab


@pytest.fixture
def page(opened: Page) -> Page:
    """As it was opened, the pointer somewhere else."""
    opened.mouse.move(2, 2)
    picture(opened).press("Escape")  # lets a held key go
    put(opened, layer=3, heads=[2], direction="outgoing", query="patch", pin=[4, 6], temperature=1)
    opened.locator(".against").get_by_text("Alone").click()
    return opened


def ready(page: Page) -> None:
    """The exact queries and keys of the head are there."""
    rest(page, 300)
    answered(page)
    expect(page.locator(".regard-why .layout:not(.stale) .rivals li").first).to_be_visible(timeout=PATIENCE_MS)
    frame(page)


def put(page: Page, **settings: Any) -> None:
    page.evaluate(f"settings => {EXPLORATION}.set(settings)", settings)
    frame(page)
    ready(page)


def picture(page: Page) -> Locator:
    return page.locator(".regard-why .map")


def place(page: Page, row: int, col: int) -> tuple[float, float]:
    box = picture(page).bounding_box()
    assert box is not None
    return box["x"] + (col + 0.5) * box["width"] / COLS, box["y"] + (row + 0.5) * box["height"] / ROWS


def point(page: Page, row: int, col: int) -> None:
    picture(page).scroll_into_view_if_needed()
    page.mouse.move(*place(page, row, col))
    frame(page)


def value(page: Page, selector: str) -> float:
    return float(page.locator(f".regard-why {selector}").first.get_attribute("data-value") or "nan")


def pair(page: Page) -> tuple[str, str]:
    return page.locator(".regard-why .query-name").inner_text(), page.locator(".regard-why .key-name").inner_text()


def test_ten_pairs_are_torchs(page: Page, recorded: tuple[AttentionRecord, PatchGrid]) -> None:
    record, grid = recorded
    query = 1 + grid.index(4, 6)
    for layer, head in ((3, 2), (10, 5)):
        put(page, layer=layer, heads=[head])
        for row, col in ((0, 0), (4, 7), (9, 12), (16, 24), (11, 3)):
            point(page, row, col)
            expected = weight_terms(record.layers[layer], head, query, 1 + grid.index(row, col))
            assert pair(page) == ("(4, 6)", f"({row}, {col})")
            assert value(page, ".sum .sum") == pytest.approx(float(expected.terms.sum()), rel=1e-4, abs=1e-4)
            assert value(page, ".sum .score") == pytest.approx(expected.score, rel=1e-4, abs=1e-4)
            assert value(page, ".sum .weight") == pytest.approx(expected.weight, rel=1e-4)
            largest = expected.terms.abs().topk(5).indices.tolist()
            assert [int(name) for name in page.locator(".dimension .channel").all_inner_texts()] == largest
            assert value(page, ".dimension .term") == pytest.approx(float(expected.terms[largest[0]]), rel=1e-4)
            rivals = page.locator(".rivals li:visible")
            assert [int(token or -1) for token in (rivals.nth(at).get_attribute("data-token") for at in range(7))] == (
                expected.rivals(7)
            )


def test_against_the_mean_key_and_at_another_temperature(page: Page, recorded: tuple[AttentionRecord, PatchGrid]) -> None:
    record, grid = recorded
    query, key = 1 + grid.index(4, 6), 1 + grid.index(9, 12)
    point(page, 9, 12)
    put(page, temperature=0.5)
    expected = weight_terms(record.layers[3], 2, query, key, 0.5)
    assert value(page, ".sum .weight") == pytest.approx(expected.weight, rel=1e-4)
    page.mouse.click(*place(page, 9, 12))  # holds the key
    page.locator(".against").get_by_text("Against the mean key").click()
    frame(page)
    apart = expected.terms - mean_key_terms(record.layers[3], 2, query)
    assert value(page, ".sum .sum") == pytest.approx(float(apart.sum()), rel=1e-4)
    first = int(apart.abs().argmax())
    box = page.locator(".regard-why .chart").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 38 + (first + 0.5) * (box["width"] - 44) / 64, box["y"] + 40)
    frame(page)
    assert page.locator(".dimension").inner_text().startswith(f"Dimension {first}:")
    assert value(page, ".dimension .of-term") == pytest.approx(float(apart[first]), rel=1e-4)
    assert pair(page)[1] == "(9, 12)", "a held key stays while the pointer is elsewhere"


def test_clicks_pin_the_query_hold_the_key_and_let_both_go(page: Page) -> None:
    page.mouse.click(*place(page, 9, 12))
    point(page, 2, 2)
    assert pair(page) == ("(4, 6)", "(9, 12)")
    assert page.locator(".regard-explorer .map").evaluate("({ dataset }) => [dataset.litQuery, dataset.litKey]") == [
        "4,6,1,1",
        "9,12,1,1",
    ]
    page.mouse.click(*place(page, 9, 12))
    point(page, 2, 2)
    assert pair(page) == ("(4, 6)", "(2, 2)")
    page.mouse.click(*place(page, 4, 6))
    frame(page)
    assert "pin" not in parameters(page)
    point(page, 10, 3)
    assert pair(page)[0] == "(10, 3)", "without a pin the query follows the pointer"
    page.locator(".tokens button").first.click()
    frame(page)
    assert pair(page)[1] == "CLS"


def test_the_keyboard_walks_keys_rivals_and_dimensions(page: Page) -> None:
    page.mouse.click(*place(page, 9, 12))
    page.mouse.move(2, 2)
    picture(page).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    frame(page)
    assert pair(page)[1] == "(10, 13)" and parameters(page)["pin"] == ["4,6"]
    page.locator(".regard-why .chart").focus()
    page.keyboard.press("ArrowRight")
    frame(page)
    assert page.locator(".dimension").inner_text().startswith("Dimension ")
    picture(page).focus()
    page.keyboard.press("Escape")
    page.locator(".rivals button").first.focus()
    page.keyboard.press("ArrowDown")
    frame(page)
    assert page.locator(".rivals li").nth(1).locator("button").get_attribute("aria-pressed") == "true"
    expect(page.locator(".pair-told")).to_contain_text("number 2 of 426")


def test_a_click_on_a_head_chooses_it_and_looked_at_by_turns_the_pair_round(page: Page) -> None:
    page.locator(".chips button").nth(4).click()
    ready(page)
    assert parameters(page)["heads"] == ["4"]
    assert page.locator(".of").inner_text() == "Layer 3, head 4"
    put(page, direction="incoming")
    point(page, 9, 12)
    assert pair(page) == ("(9, 12)", "(4, 6)")


def test_with_rotary_positions_content_and_position_make_the_score(open_page: Callable[..., Page], servers: Servers) -> None:
    model = rotary()
    image = load_image(ROOT / "assets/photos/astronaut.jpg")
    record, grid = model.record(image, ACROSS)
    before = unrotated(model, image, grid, record.layers[1])
    assert before is not None
    with servers.lend("tests/browser/rotary_app.py") as url:
        page = open_page(url)
        page.wait_for_selector(".regard-explorer .top li", timeout=PATIENCE_MS)
        page.evaluate(f"() => {EXPLORATION}.set({{ layer: 1, heads: [3], pin: [2, 5] }})")
        page.locator(".regard-why .layout").evaluate("node => node.scrollIntoView({ block: 'center' })")
        ready(page)
        box = picture(page).bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 1.5 * box["width"] / 8, box["y"] + 6.5 * box["height"] / 8)
        frame(page)
        query, key = (len(model.prefix_tokens) + grid.index(*place) for place in ((2, 5), (6, 1)))
        score = weight_terms(record.layers[1], 3, query, key).score
        content = float(before.q[3, query] @ before.k[3, key]) * record.layers[1].scale
        assert value(page, ".split .content") == pytest.approx(content, rel=1e-4, abs=1e-5)
        assert value(page, ".split .position") == pytest.approx(score - content, rel=1e-3, abs=1e-5)
        screenshot(page, "why-rotary")


def test_a_link_brings_back_the_key_and_what_it_is_compared_with(page: Page, open_page: Callable[..., Page]) -> None:
    page.mouse.click(*place(page, 9, 12))
    page.locator(".against").get_by_text("Against the strongest rival").click()
    ready(page)
    said, rival = page.locator("p.sum").inner_text(), page.locator(".rivals .name").first.inner_text()
    factor = value(page, ".sum .ratio")
    assert said.startswith("Σ q · (k − k′) = ") and f"{rival} gets " in said and said.endswith(" times the weight of (9, 12).")
    assert factor == pytest.approx(
        value(page, ".rivals .weight") / value(page, ".rivals [aria-pressed=true] .weight"), rel=1e-3
    )
    assert page.locator(".chart .letter.apart").is_visible()
    scores = page.locator(".rivals li:visible .score").all_inner_texts()
    assert all(one != next for one, next in itertools.pairwise(scores)), scores
    page.evaluate(f"() => {EXPLORATION}.set({{ moves: 'mlp' }})")
    assert {"key": ["9,12"], "against": ["Strongest rival"], "moves": ["MLP"]}.items() <= parameters(page).items()
    fresh = open_page(page.url)
    fresh.locator(".regard-why .layout").evaluate("node => node.scrollIntoView({ block: 'center' })")
    ready(fresh)
    assert (pair(fresh), fresh.locator("p.sum").inner_text()) == (("(4, 6)", "(9, 12)"), said)
    fresh.get_by_role("tab", name="Depth and outliers").click()
    expect(fresh.locator(".regard-depth").get_by_role("radio", name="Moved by the MLP")).to_be_checked(timeout=PATIENCE_MS)


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["390", "1440"])
def test_it_looks_right_and_axe_finds_nothing(page: Page, size: Any) -> None:
    looks_right(page, size, ".regard-why .layout", "why", lambda: point(page, 5, 9))
    if size is DESKTOP:
        boxes = [page.locator(f".regard-why {part}").bounding_box() for part in (".map", ".chart", "p.sum", ".rivals")]
        edges = [(box["y"], box["y"] + box["height"]) for box in boxes if box is not None]
        assert min(edges)[0] >= 0 and max(bottom for _, bottom in edges) <= size["height"], edges
