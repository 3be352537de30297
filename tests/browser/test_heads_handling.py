"""The multi-head figure under a reader's hands: keys, clicks, the link."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.heads import address, choice, focused, largest, number, ready
from tests.browser.heads_app import asked_for
from tests.browser.waiting import rest

Open = Callable[..., Page]


RING = """() => {
  let target = document.activeElement;
  while (target.shadowRoot?.activeElement) target = target.shadowRoot.activeElement;
  const [box, probe] = [getComputedStyle(target.querySelector("rect")), document.createElement("i")];
  probe.style.color = getComputedStyle(target).getPropertyValue("--st-primary-color");
  document.body.append(probe);
  return [getComputedStyle(probe).color === box.stroke && box.strokeOpacity === "1", box.strokeWidth];
}"""


def test_keys_reach_everything_and_the_focus_follows(open_page: Open, figure: str) -> None:
    page = open_page(figure)
    ready(page)
    opening = largest(*asked_for({})[:2], 2, 0)
    for _ in range(10):
        page.keyboard.press("Tab")
        if focused(page):
            break
    stops = [focused(page)]
    for _ in range(4):
        page.keyboard.press("Tab")
        stops.append(focused(page))
    head, key, part = (opening[name] for name in ("followed", "pair", "part"))
    assert stops == [f"head/{head}", f"head/{head}/w/2/{key}", f"concat/2/{head * 2 + part}", "y/2/0", ""]

    def press(keys: str, then: str, **expected: int) -> None:
        for each in keys.split():
            page.keyboard.press(each)
        assert focused(page) == then
        assert choice(page) | expected == choice(page)
        assert page.evaluate(RING) == [True, "3px"]

    page.keyboard.press("Shift+Tab")
    press("ArrowDown ArrowDown ArrowDown", "y/4/0", row=4)
    press("ArrowRight ArrowRight ArrowUp ArrowLeft ArrowLeft ArrowLeft", "y/3/0", row=3, column=0)
    followed = choice(page)["followed"]
    page.keyboard.press("Shift+Tab")
    press("ArrowLeft", f"concat/3/{2 * followed}", part=0, followed=followed)
    press("ArrowRight ArrowRight", f"concat/3/{2 * followed + 1}", part=1)
    page.keyboard.press("Shift+Tab")
    press("ArrowLeft ArrowLeft ArrowLeft ArrowLeft ArrowLeft", f"head/{followed}/w/3/0", pair=0, followed=followed)
    press("ArrowRight ArrowDown", f"head/{followed}/w/3/2", pair=2)
    page.keyboard.press("Shift+Tab")
    press("ArrowLeft ArrowLeft ArrowLeft ArrowLeft", "head/0", followed=0, pair=2)
    press("ArrowRight ArrowRight", "head/2", followed=2)
    expect(number(page, "head/2")).to_have_attribute("aria-pressed", "true")
    free = largest(*asked_for({})[:2], 3, 0)
    press("Escape", f"head/{free['followed']}", **free)
    expect(number(page, f"head/{free['followed']}")).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("Enter")
    expect(number(page, f"head/{free['followed']}")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")  # what is followed is let go
    assert choice(page) == free
    assert focused(page) == f"head/{free['followed']}"


def test_a_stop_says_what_it_is(open_page: Open, figure: str) -> None:
    page = open_page(address(figure, {"off": "1"}))
    ready(page)
    _, trace, _ = asked_for({"off": "1"})
    expect(number(page, "y/1/4")).to_have_attribute("aria-label", f"y2, column 5: {float(f'{trace.output[1, 4]:.6g}')}")
    expect(number(page, "head/0")).to_have_attribute("aria-label", "Head 0, switched off")
    weight = float(f"{trace.heads.weights[3, 0, 4]:.6g}")
    number(page, "head/3/w/0/4").hover()
    expect(page.locator(".hint")).to_have_text(f"Head 3, what x1 takes from x5: {weight}")


def test_the_choice_is_in_the_link_and_outlasts_a_reload(open_page: Open, figure: str) -> None:
    page = open_page(figure)
    ready(page)
    number(page, "y/4/6").click()
    expect(page).to_have_url(re.compile(r"\?row=5&column=7$"))
    number(page, "head/1/w/4/3").click()
    expect(page).to_have_url(re.compile(r"\?row=5&column=7&followed=2&pair=4$"))
    before = choice(page)
    page.reload()
    ready(page)
    assert choice(page) == before
    assert before | {"part": 0} == {"row": 4, "column": 6, "followed": 1, "pair": 3, "part": 0}
    number(page, "head/1/w/4/3").click()
    expect(page).to_have_url(re.compile(r"\?row=5&column=7$"))


SLOW_LINE = """const listen = WebSocket.prototype.addEventListener;
WebSocket.prototype.addEventListener = function (type, take, ...rest) {
  const late = event => setTimeout(() => take.call(this, event), 500);
  return listen.call(this, type, type === "message" ? late : take, ...rest);
};"""


def test_what_was_chosen_last_stays_on_screen(open_page: Open, figure: str) -> None:
    """Also where Python's answers to what was chosen before come late, over a slow line."""
    page = open_page(figure, prepare=lambda page: page.add_init_script(SLOW_LINE))
    ready(page)
    rest(page, 1_000)
    for row, column in ((0, 1), (1, 2), (4, 3)):
        number(page, f"y/{row}/{column}").click()
        rest(page, 360)  # longer than the figure waits before it tells Python
    for _ in range(15):
        assert (choice(page)["row"], choice(page)["column"]) == (4, 3)
        rest(page, 60)
    expect(page).to_have_url(re.compile(r"\?row=5&column=4$"))


@pytest.mark.parametrize("link", [("abc", "99", "99", "-1"), ("0", "-0", "0", "6"), ("²", "1e0", "5", "1000000000000")])
def test_links_that_make_no_sense_change_nothing(open_page: Open, figure: str, link: tuple[str, ...]) -> None:
    page = open_page(address(figure, dict(zip(("row", "column", "followed", "pair"), link, strict=True))))
    ready(page)
    assert choice(page) == largest(*asked_for({})[:2], 2, 0)
    expect(page.locator("[data-testid=stException], [data-testid=stAlert]")).to_have_count(0)
