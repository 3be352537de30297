"""The multi-head figure under a reader's hands: pointing, clicks, keys, numbers that are edited, the mask."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from tests.browser.heads import asked, choice, focused, largest, number, show, step
from tests.browser.heads_page import built, data_of
from tests.browser.reader import last_stop

Open = Callable[..., Page]

RING: Final = """() => {
  const [box, probe] = [getComputedStyle(document.activeElement.querySelector("rect")), document.createElement("i")];
  probe.style.color = "var(--st-primary-color)";
  document.body.append(probe);
  return [getComputedStyle(probe).color === box.stroke && box.strokeOpacity === "1", box.strokeWidth];
}"""


def stops(page: Page) -> list[str]:
    """The data-names at which Tab stops, from the page's top to its end."""
    page.locator("svg.heads").evaluate("svg => { svg.tabIndex = -1; svg.focus(); }")
    last_stop(page)
    found = []
    for _ in range(12):
        page.keyboard.press("Tab")
        found.append(focused(page))
        if not found[-1]:
            return found[:-1]
    raise AssertionError(f"expected an end, found {found}")


def test_each_part_is_one_stop_at_each_step(heads: Open) -> None:
    page = heads(choice={"row": 2, "column": 0})
    opening = largest(*built()[:2], 2, 0)
    head, key, part = (opening[name] for name in ("followed", "pair", "part"))
    panel, toggle = f"head/{head}", f"toggle/2/{key}"
    last = {panel, f"head/{head}/w/2/{key}", toggle, f"concat/2/{head * 2 + part}", "y/2/0", "x/0/0", "w0/0/0", "b0/0"}
    assert set(stops(page)) == last and len(stops(page)) == len(last)
    for at, expected in {
        1: {panel, "x/0/0"},
        2: {panel, "x/0/0", toggle, f"head/{head}/s/2/{key}"},
        3: {panel, "x/0/0", toggle, f"head/{head}/w/2/{key}"},
        4: {panel, "x/0/0", toggle, f"head/{head}/w/2/{key}", f"head/{head}/out/2/{part}"},
        5: {panel, "x/0/0", toggle, f"head/{head}/w/2/{key}", f"concat/2/{head * 2 + part}"},
    }.items():
        step(page, at)
        assert set(stops(page)) == expected and len(stops(page)) == len(expected), at


def test_keys_reach_everything_and_the_focus_follows(heads: Open) -> None:
    page = heads()

    def press(keys: str, then: str, **expected: int) -> None:
        for each in keys.split():
            page.keyboard.press(each)
        assert focused(page) == then
        assert choice(page) | expected == choice(page)
        assert page.evaluate(RING) == [True, "3px"]

    number(page, "y/2/0").focus()
    press("ArrowDown ArrowDown ArrowDown", "y/4/0", row=4)
    press("ArrowRight ArrowRight ArrowUp ArrowLeft ArrowLeft ArrowLeft", "y/3/0", row=3, column=0)
    followed = choice(page)["followed"]
    page.locator("[data-stop=part][tabindex='0']").focus()
    press("ArrowLeft", f"concat/3/{2 * followed}", part=0, followed=followed)
    press("ArrowRight ArrowRight", f"concat/3/{2 * followed + 1}", part=1)
    page.locator("[data-stop=weight][tabindex='0']").focus()
    press("ArrowLeft ArrowLeft ArrowLeft ArrowLeft ArrowLeft", f"head/{followed}/w/3/0", pair=0, followed=followed)
    press("ArrowRight ArrowRight ArrowDown", f"head/{followed}/w/4/2", pair=2, row=4)
    press("ArrowUp", f"head/{followed}/w/3/2", row=3)
    page.locator("[data-stop=head][tabindex='0']").focus()
    press("ArrowLeft ArrowLeft ArrowLeft ArrowLeft", "head/0", followed=0, pair=2)
    press("ArrowRight ArrowRight", "head/2", followed=2)
    expect(number(page, "head/2")).to_have_attribute("aria-pressed", "true")
    free = largest(*built()[:2], 3, 0)
    press("Escape", f"head/{free['followed']}", **free)
    expect(number(page, f"head/{free['followed']}")).to_have_attribute("aria-pressed", "false")
    press("Enter", f"head/{free['followed']}")
    expect(number(page, f"head/{free['followed']}")).to_have_attribute("aria-pressed", "true")
    press("ArrowRight Enter", f"head/{free['followed']}", **free)  # what is followed is let go


def test_what_has_no_digits_says_its_number_all_the_same(heads: Open) -> None:
    layer, trace, on = built(off=(0,))
    page = heads((layer, trace, on), room="phone")
    expect(number(page, "y/1/4").locator("text")).to_have_text("")
    y = f"y2, column 5: {float(f'{trace.output[1, 4]:.6g}')}"
    expect(number(page, "y/1/4")).to_have_attribute("aria-label", y)
    number(page, "y/1/4").hover()
    assert page.evaluate("owner.said.at(-1)") == y
    number(page, "head/3/w/0/4").hover()
    assert (
        page.evaluate("owner.said.at(-1)") == f"Head 3, what x1 takes from x5: {float(f'{trace.heads.weights[3, 0, 4]:.6g}')}"
    )
    page.mouse.move(1, 600)
    assert page.evaluate("owner.said.at(-1)") == ""
    number(page, "head/0").focus()
    assert page.evaluate("owner.said.at(-1)") == "Head 0, switched off"
    x = trace.x[0, 0]
    number(page, "x/0/0").focus()
    assert page.evaluate("owner.said.at(-1)") == f"x1, column 1: {x:g}"
    expect(number(page, "x/0/0")).to_have_attribute("aria-label", f"x1, column 1: {x:g}")


def test_pointing_follows_a_number_of_y_and_a_weight_of_the_row(heads: Open) -> None:
    layer, trace, _ = built()
    page = heads()
    opening = choice(page)
    number(page, "y/4/5").hover()
    assert choice(page) == largest(layer, trace, 4, 5)
    page.mouse.move(1, 560)
    assert choice(page) == opening
    number(page, f"head/{opening['followed']}/w/2/4").hover()
    assert choice(page) == opening | {"pair": 4}
    number(page, f"head/{opening['followed']}/v/1/0").hover()
    assert choice(page) == opening
    page.locator("svg.heads [data-copy]").nth(3).click()
    assert choice(page) == opening | {"pair": 3}
    number(page, "row/0").first.click()
    assert choice(page)["row"] == 0


def test_numbers_are_typed_and_dragged_over_their_cells(heads: Open) -> None:
    page = heads()
    for cell, name in (("X/1/2", "x/1/2"), ("W0/3/4", "w0/3/4"), ("b0/0/5", "b0/5")):
        matrix, row, column = cell.split("/")
        number(page, name).click()
        box = page.locator("input.cell-input")
        expect(box).to_be_focused()
        box.fill("0.25")
        box.press("Enter")
        assert asked(page)[-1] == ["edit", matrix, int(row), int(column), 0.25, True]
    place = number(page, "x/4/7").bounding_box()
    assert place
    page.mouse.move(place["x"] + 10, place["y"] + 6)
    page.mouse.down()
    page.mouse.move(place["x"] + 10, place["y"] - 44, steps=4)
    page.mouse.up()
    calls = asked(page)
    was = float(number(page, "x/4/7").get_attribute("data-value") or "nan")
    assert [call[:4] for call in calls] == [["edit", "X", 4, 7]] * len(calls)
    assert calls[-1][4:] == [pytest.approx(was + 1), True] and not any(call[5] for call in calls[:-1])
    number(page, "w0/0/0").focus()
    page.keyboard.press("ArrowRight")
    assert focused(page) == "w0/0/1"
    page.keyboard.press("Alt+ArrowUp")
    assert asked(page)[-1][:4] == ["edit", "W0", 0, 1]


def test_the_eyes_open_and_close_keys_for_the_row(heads: Open) -> None:
    page = heads(built(causal=True), choice={"row": 2, "step": 3})
    eye = number(page, "toggle/2/4")
    expect(eye).to_have_attribute("aria-checked", "false")
    expect(eye).to_have_attribute("aria-label", "x3 may look at x5: no")
    eye.click()
    assert asked(page) == [["toggle", 2, 4]]
    eye = page.locator("[data-stop=toggle][tabindex='0']")
    eye.focus()
    before = focused(page)
    page.keyboard.press("Space")
    assert asked(page) == [["toggle", *map(int, before.split("/")[1:])]]
    page.keyboard.press("ArrowRight")
    assert focused(page) != before and focused(page).startswith("toggle/2/")
    assert page.evaluate(RING)[0]
    show(page, data=data_of(*built()))
    expect(number(page, "toggle/2/4")).to_have_attribute("aria-checked", "true")


def test_what_is_not_to_be_edited_is_not(heads: Open) -> None:
    page = heads()
    show(page, data=data_of(*built()) | {"editable": False})
    expect(page.locator("svg.heads .eye, svg.heads [data-cell]")).to_have_count(0)
    number(page, "w0/3/4").click()
    assert (choice(page)["followed"], choice(page)["part"], choice(page)["column"]) == (1, 1, 4)
    expect(page.locator("input")).to_have_count(0)


def test_a_choice_that_the_numbers_do_not_have_is_left_open(heads: Open) -> None:
    page = heads(choice={"row": 99, "column": 99, "followed": 9, "pair": 9, "part": 9})
    assert choice(page) == largest(*built()[:2], 4, 7)


def test_the_figure_goes_without_a_trace(heads: Open) -> None:
    page = heads()
    page.evaluate("figure.close()")
    expect(page.locator("svg")).to_have_count(0)
    expect(page.locator("#derivation > *")).to_have_count(0)
