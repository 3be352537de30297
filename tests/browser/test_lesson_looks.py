"""The lessons at every size, in both themes, without a mouse, in a lecture: figure and what changes it are seen together."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import screenshot
from tests.browser.lesson_looks import FADE_MS, apart, cut, left_to_the_panel, smallest, stops
from tests.browser.lessons import LESSONS, choose, ready, step, tab_to, visit, walk
from tests.browser.matrix import has, place, values
from tests.browser.serving import PHONE
from tests.browser.tabs import Tabs
from tests.browser.waiting import frame, rest

pytestmark = pytest.mark.nightly

Open = Callable[..., Page]
SIZES: Final = {
    "phone": (390, 844),
    "tablet": (768, 1024),
    "laptop": (1280, 720),
    "desktop": (1440, 900),
    "projector": (1920, 1080),
    "laptop at 150 %": (853, 480),
}
SMALL: Final = ("phone", "laptop")
DIGITS: Final = 11
DIGITS_OF_A_LECTURE: Final = 18
LETTERS_OF_A_LECTURE: Final = 16
"""px of digits in cells, and of names and headings"""
MOST_STOPS: Final = 45
FOR_THE_PANEL: Final = 0.4


@pytest.fixture(scope="module", params=LESSONS)
def lesson(request: pytest.FixtureRequest, tabs: Tabs, server: str) -> Iterator[Page]:
    """One of the lessons, opened once, without animations and without hints."""
    with tabs.lend(reduced_motion="reduce") as page:
        visit(page, server, request.param)
        while (close := page.locator(".term-hint .close")).count():
            close.first.click()
        yield page


def resize(page: Page, size: str) -> None:
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    frame(page)
    rest(page, 100)


@pytest.mark.parametrize("size", SIZES)
def test_figure_and_what_is_edited_are_seen_together_and_nothing_is_cut(lesson: Page, size: str) -> None:
    resize(lesson, size)
    for at in (1, 6) if size in SMALL else (6,):
        step(lesson, at)
        assert cut(lesson) == []
        assert smallest(lesson) >= DIGITS
    assert apart(lesson) == []
    name = lesson.locator(".regard-lesson").get_attribute("data-lesson")
    screenshot(lesson, f"{name}-{size.replace(' ', '-')}")
    if size == "phone":
        assert left_to_the_panel(lesson) >= FOR_THE_PANEL


@pytest.mark.parametrize("size", SMALL)
def test_eight_heads_and_the_plane_fit_as_well(tab: Page, server: str, size: str) -> None:
    visit(tab, server, "multi_head", pieces="8", step="6")
    resize(tab, size)
    assert cut(tab) == []
    assert smallest(tab) >= DIGITS
    visit(tab, server, "self_attention", vectors="Words in 2-D", weights="Softmax", step="6")
    tab.get_by_role("radio", name="x in the plane").click()
    expect(tab.locator(".plane svg")).to_be_visible()
    assert cut(tab) == []


def test_a_phone_that_is_touched_keeps_figure_and_table_in_sight(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/multi_head?step=6", viewport=PHONE, has_touch=True, reduced_motion="reduce")
    ready(page)
    assert cut(page) == []
    assert apart(page) == []
    assert left_to_the_panel(page) >= FOR_THE_PANEL
    choose(page, "Each head reads", "all of x")
    assert cut(page) == []


def test_a_cell_without_a_digit_says_its_number(lesson: Page) -> None:
    resize(lesson, "phone")
    step(lesson, 6)
    rest(lesson, FADE_MS)
    mute = lesson.locator("svg.toy g[data-value]:not(:has(text:not(:empty)))").filter(visible=True)
    cells = mute.evaluate_all("cells => cells.map(cell => [cell.dataset.name, cell.dataset.value, cell.ariaLabel ?? ''])")
    assert len(cells) > 50
    for name, value, label in cells:
        assert not label or numbers_of(label)[-1] == pytest.approx(float(value), abs=0.0005), name
    for name, value, _ in cells[:: len(cells) // 4]:
        lesson.locator(f'svg.toy [data-name="{name}"]').hover()
        frame(lesson)
        said = numbers_of(lesson.locator(".pointed").inner_text())
        assert pytest.approx(float(value), abs=0.0005) in said, name
    assert cut(lesson) == []


def numbers_of(said: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", said)]


def test_a_lecture(lesson: Page) -> None:
    resize(lesson, "projector")
    step(lesson, 6)
    lesson.get_by_role("button", name="Present").click()
    for at in (6, 5):
        expect(lesson.locator(".regard-lesson")).to_have_attribute("data-step", str(at))
        assert cut(lesson) == []
        assert smallest(lesson, "[data-value] text") >= DIGITS_OF_A_LECTURE
        assert smallest(lesson) >= LETTERS_OF_A_LECTURE
        lesson.keyboard.press("ArrowLeft")
    expect(lesson.locator("section.panel")).to_be_hidden()
    assert violations(lesson) == []
    lesson.keyboard.press("Escape")
    expect(lesson.locator("section.panel")).to_be_visible()
    lesson.get_by_role("button", name="Present").click()
    expect(lesson.locator("section.panel")).to_be_hidden()
    lesson.get_by_role("button", name="Leave").click()
    expect(lesson.locator("section.panel")).to_be_visible()


def test_axe_finds_nothing_on_a_phone(lesson: Page) -> None:
    """Of large windows, in both themes: test_every_page.py."""
    resize(lesson, "phone")
    assert violations(lesson) == []


def test_tab_stops_seldom_and_shows_where_it_is(lesson: Page) -> None:
    resize(lesson, "laptop")
    tables = stops(lesson)
    assert len(tables) > 4 and set(tables.values()) == {1}, tables
    lesson.mouse.click(640, 5)  # Tab begins where one clicked last
    reached, unseen = walk(lesson)
    assert unseen == []
    first = next(at for at, name in enumerate(reached) if name.startswith("Task 1"))
    assert 25 < reached.index("Start over") - first < MOST_STOPS


def test_without_a_mouse(tab: Page, server: str) -> None:
    visit(tab, server, "self_attention", weights="Softmax", step="1")
    resize(tab, "laptop")
    x = values(tab, "X")
    tab_to(tab, name="One step on")
    tab.keyboard.press("Enter")
    expect(tab.locator(".regard-lesson")).to_have_attribute("data-step", "4")  # nothing is scaled or masked
    tab_to(tab, name="x1, number 1: 1")
    tab.keyboard.press("Alt+ArrowUp")
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("Enter")
    tab.keyboard.insert_text("2")
    tab.keyboard.press("Enter")
    x[0, 0], x[0, 1] = 1.1, 2
    has(tab, "X", x)
    tab_to(tab, name="x3 may look at x1")
    tab.keyboard.press("Space")
    expect(place(tab, "W").locator(".blocked")).to_have_count(1)
    tab_to(tab, name="x1, column 1")
    tab.keyboard.press("ControlOrMeta+a")
    tab.keyboard.insert_text("7")
    tab.keyboard.press("Enter")
    x[0, 0] = 7
    has(tab, "X", x)
    tab_to(tab, name="Undo", back=True)
    tab.keyboard.press("Enter")
    x[0, 0] = 1.1
    has(tab, "X", x)


def test_who_wants_no_motion_gets_none(tab: Page, server: str) -> None:
    visit(tab, server, "self_attention")
    moves = "groups => groups.some(group => parseFloat(getComputedStyle(group).transitionDuration) > 0)"
    assert not tab.locator(".toy g").evaluate_all(moves)
    tab.emulate_media(reduced_motion="no-preference")
    assert tab.locator(".toy g").evaluate_all(moves)
    tab.emulate_media(reduced_motion="reduce")
