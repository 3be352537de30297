"""The numbers of the x1..xN figure are edited in it, its mask is toggled in it, and the keyboard reaches all of that."""

from __future__ import annotations

import re

import pytest
import torch
from playwright.sync_api import Page, expect

from tests.browser.reader import last_stop
from tests.browser.toy_page import FADED_MS, calls, cell, opened, projected, self_attention, show
from tests.browser.waiting import rest

torch.manual_seed(12)
X = torch.tensor(
    [[1.0, 0.2, -0.4], [0.3, 1.1, 0.6], [-0.5, -0.9, 0.8], [0.7, -0.6, 0.9], [-0.8, -0.3, 0.2]], dtype=torch.float64
)
Z = torch.tensor([[1.0, 0.5], [-2.0, 0.25]], dtype=torch.float64)
LESSONS = {
    "raw": self_attention(X, raw=True),
    "softmax, row 1 has no key": self_attention(X, torch.ones(5, 5).tril(-1).bool()),
    "projected": projected(X, 3),
    "projected, biased": projected(X, 4, biased=True),
    "cross": projected(X, 3, z=Z, biased=True),
}


@pytest.fixture(scope="module")
def page(tab: Page, tmp_path_factory: pytest.TempPathFactory) -> Page:
    opened(tab, tmp_path_factory.mktemp("figure") / "figure.html")
    return tab


@pytest.fixture(autouse=True)
def _nothing_told(page: Page) -> None:
    page.mouse.move(0, 0)
    page.evaluate("calls.length = 0; document.activeElement?.blur()")


def test_a_number_is_typed_over_its_cell(page: Page) -> None:
    show(page, LESSONS["projected, biased"])
    field = page.locator(".cell-input")
    cell(page, "x/2/1").click()
    assert field.input_value() == "-0.9" and field.evaluate("input => input.selectionEnd - input.selectionStart") == 4
    around, box = field.bounding_box(), cell(page, "x/2/1").bounding_box()
    assert around and box and abs(around["x"] + around["width"] / 2 - box["x"] - box["width"] / 2) < 3
    page.keyboard.type("0,25")
    page.keyboard.press("Enter")
    assert calls(page, "edit") == [["X", 2, 1, 0.25, True]]
    expect(field).to_have_count(0)
    expect(cell(page, "x/2/1")).to_be_focused()
    for name, matrix in (("Wq/2/0", "Wq"), ("bv/0/2", "bv")):
        cell(page, name).click()
        field.fill("-2")
        page.mouse.click(5, 600)  # leaving takes it
        assert calls(page, "edit") == [[matrix, *map(int, name.split("/")[1:]), -2, True]]


def test_what_is_no_number_is_refused_and_escape_takes_nothing(page: Page) -> None:
    show(page, LESSONS["raw"])
    field = page.locator(".cell-input")
    cell(page, "x/0/0").click()
    field.fill("abc")
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("“abc” is not a number")
    expect(field).to_have_attribute("aria-invalid", "true")
    page.keyboard.press("Escape")
    expect(field).to_have_count(0)
    cell(page, "x/0/0").click()
    page.keyboard.press("Enter")  # as it was
    assert calls(page, "edit") == []
    show(page, LESSONS["projected"])
    cell(page, "Wk/0/0").click()
    assert len(field.input_value()) <= len("-0.1234")  # the number behind it is longer, and stays
    page.keyboard.press("Enter")
    assert calls(page, "edit") == []
    cell(page, "x/0/1").click()
    for key in ("ArrowUp", "ArrowUp", "Shift+ArrowDown"):
        page.keyboard.press(key)
    page.keyboard.press("Escape")
    assert calls(page, "edit") == [["X", 0, 1, value, value == 0.2] for value in (0.3, 0.4, -0.6, 0.2)]


def test_a_number_is_dragged_up_and_down(page: Page) -> None:
    show(page, LESSONS["raw"])
    box = cell(page, "x/1/2").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 2)
    assert calls(page, "edit") == []  # a hand that clicks moves as far
    page.mouse.move(x, y - 10)
    expect(page.locator("svg.toy")).to_have_class(re.compile("dragging"))
    assert page.locator("svg.toy g").first.evaluate("g => getComputedStyle(g).transitionDuration") == "0s"
    over = cell(page, "w/2/0").bounding_box()
    assert over is not None
    page.mouse.move(over["x"] + 5, y + 20)
    assert page.evaluate("figure.preview") is None
    page.keyboard.down("Shift")
    page.mouse.move(over["x"] + 5, y + 10)
    page.keyboard.up("Shift")
    page.mouse.up()
    assert calls(page, "edit") == [
        ["X", 1, 2, value, settled] for value, settled in ((0.8, False), (0.2, False), (2.2, False), (2.2, True))
    ]
    expect(page.locator(".cell-input")).to_have_count(0)
    assert calls(page, "choose") == []


def test_the_keyboard_walks_over_a_matrix_and_steps_its_numbers(page: Page) -> None:
    show(page, LESSONS["projected"])
    cell(page, "x/0/0").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "ArrowUp", "ArrowUp", "ArrowDown"):
        page.keyboard.press(key)
    expect(cell(page, "x/2/1")).to_be_focused()  # a vector stands upright, and the arrows follow the eye
    page.keyboard.press("Alt+ArrowUp")
    page.keyboard.press("Alt+Shift+ArrowDown")
    edits = calls(page, "edit")
    assert edits == [["X", 2, 1, pytest.approx(-0.8), True], ["X", 2, 1, pytest.approx(-1.8), True]]
    expect(cell(page, "x/2/1")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".cell-input")).to_be_focused()
    page.keyboard.press("Escape")
    cell(page, "Wk/0/0").focus()
    for key in ("ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    expect(cell(page, "Wk/1/1")).to_be_focused()
    show(page, LESSONS["projected"])


def test_each_matrix_and_each_row_is_one_stop_of_the_tab_key(page: Page) -> None:
    for title, matrices in (
        ("softmax, row 1 has no key", "X"),
        ("projected", "X Wq Wk Wv"),
        ("cross", "X Z Wq Wk Wv bq bk bv"),
    ):
        show(page, LESSONS[title])
        stops: list[str] = page.locator("svg [tabindex='0']").evaluate_all(
            """nodes => nodes.map(({ dataset, classList }) =>
                 dataset.cell?.split("/")[0] ?? `${classList}`.match(/weight|eye|output/)[0])"""
        )
        assert sorted(stops) == sorted([*matrices.split(), "weight", "eye", "output"]), title
        unnamed = page.locator("svg [tabindex]:not([aria-label]), svg [data-value]:not([aria-label])")
        assert unnamed.count() == 0, title


def test_what_cannot_be_edited_is_no_stop_and_has_no_eyes(page: Page) -> None:
    show(page, LESSONS["projected"])
    page.evaluate("show({ editable: false })")
    rest(page, FADED_MS)
    assert page.locator("svg [data-cell], svg .eye, svg .cell[role=button]:not(.weight)").count() == 0
    assert page.locator("svg [tabindex='0']").count() == 2  # weights, outputs
    cell(page, "Wq/0/0").click()
    expect(page.locator(".cell-input")).to_have_count(0)
    page.evaluate("show({ editable: true })")
    assert page.locator("svg .cell[data-cell][role=button][tabindex='0']").count() == 4


def test_whatever_has_the_focus_shows_it(page: Page) -> None:
    show(page, LESSONS["projected"])
    last_stop(page)
    for stop in ("[data-cell^='X/']", "[data-cell^='Wv/']", ".weight", ".eye", ".name.output"):
        node = page.locator(f"svg {stop}[tabindex='0']")
        looks = """node => [node, node.querySelector("rect") ?? node].map((each) => getComputedStyle(each)).map(
                     ({ stroke, strokeWidth, outlineStyle }) => [stroke, strokeWidth, outlineStyle].join()).join()"""
        before = node.evaluate(looks)
        page.keyboard.press("Tab")  # so that the browser knows of a keyboard
        node.focus()
        assert node.evaluate(looks) != before, stop


def test_an_eye_opens_and_closes_by_click_and_by_keyboard(page: Page) -> None:
    show(page, LESSONS["softmax, row 1 has no key"])
    eyes = page.locator("svg .eye[data-name]")
    assert [eye.get_attribute("aria-checked") for eye in eyes.all()] == ["true", "true", "false", "false", "false"]
    eyes.nth(3).click()
    expect(page.locator("#said")).to_have_text("x3 may look at x4: no.")
    eyes.nth(0).focus()
    for key in ("ArrowRight", "Enter", "ArrowLeft", " "):
        page.keyboard.press(key)
    assert calls(page, "toggle") == [[2, 3], [2, 1], [2, 0]]


def test_no_wire_leads_from_a_masked_key_or_from_a_weight_of_0(page: Page) -> None:
    def wires() -> tuple[int, int]:
        rest(page, FADED_MS)
        return page.locator("svg .wire.k").count(), page.locator("svg .wire.y").count()

    show(page, LESSONS["softmax, row 1 has no key"])
    assert wires() == (2, 2)
    show(page, LESSONS["softmax, row 1 has no key"], row=0)
    assert wires() == (0, 0)
    none = torch.eye(4, dtype=torch.float64)
    show(page, self_attention(none, raw=True), row=1)
    assert wires() == (4, 1)
