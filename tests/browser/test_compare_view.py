"""Two pictures with one pointer, in one file without a server: what torch computes is what is read in both."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from torch import Tensor
from torch.nn.functional import normalize

from tests.browser.axe import violations
from tests.browser.compare_page import Pair, jointly_of, pair, write
from tests.browser.conftest import screenshot
from tests.browser.reader import tap
from tests.browser.serving import PHONE
from tests.browser.waiting import frame, rest, until

Open = Callable[..., Page]
COMPARISON = "globalThis.regardComparisons.get('page')"
LAST = 11
ALL_THERE = f"""() => {COMPARISON}?.sides.every(side =>
    side.data.layers.every((_, layer) => side.features(layer) && (!side.attends || side.exploration.has(layer))))"""
NAMESPACE = "http://www.w3.org/2000/svg"


@pytest.fixture(scope="module")
def found() -> Pair:
    return pair()


@pytest.fixture(scope="module")
def file(found: Pair, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("compare"), found)


@pytest.fixture
def page(open_page: Open, file: Path) -> Page:
    return opened(open_page, file)


def opened(open_page: Open, file: Path, **options: object) -> Page:
    tab = open_page(file.as_uri(), **{"reduced_motion": "reduce"} | options)
    until(tab, ALL_THERE)
    frame(tab)
    return tab


def half(page: Page, side: int) -> Locator:
    return page.locator(".half").nth(side)


def centre(page: Page, side: int, row: int, col: int, found: Pair) -> tuple[float, float]:
    canvas, grid = half(page, side).locator(".map"), (found.left, found.right)[side].grid
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    return box["x"] + (col + 0.5) * box["width"] / grid.cols, box["y"] + (row + 0.5) * box["height"] / grid.rows


def hover(page: Page, side: int, row: int, col: int, found: Pair) -> int:
    """The patch."""
    page.mouse.move(*centre(page, side, row, col, found))
    frame(page)
    return row * (found.left, found.right)[side].grid.cols + col


def value(place: Locator) -> float:
    return float(place.get_attribute("data-value") or "nan")


def top(page: Page, side: int) -> Tensor:
    """The values of the list of one side."""
    return torch.tensor(
        half(page, side).locator(".top li:visible .number").evaluate_all("all => all.map(e => +e.dataset.value)")
    )


def fact(page: Page, side: int, term: str) -> float:
    return value(half(page, side).locator(f"dt:text-is('{term}') + dd"))


def change(page: Page, settings: str) -> None:
    page.evaluate(f"() => {COMPARISON}.set({settings})")
    frame(page)


def without(values: Tensor, patch: int) -> Tensor:
    return torch.cat([values[:patch], values[patch + 1 :]])


@pytest.mark.parametrize(("side", "row", "col"), [(0, 5, 10), (1, 7, 9)])
def test_a_hovered_patch_shows_torchs_cosines_in_both(page: Page, found: Pair, side: int, row: int, col: int) -> None:
    patch = hover(page, side, row, col, found)
    query = found.units(side, LAST)[patch]
    here, there = found.units(side, LAST) @ query, found.units(1 - side, LAST) @ query
    best = there.topk(5)
    torch.testing.assert_close(top(page, 1 - side), best.values, atol=1e-5, rtol=0)
    torch.testing.assert_close(top(page, side), without(here, patch).topk(5).values, atol=1e-5, rtol=0)
    assert value(half(page, 1 - side).locator(".head .number")) == pytest.approx(best.values[0].item(), abs=1e-5)
    cols = (found.left, found.right)[1 - side].grid.cols
    place = f"{best.indices[0].item() // cols},{best.indices[0].item() % cols}"
    expect(half(page, 1 - side).locator(".map")).to_have_attribute("data-asked", place)
    assert fact(page, 1 - side, "Second best") == pytest.approx(best.values[1].item(), abs=1e-5)
    assert fact(page, side, "Under the pointer") == pytest.approx(1, abs=1e-6)
    back = (found.units(side, LAST) @ found.units(1 - side, LAST)[best.indices[0]]).argmax().item()
    says = half(page, 1 - side).locator("dt:text-is('Mutual') + dd")
    expect(says).to_have_text("yes" if back == patch else re.compile("no, its best is"))


def test_cosines_are_named_and_have_four_decimals(page: Page, found: Pair) -> None:
    hover(page, 0, 5, 10, found)
    head = half(page, 1).locator(".head")
    expect(head).to_have_text(re.compile(r"best match\s+Patch \(\d+, \d+\)\s+cosine\s+0\.\d{4}\s"))
    written = page.locator(".top li:visible .number, .legend .low, .legend .high, dt:text-is('Second best') + dd")
    assert all(re.fullmatch(r"-?\d\.\d{4}", text) for text in written.all_inner_texts())
    expect(half(page, 1).locator(".scale-name")).to_have_text("cosine, 1st to 99.5th percentile of both")
    change(page, "{ asks: 'place' }")
    expect(half(page, 1).locator(".scale-name")).to_have_text("cosine, 1st to 99.5th percentile of both")
    change(page, "{ scales: 'own' }")
    expect(half(page, 1).locator(".scale-name")).to_have_text("cosine, 1st to 99.5th percentile")


def test_a_match_of_different_layers_is_warned_of(page: Page) -> None:
    warning = half(page, 1).locator(".head .warns")
    expect(warning).to_be_empty()
    change(page, "{ layers: [2, 0] }")
    expect(warning).to_have_text("of different layers: no common measure")
    change(page, "{ asks: 'place' }")
    expect(warning).to_be_empty()


def test_a_pinned_map_is_read_under_the_pointer(page: Page, found: Pair) -> None:
    change(page, "{ pin: { side: 0, row: 5, col: 10 } }")
    patch = hover(page, 1, 3, 8, found)
    pointed = half(page, 1).locator(".head .pointed")
    expect(pointed).to_have_text(re.compile(r"pointer \(3, 8\): -?0\.\d{4}"))
    query = found.units(0, LAST)[5 * found.left.grid.cols + 10]
    assert value(pointed.locator(".value")) == pytest.approx((found.units(1, LAST)[patch] @ query).item(), abs=1e-5)
    expect(half(page, 0).locator(".head .pointed")).to_be_hidden()


@pytest.mark.parametrize("clean", ["mean", "position"])
def test_what_all_patches_share_is_taken_out(page: Page, found: Pair, clean: str) -> None:
    change(page, f"{{ clean: '{clean}' }}")
    patch = hover(page, 0, 5, 10, found)
    left, right = (normalize(left_of(found, side, clean), dim=1) for side in (0, 1))
    torch.testing.assert_close(top(page, 1), (right @ left[patch]).topk(5).values, atol=1e-4, rtol=0)


def left_of(found: Pair, side: int, clean: str) -> Tensor:
    features, grid = found.features(side, LAST).double(), (found.left, found.right)[side].grid
    r = (2 * (torch.arange(grid.rows).double() + 0.5) / grid.rows - 1).repeat_interleave(grid.cols)
    c = (2 * (torch.arange(grid.cols).double() + 0.5) / grid.cols - 1).repeat(grid.rows)
    one = torch.ones_like(r)
    shared = torch.stack([one] if clean == "mean" else [one, r, c, r * r, c * c, r * c], 1)
    return (features - shared @ torch.linalg.lstsq(shared, features).solution).float()


def test_at_the_same_place_each_side_answers_for_itself(page: Page, found: Pair) -> None:
    page.get_by_role("radio", name="The same place").click()
    patch = hover(page, 0, 5, 10, found)
    units, grids = [found.units(side, LAST) for side in (0, 1)], (found.left.grid, found.right.grid)
    row = int((5 + 0.5) * grids[1].rows / grids[0].rows)
    other = row * grids[1].cols + 10
    torch.testing.assert_close(top(page, 0), without(units[0] @ units[0][patch], patch).topk(5).values, atol=1e-5, rtol=0)
    torch.testing.assert_close(top(page, 1), without(units[1] @ units[1][other], other).topk(5).values, atol=1e-5, rtol=0)


def test_attention_beside_similarity_for_the_same_patch(page: Page, found: Pair) -> None:
    page.get_by_role("radio", name="Both").click()
    until(page, ALL_THERE)
    patch = hover(page, 0, 4, 11, found)
    prefix = len(found.left.prefix_tokens)
    row = found.left.layers[-1].rows([prefix + patch])[0, :, 0].mean(0)
    expect(half(page, 0).locator(".top .place", has_text="CLS")).to_have_count(int(0 in row.topk(5).indices))
    torch.testing.assert_close(top(page, 0), row.topk(5).values, atol=1e-6, rtol=0.02)
    cosines = found.units(1, LAST) @ found.units(0, LAST)[patch]
    torch.testing.assert_close(top(page, 1), cosines.topk(5).values, atol=1e-5, rtol=0)
    half(page, 0).locator(".thumbs button").nth(2).click()
    frame(page)
    expect(half(page, 0).locator(".head .of")).to_have_text("Astronaut · DINOv2-small · layer 11, head 2")
    expect(half(page, 0).locator(".map")).to_have_attribute(
        "aria-label", "Left picture, Astronaut: where the patch looks, DINOv2-small, layer 11, head 2"
    )
    expect(half(page, 1).locator(".map")).to_have_attribute("aria-label", re.compile("^Right picture, Cat: similarity"))
    one = found.left.layers[-1].rows([prefix + patch])[0, 2, 0]
    torch.testing.assert_close(top(page, 0), one.topk(5).values, atol=1e-6, rtol=0.02)


def test_attention_on_both_sides_asks_the_best_match(page: Page, found: Pair) -> None:
    page.get_by_role("radio", name="Attention").click()
    until(page, ALL_THERE)
    patch = hover(page, 0, 4, 11, found)
    prefix = len(found.right.prefix_tokens)
    best = (found.units(1, LAST) @ found.units(0, LAST)[patch]).argmax().item()
    row = found.right.layers[-1].rows([prefix + best])[0, :, 0].mean(0)
    torch.testing.assert_close(top(page, 1), row.topk(5).values, atol=1e-6, rtol=0.02)


def test_components_and_segments(page: Page, found: Pair) -> None:
    jointly = jointly_of(found, LAST)
    assert jointly.components is not None and jointly.segments is not None
    page.get_by_role("radio", name="PCA").click()
    patch = hover(page, 1, 3, 8, found)
    for number in (1, 2, 3):
        expected = jointly.components.scores[1][patch, number - 1].item()
        assert fact(page, 1, f"Component {number}") == pytest.approx(expected, abs=1e-3)
    explained = page.locator(".all-pictures .explained [data-value]")
    expect(explained).to_have_count(8)
    shares = explained.evaluate_all("all => all.map(e => +e.dataset.value)")
    torch.testing.assert_close(torch.tensor(shares), jointly.components.explained, atol=1e-5, rtol=0)
    expect(page.locator(".all-pictures li")).to_have_count(2)
    page.locator(".joint-menu summary").click()
    shares = page.locator(".joint-menu .told [data-value]").evaluate_all("all => all.map(e => +e.dataset.value)")
    torch.testing.assert_close(torch.tensor(shares), jointly.components.explained[:3], atol=1e-5, rtol=0)
    page.keyboard.press("Escape")
    change(page, "{ component: '3' }")
    torch.testing.assert_close(top(page, 0), jointly.components.scores[0][:, 2].topk(5).values, atol=1e-3, rtol=1e-4)
    page.get_by_role("radio", name="Segments").click()
    frame(page)
    assert fact(page, 1, "Segment") == jointly.segments[1][patch].item()
    cosines = found.units(0, LAST) @ found.units(1, LAST).T
    forward, backward = cosines.argmax(1), cosines.argmax(0)
    mutual = [[at, to] for at, to in enumerate(forward.tolist()) if backward[to] == at]
    of = [(jointly.segments[0][at].item(), jointly.segments[1][to].item()) for at, to in mutual]
    label = next(left for left, right in of if left == right)
    page.get_by_role("button", name=f"Segment {label + 1}").click()
    assert sorted(lines(page)) == [each for each, labels in zip(mutual, of, strict=True) if labels == (label, label)]
    expect(page.locator(".no-match")).to_be_hidden()
    change(page, "{ ratio: 0.5 }")
    assert lines(page) == []
    expect(page.locator(".no-match")).to_have_text(f"No mutual match has both ends in segment {label + 1}")


def lines(page: Page) -> list[list[int]]:
    frame(page)
    found = page.locator(".match-lines g:visible").evaluate_all("all => all.map(g => g.dataset.patches)")
    return [[int(patch) for patch in each.split(",")] for each in found]


def test_a_box_drawn_by_hand_has_the_mutual_matches_of_its_patches(page: Page, found: Pair) -> None:
    page.mouse.move(*centre(page, 0, 3, 8, found))
    page.keyboard.down("Shift")
    page.mouse.down()
    page.mouse.move(*centre(page, 0, 9, 14, found), steps=4)
    page.mouse.up()
    page.keyboard.up("Shift")
    frame(page)
    assert page.evaluate(f"{COMPARISON}.settings.box") == {"side": 0, "row": 3, "col": 8, "rows": 7, "cols": 7}
    assert page.evaluate(f"{COMPARISON}.settings.pin") is None
    cosines = found.units(0, LAST) @ found.units(1, LAST).T
    forward, backward, cols = cosines.argmax(1), cosines.argmax(0), found.left.grid.cols
    inside = [row * cols + col for row in range(3, 10) for col in range(8, 15)]
    expected = [[patch, forward[patch].item()] for patch in inside if backward[forward[patch]] == patch]
    assert sorted(lines(page)) == sorted(expected) and expected
    strengths = page.locator(".match-lines g:visible").evaluate_all("all => all.map(g => +g.dataset.value)")
    assert strengths == sorted(strengths, reverse=True)
    page.get_by_role("button", name="Box").click()
    assert page.evaluate(f"[{COMPARISON}.wanted.box, {COMPARISON}.wanted.within]") == [None, "all"]
    assert len(lines(page)) == min(40, sum(backward[forward] == torch.arange(len(forward))))


def test_escape_lets_go_of_the_pin_then_of_the_box(page: Page, found: Pair) -> None:
    page.get_by_role("button", name="Box").click()
    page.mouse.move(*centre(page, 0, 3, 8, found))
    page.mouse.down()
    page.mouse.move(*centre(page, 0, 9, 14, found), steps=4)
    page.mouse.up()
    page.mouse.click(*centre(page, 0, 5, 10, found))
    taken = f"[{COMPARISON}.wanted.pin !== null, {COMPARISON}.wanted.box !== null, {COMPARISON}.wanted.within]"
    assert page.evaluate(taken) == [True, True, "box"]
    page.keyboard.press("Escape")
    assert page.evaluate(taken) == [False, True, "box"]
    page.keyboard.press("Escape")
    assert page.evaluate(taken) == [False, False, "all"]


def test_lines_stay_away_from_layers_that_they_are_not_of(page: Page) -> None:
    change(page, "{ lines: 20 }")
    assert len(lines(page)) > 5
    change(page, "{ layers: [0, 0] }")
    assert lines(page) == []


def test_a_difference_where_grids_agree(open_page: Open, page: Page, tmp_path: Path) -> None:
    expect(page.get_by_role("button", name="Difference")).to_be_hidden()
    square = pair(16, (11,), square=True)
    both = opened(open_page, write(tmp_path, square, asks="place"))
    both.get_by_role("button", name="Difference").click()
    patch = hover(both, 0, 5, 9, square)
    left, right = (square.units(side, LAST) @ square.units(side, LAST)[patch] for side in (0, 1))
    for side in (0, 1):
        more = right - left if side else left - right
        torch.testing.assert_close(top(both, side), more.topk(5).values, atol=1e-5, rtol=0)
        low, high = (value(half(both, side).locator(f".legend {end}")) for end in (".low", ".high"))
        assert low == -high == pytest.approx(-(left - right).abs().quantile(0.995).item(), rel=1e-4)
    screenshot(both, "compare-difference")


def test_by_keyboard_alone(page: Page) -> None:
    canvas = half(page, 0).locator(".map")
    canvas.focus()
    before = canvas.get_attribute("data-asked")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    frame(page)
    row, col = map(int, (before or "").split(","))
    expect(canvas).to_have_attribute("data-asked", f"{row - 1},{col + 1}")
    assert page.evaluate(f"{COMPARISON}.settings.pin") == {"side": 0, "row": row - 1, "col": col + 1}
    page.keyboard.press("PageUp")
    assert page.evaluate(f"{COMPARISON}.settings.layers") == [1, 1]
    expect(page.locator(".spoken")).to_have_text(
        re.compile(rf"Patch row {row - 1} column {col + 1} of Astronaut pinned\. Best match row")
    )
    page.keyboard.press("Escape")
    assert page.evaluate(f"{COMPARISON}.settings.pin") is None
    half(page, 1).locator(".map").focus()
    for key in ("Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowDown"):
        page.keyboard.press(key)
    box = page.evaluate(f"{COMPARISON}.settings.box")
    assert (box["side"], box["rows"], box["cols"]) == (1, 2, 3)
    page.keyboard.press("Enter")
    assert page.evaluate(f"{COMPARISON}.settings.pin.side") == 1


def test_layers_move_together_until_they_are_unlocked(page: Page) -> None:
    half(page, 0).get_by_role("radio", name="Layer 9").click()
    assert page.evaluate(f"{COMPARISON}.settings.layers") == [0, 0]
    page.locator(".display summary").click()
    page.get_by_label("Both layers move together").uncheck()
    page.keyboard.press("Escape")
    half(page, 1).get_by_role("radio", name="Layer 11").click()
    assert page.evaluate(f"{COMPARISON}.settings.layers") == [0, 2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_themes_are_accessible(open_page: Open, file: Path, found: Pair, scheme: str) -> None:
    page = opened(open_page, file, color_scheme=scheme)
    hover(page, 0, 5, 10, found)
    for show in ("Similarity", "Both", "PCA", "Segments"):
        page.get_by_role("radio", name=show).click()
        rest(page, 300)
        assert violations(page, ".regard-compare") == []
        screenshot(page, f"compare-{show.lower()}-{scheme}")


@pytest.mark.parametrize("width", [1440, 1920])
def test_pictures_take_the_window(open_page: Open, file: Path, width: int) -> None:
    size = {"width": width, "height": width * 5 // 8}
    page = opened(open_page, file, viewport=size)
    left, right = (half(page, side).locator(".stage").bounding_box() for side in (0, 1))
    assert left and right and left["width"] + right["width"] > 0.94 * width
    assert left["y"] + left["height"] < size["height"]


def test_on_a_phone_the_pictures_stand_below_each_other(open_page: Open, file: Path, found: Pair) -> None:
    page = opened(open_page, file, viewport=PHONE, has_touch=True)
    left, right = (half(page, side).locator(".map").bounding_box() for side in (0, 1))
    assert left and right and right["y"] > left["y"] + left["height"]
    assert right["y"] + right["height"] < PHONE["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    tap(page, *centre(page, 0, 5, 10, found))
    frame(page)
    assert page.evaluate(f"{COMPARISON}.settings.pin") == {"side": 0, "row": 5, "col": 10}
    screenshot(page, "compare-phone")


def test_menus_open_within_a_phone(open_page: Open, file: Path) -> None:
    page = opened(open_page, file, viewport=PHONE, has_touch=True)
    for show in ("Similarity", "PCA"):
        page.get_by_role("radio", name=show).click()
        for menu in page.locator("details.menu:visible").all():
            menu.locator("summary").click()
            frame(page)
            box = menu.locator(".panel").bounding_box()
            assert box and box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"]
            page.keyboard.press("Escape")


def test_the_legend_stands_below_a_low_picture(page: Page) -> None:
    legend, stage = (half(page, 0).locator(part).bounding_box() for part in (".legend", ".stage"))
    assert legend and stage and legend["y"] + legend["height"] < stage["y"] + stage["height"]
    page.set_viewport_size({"width": 380, "height": 500})
    rest(page, 200)
    legend, stage = (half(page, 0).locator(part).bounding_box() for part in (".legend", ".stage"))
    assert legend and stage and legend["y"] >= stage["y"] + stage["height"]
    below = half(page, 1).locator(".head").bounding_box()
    assert below and below["y"] >= legend["y"] + legend["height"] - 1


def test_files_hold_what_is_drawn(page: Page, found: Pair, tmp_path: Path) -> None:
    patch = hover(page, 0, 5, 10, found)
    page.locator(".files summary").click()
    saved = {}
    for kind in ("PNG", "SVG", "CSV"):
        with page.expect_download() as download:
            page.get_by_role("button", name=f"{kind} of").click()
        saved[kind] = tmp_path / download.value.suggested_filename
        download.value.save_as(saved[kind])
    with Image.open(saved["PNG"]) as image:
        assert min(image.size) > 1000
    drawing = saved["SVG"].read_text("utf-8")
    assert drawing.count("<image") == 6, "two pictures, two maps and two colour bars"
    assert "Astronaut, DINOv2-small, layer 11: similarity" in drawing
    for end in (".low", ".high"):
        assert drawing.count(f">{half(page, 0).locator(f'.legend {end}').inner_text()}<") == 2
    assert "cosine, 1st to 99.5th percentile of both" in drawing
    with saved["CSV"].open(encoding="utf-8") as table:
        rows = list(csv.DictReader(table))
    assert saved["CSV"].name == "Astronaut-DINOv2-small--Cat-DINOv2-small-similarity-layer-11.csv"
    assert {(row["layer"], row["measure"]) for row in rows} == {("11", "cosine of features")} and "heads" not in rows[0]
    left = torch.tensor([float(row["similarity"]) for row in rows if row["side"] == "left"])
    torch.testing.assert_close(left, found.units(0, LAST) @ found.units(0, LAST)[patch], atol=1e-5, rtol=0)


def test_the_file_asks_nobody_for_anything(open_page: Open, file: Path, found: Pair) -> None:
    assert set(re.findall(r"https?:[^\s\"'`<>)]*", file.read_text("utf-8"))) <= {NAMESPACE}
    page, asked = open_page(file.as_uri()), []
    page.on("request", lambda request: asked.append(request.url))
    page.context.set_offline(True)
    try:
        page.reload()
        until(page, ALL_THERE)
        hover(page, 1, 3, 8, found)
        rest(page, 200)
    finally:
        page.context.set_offline(False)
    assert {url.partition(":")[0] for url in asked if url != file.as_uri()} <= {"data", "blob"}
