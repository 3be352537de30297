"""Every number of the x1..xN figure is torch's at each step, everything fits, and pointing and choosing do what they should."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import screenshot
from tests.browser.lessons import Shown
from tests.browser.reader import emulate
from tests.browser.toy_page import FADED_MS, STAGE, Lesson, Room, calls, cell, numbers, opened, projected, self_attention, show
from tests.browser.waiting import rest, still

torch.manual_seed(11)
X = torch.tensor(
    [[1.0, 0.2, -0.4, 0.5], [0.3, 1.1, 0.6, -0.2], [-0.5, -0.9, 0.8, 0.1], [0.7, -0.6, 0.9, 0.4], [-0.8, -0.3, 0.2, 1.2]],
    dtype=torch.float64,
)
Z = torch.tensor([[1.0, 0.5, -1.0], [-2.0, 0.25, 0.4]], dtype=torch.float64)
ONLY_BEFORE, CAUSAL = torch.ones(5, 5).tril(-1).bool(), torch.ones(5, 5).tril().bool()
LESSONS = {
    "raw": self_attention(X, raw=True),
    "softmax, row 1 has no key": self_attention(X, ONLY_BEFORE),
    "one vector": self_attention(X[:1]),
    "12 vectors of width 16": self_attention(torch.randn(12, 16, dtype=torch.float64)),
    "projected": projected(X, 4),
    "projected, causal, narrow": projected(X, 2, CAUSAL),
    "projected, biased": projected(X, 4, biased=True),
    "cross": projected(X, 3, z=Z, biased=True),
}
PHONE: Room = {"width": 358, "height": 330, "digits": 11}
PRESENTED: Room = {"width": 1840, "height": 820, "digits": 18}
ROOMS: dict[str, Room] = {
    "stage": STAGE,
    "low": {"width": 700, "height": 430, "digits": 11},
    "phone": PHONE,
    "presented": PRESENTED,
}


@pytest.fixture(scope="module")
def page(tab: Page, tmp_path_factory: pytest.TempPathFactory) -> Page:
    opened(tab, tmp_path_factory.mktemp("figure") / "figure.html")
    return tab


@pytest.fixture(autouse=True)
def _nothing_told(page: Page) -> None:
    page.mouse.move(0, 0)
    page.evaluate("calls.length = 0; document.activeElement?.blur()")


def expected(lesson: Lesson, step: int, row: int, pair: int | None = None) -> dict[str, float]:
    biased = lesson.data["biases"]
    matrices = {name: matrix for name, matrix in lesson.projections.items() if name.startswith("W") or biased}
    return Shown(lesson.trace, lesson.x, lesson.z, matrices or None).numbers(step, row, pair)


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=LESSONS.keys())
def test_all_numbers_are_torchs(page: Page, lesson: Lesson) -> None:
    for row in {0, min(2, len(lesson.x) - 1), len(lesson.x) - 1}:
        for step in (1, 2, 3, 4, 5, 6):
            show(page, lesson, row=row, step=step)
            assert numbers(page) == pytest.approx(expected(lesson, step, row), abs=1e-9), (row, step)
    show(page, lesson, row=0, pair=len(lesson.trace.k) - 1)
    assert numbers(page) == pytest.approx(expected(lesson, 6, 0, len(lesson.trace.k) - 1), abs=1e-9)


_LOOKS = """() => {
  const frame = document.querySelector("svg.toy").getBoundingClientRect();
  const texts = [...document.querySelectorAll("svg.toy text")].filter((text) => text.textContent && !text.closest(".flight"));
  const ends = (text) => // without the pixel at either side that Firefox has in a text's box
    [text.getStartPositionOfChar(0), text.getEndPositionOfChar(text.getNumberOfChars() - 1)].map(
      (point) => point.matrixTransform(text.getScreenCTM()).x);
  const inside = ([left, right], room) => left >= room.left - 0.6 && right <= room.right + 0.6;
  const spans = texts.flatMap((text) => [text, ...text.querySelectorAll("tspan")]);
  return {
    smallest: Math.min(...spans.map((span) => parseFloat(getComputedStyle(span).fontSize))),
    cut: texts.filter((text) => {
      const [box, cell] = [text.getBoundingClientRect(), text.closest(".cell")?.querySelector("rect")];
      const room = cell?.getBoundingClientRect() ?? frame;
      return !inside(ends(text), room) || box.top < frame.top - 1 || box.bottom > frame.bottom + 1;
    }).map((text) => text.textContent),
    written: texts.filter((text) => text.closest(".cell")).length,
    scrolls: document.documentElement.scrollWidth > innerWidth,
  };
}"""


@pytest.mark.parametrize("name", ROOMS)
def test_everything_fits_and_no_letter_is_smaller_than_asked_for(page: Page, name: str) -> None:
    room = ROOMS[name]
    page.set_viewport_size({"width": max(460, int(room["width"])), "height": 1000})
    for title, lesson in LESSONS.items():
        show(page, lesson, room)
        rest(page, FADED_MS)
        still(page)
        looks: dict[str, Any] = page.evaluate(_LOOKS)
        assert looks["cut"] == [] and not looks["scrolls"], title
        assert looks["smallest"] >= room["digits"] - 0.01, title
        everything = lesson.x.shape == (5, 4) and (room is not PHONE or not lesson.projections)
        assert not everything or looks["written"] == page.locator("svg .cell[data-value]").count(), title
    show(page, LESSONS["projected"], room)
    screenshot(page, f"toy-{name}")
    page.set_viewport_size({"width": 1440, "height": 900})


def test_a_vector_is_read_out_number_by_number(page: Page) -> None:
    show(page, LESSONS["projected"])
    for letter in "xkvy":
        names = page.locator(f"svg [data-name^='{letter}/']").evaluate_all("nodes => nodes.map(node => node.dataset.name)")
        assert names == [f"{letter}/{row}/{column}" for row in range(5) for column in range(4)]


def test_choices_are_made_by_clicks_and_by_arrows(page: Page) -> None:
    show(page, LESSONS["raw"])
    cell(page, "y/4/1").click()
    cell(page, "w/4/1").click()
    assert calls(page, "choose") == [[{"row": 4}], [{"pair": 1}]]
    cell(page, "w/4/1").click()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    assert calls(page, "choose") == [[{"pair": None}], [{"pair": 2}], [{"pair": None}]]
    page.locator("svg .name.output").nth(4).focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("svg .name.output").nth(3)).to_be_focused()
    assert calls(page, "choose") == [[{"row": 3}]]
    page.locator("#equations .equation").first.click()
    assert calls(page, "choose") == [[{"row": 0}]]


def test_pointing_at_a_weight_writes_out_its_dot_product_and_moves_nothing(page: Page) -> None:
    lesson = LESSONS["projected"]
    show(page, lesson)
    places = """() => [...document.querySelectorAll("svg .cell rect")]
                  .map((rect) => [rect.getBBox(), rect.getScreenCTM()]) // without its outline, which may grow
                  .map(([{ x, y, width, height }, { a, d, e, f }]) => [a * x + e, d * y + f, a * width, d * height].join())
                  .sort().join()"""
    rest(page, FADED_MS)
    still(page)
    before = page.evaluate(places)
    for key in range(5):
        cell(page, f"w/2/{key}").hover()
        assert numbers(page) == pytest.approx(expected(lesson, 6, 2, key), abs=1e-9)
        expect(page.locator("#said")).to_contain_text(f"how much y3 takes from v{key + 1}")
        assert page.evaluate(places) == before
        expect(page.locator("#equations .product.lit")).to_have_count(2)
    page.mouse.move(0, 0)
    expect(page.locator("#said")).to_have_text("")


def test_pointing_at_x3_marks_it_in_its_three_places(page: Page) -> None:
    show(page, LESSONS["raw"])
    cell(page, "x/2/1").hover()
    expect(page.locator("#said")).to_contain_text("x3, number 2: -0.9")
    lines: list[list[str]] = page.locator("#equations .equation:not(.numbers)").evaluate_all(
        """lines => lines.map(line => [...line.querySelectorAll(".marked")].map(
             letter => letter.className.match(/\\b[qkv]\\b/)[0]))"""
    )
    own = ["q", "q", "q", "k", "v", "q", "q"]  # query in every term of its own row, key and value in the third
    assert lines == [["k", "v"], ["k", "v"], own, ["k", "v"], ["k", "v"]]
    page.locator("#equations .letter.k.token-4").first.hover()
    expect(page.locator("svg .cell.marked")).to_have_count(4)
    page.mouse.move(0, 0)
    expect(page.locator(".marked")).to_have_count(0)


def test_negative_weights_are_striped_in_the_colour_of_weights(page: Page) -> None:
    show(page, LESSONS["raw"])
    striped = page.locator("svg .stripes[d]")
    assert striped.count() == int((LESSONS["raw"].trace.weights[2] < 0).sum()) > 0
    ways = striped.evaluate_all(
        "all => all.map((one) => [one, one.previousSibling].map((node) => getComputedStyle(node).stroke))"
    )
    assert all(stripes == box for stripes, box in ways)


def test_nothing_moves_where_the_reader_wants_no_motion(page: Page) -> None:
    for motion in ("no-preference", "reduce"):
        emulate(page, reduced_motion=motion)
        show(page, LESSONS["raw"], row=1 if motion == "reduce" else 3)
        durations = page.locator("svg.toy g").evaluate_all("all => all.map(g => getComputedStyle(g).transitionDuration)")
        assert (set(durations) == {"0s"}) == (motion == "reduce")


def test_axe_has_nothing_against_it(page: Page) -> None:
    for lesson in (LESSONS["raw"], LESSONS["cross"]):
        show(page, lesson)
        found = Axe().run(page, context={"include": ["main"]}).response
        assert [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found["violations"]] == []
