"""Every number of the x1..xN figure is torch's at each of its steps, and the figure does what a hand asks of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import screenshot
from tests.browser.lessons import (
    Shown,
    choice,
    queries_keys_values,
    read,
    ready,
    self_attention,
    step,
    visit,
)
from tests.browser.matrix import values
from tests.browser.serving import PHONE
from tests.browser.waiting import rest, until
from ui.lessons.matrices import written

SELF = {
    "raw": {},
    "softmax, row 1 sees nothing": {"weights": "Softmax", "mask": "Only before", "row": "1"},
    "scaled, shuffled, positions": {"weights": "Scaled softmax", "mask": "Causal", "order": "3_1_5_2_4", "positions": "true"},
    "scaled, movies, pinned": {"weights": "Scaled softmax", "vectors": "Movies and users", "row": "5", "pair": "2"},
    "one vector": {"weights": "Softmax", "X": "0.5_-1.5_2"},
}
QKV = {
    "identity": {},
    "random, causal": {"recipe": "Random", "draw": "5", "mask": "Causal", "row": "4", "pair": "5"},
    "random, narrow": {"recipe": "Random", "d": "2", "Wv_is": "Identity", "mask": "Only before", "row": "1"},
    "cross, random, mask": {"source": "another set z", "recipe": "Random", "mask": "Window", "row": "5", "Z": "1_0.5~-2_0.25"},
}


@pytest.fixture
def page(tab: Page, server: str) -> Page:
    visit(tab, server, "self_attention")
    return tab


@pytest.mark.parametrize("asked", SELF.values(), ids=SELF.keys())
def test_all_numbers_of_self_attention_are_torchs(tab: Page, server: str, asked: dict[str, str]) -> None:
    visit(tab, server, "self_attention", **asked)
    shown = self_attention(tab, asked)
    assert torch.allclose(values(tab, "table-Y"), shown.trace.output, atol=1e-9)
    every_step(tab, shown, asked)


@pytest.mark.parametrize("asked", QKV.values(), ids=QKV.keys())
def test_all_numbers_of_queries_keys_values_are_torchs(tab: Page, server: str, asked: dict[str, str]) -> None:
    visit(tab, server, "queries_keys_values", **asked)
    shown = queries_keys_values(tab, asked)
    assert shown.trace.weights.shape == (5, 2 if "Z" in asked else 5)
    assert shown.trace.q.equal(shown.x) == ("recipe" not in asked)
    every_step(tab, shown, asked)


def every_step(page: Page, shown: Shown, asked: dict[str, str]) -> None:
    """As the link asks, and then in the first row, where a mask hides most."""
    row = min(int(asked.get("row", 3)), len(shown.x)) - 1
    pair = int(asked["pair"]) - 1 if "pair" in asked else None
    assert choice(page) == {"step": "6", "row": str(row)}
    for at in (6, 1, 2, 3, 4, 5):
        step(page, at)
        assert read(page) == pytest.approx(shown.numbers(at, row, pair), abs=1e-6), at
    number(page, "name y output").first.click()
    for at in (5, 3, 6):
        step(page, at)
        assert read(page) == pytest.approx(shown.numbers(at, 0, pair), abs=1e-6), at


def number(page: Page, classes: str) -> Locator:
    return page.locator("svg.toy g" + "".join(f".{name}" for name in classes.split()))


def test_pointing_at_a_weight_writes_out_its_dot_product(page: Page) -> None:
    shown = self_attention(page, {})
    for key in range(5):
        page.locator(f'[data-name="w/2/{key}"]').hover()
        numbers = read(page)
        assert numbers == pytest.approx(shown.numbers(6, 2, key), abs=1e-6)
        terms = [numbers[f"term/{at}"] for at in range(4)]
        assert sum(terms) == pytest.approx(float(shown.x[2] @ shown.x[key]), abs=1e-6)
        assert [numbers[f"term-q/{at}"] * numbers[f"term-k/{at}"] for at in range(4)] == pytest.approx(terms, abs=1e-9)
        expect(page.locator(".regard-toy .terms .dot")).to_contain_text(f"x₃ · x{'₁₂₃₄₅'[key]} = ")
        expect(page.locator(".regard-toy .product.lit")).to_have_count(2)
        assert page.locator(".regard-toy .product.lit").first.get_attribute("data-key") == str(key)
    page.mouse.move(0, 0)
    expect(page.locator(".regard-toy .product.lit")).to_have_count(0)
    assert read(page) == pytest.approx(shown.numbers(6, 2), abs=1e-6)


def test_a_click_on_an_output_chooses_its_row_and_on_a_weight_pins_it(page: Page) -> None:
    shown = self_attention(page, {})
    chosen = page.locator(".st-key-table-Y tr[aria-current=true] th")
    expect(chosen).to_have_text("y3")
    page.locator('[data-name="y/4/1"]').click()
    assert read(page) == pytest.approx(shown.numbers(6, 4), abs=1e-6)
    until(page, "() => location.search.includes('row=5')")
    expect(chosen).to_have_text("y5")
    page.locator('[data-name="w/4/1"]').click()
    until(page, "() => location.search.includes('pair=2')")
    page.mouse.move(0, 0)
    assert read(page) == pytest.approx(shown.numbers(6, 4, 1), abs=1e-6)
    page.locator('[data-name="w/4/1"]').click()
    until(page, "() => !location.search.includes('pair')")


def test_the_stepper_goes_by_buttons_and_by_arrows(page: Page) -> None:
    back, on = page.get_by_label("One step back"), page.get_by_label("One step on")
    for act, then in (
        (back.click, 5),
        (on.click, 6),
        (on.click, 1),  # round and round
        (back.click, 1),
        (lambda: step(page, 4), 4),
        (lambda: page.keyboard.press("ArrowRight"), 5),
        (lambda: page.keyboard.press("ArrowDown"), 6),
        (lambda: page.keyboard.press("ArrowRight"), 6),
        (lambda: page.keyboard.press("ArrowLeft"), 5),
    ):
        act()
        assert choice(page)["step"] == str(then)
        pressed = page.locator(".regard-toy .steps [aria-pressed=true]")
        assert pressed.count() == 1 and pressed.inner_text().startswith(f"{then} ")
    assert pressed.evaluate("button => button === button.getRootNode().activeElement")
    until(page, "() => location.search.includes('step=5')")


def test_play_goes_once_from_the_first_step_to_the_last(page: Page) -> None:
    page.evaluate(
        """() => {
             const real = window.setInterval;
             window.setInterval = (act, ms) => real(act, ms / 10);
             const root = document.querySelector("svg.toy") ?? [...document.querySelectorAll("*")]
               .map((each) => each.shadowRoot?.querySelector(".regard-toy")).find(Boolean);
             window.steps = [];
             new MutationObserver(() => window.steps.push(root.closest(".regard-toy").dataset.step))
               .observe(root.closest(".regard-toy"), { attributeFilter: ["data-step"] });
           }"""
    )
    page.get_by_label("Play the steps").click()
    rest(page, 1300)
    assert list(dict.fromkeys(page.evaluate("window.steps"))) == list("123456")
    assert choice(page)["step"] == "6"
    assert len(page.evaluate("window.steps")) < 9  # the script's runs may draw anew, playing has ended


def test_nothing_moves_where_the_reader_wants_no_motion(page: Page) -> None:
    moving = "svg => svg.getAnimations({ subtree: true }).length"
    for motion in ("reduce", "no-preference"):
        page.emulate_media(reduced_motion=motion)
        number(page, "name y output").nth(0 if motion == "reduce" else 3).click()
        assert (page.locator("svg.toy").evaluate(moving) > 0) == (motion == "no-preference")
        durations = page.locator("svg.toy g").evaluate_all("all => all.map(g => getComputedStyle(g).transitionDuration)")
        assert (set(durations) == {"0s"}) == (motion == "reduce")
    page.emulate_media(reduced_motion="reduce")


def test_pointing_at_x3_marks_it_in_its_three_places(page: Page) -> None:
    page.locator('[data-name="x/2/1"]').hover()
    expect(page.locator(".regard-toy .places")).to_contain_text("x3 in its three places")
    marked = page.locator(".regard-toy .equations .letter.marked")
    assert set(marked.all_inner_texts()) == {"x3"}
    lines: list[list[str]] = page.locator(".regard-toy .equation:not(.numbers)").evaluate_all(
        """lines => lines.map(line => [...line.querySelectorAll(".marked")].map(
             letter => letter.className.match(/\\b[qkv]\\b/)[0]))"""
    )
    own = ["q", "q", "q", "k", "v", "q", "q"]  # query in every term of its own row, key and value in the third
    assert lines == [["k", "v"], ["k", "v"], own, ["k", "v"], ["k", "v"]]
    expect(page.locator("svg.toy .cell.marked")).to_have_count(4)
    page.mouse.move(0, 0)
    expect(page.locator(".regard-toy .marked")).to_have_count(0)


def test_the_largest_matrix_scrolls_in_its_own_frame_on_a_phone(tab: Page, server: str) -> None:
    x = (torch.randn(12, 16, dtype=torch.float64) * 10).round() / 10
    tab.set_viewport_size(PHONE)
    visit(tab, server, "self_attention", X=written(x), weights="Scaled softmax")
    shown = self_attention(tab, {"weights": "Scaled softmax"})
    assert shown.x.equal(x)
    assert read(tab) == pytest.approx(shown.numbers(6, 2), abs=1e-6)
    screenshot(tab, "toy-12x16-390")
    assert tab.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    frame = tab.locator(".regard-toy .frame").first
    wide, width = frame.evaluate("frame => [frame.scrollWidth, frame.clientWidth]")
    assert width <= PHONE["width"] and wide > 2 * width
    tab.locator('[data-name="y/11/15"]').scroll_into_view_if_needed()
    assert frame.evaluate("frame => frame.scrollLeft") > 0
    tab.locator('[data-name="y/11/15"]').click()
    assert read(tab) == pytest.approx(shown.numbers(6, 11), abs=1e-6)
    assert tab.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


SLOW = """
const listen = WebSocket.prototype.addEventListener;
WebSocket.prototype.addEventListener = function (name, act, ...options) {
  const late = (event) => setTimeout(() => act.call(this, event), window.lag ?? 0);
  return listen.call(this, name, name === "message" ? late : act, ...options);
};
"""


def test_a_slow_answer_does_not_take_the_choice_back(open_page: Callable[..., Page], server: str) -> None:
    tab = open_page(f"{server}/self_attention", prepare=lambda page: page.add_init_script(SLOW))
    ready(tab)
    tab.evaluate("window.lag = 900")
    for row in (0, 1, 3):
        number(tab, "name y output").nth(row).click()
        rest(tab, 450)  # long enough for the figure to tell Python, too short for an answer
    for _ in range(10):
        assert choice(tab)["row"] == "3"
        rest(tab, 200)
    expect(tab.locator(".st-key-table-Y tr[aria-current=true] th")).to_have_text("y4")
