"""The main job in Firefox too: the tests of other files, with another browser. `make test-firefox` runs them all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright

from tests.browser.conftest import started
from tests.browser.firefox import launch_firefox
from tests.browser.reader import emulate, tap_on
from tests.browser.tabs import Tabs
from tests.browser.test_lessons import test_a_first_visit_is_led_from_dot_products_to_the_next_lesson
from tests.browser.test_your_image import (
    model,
    photograph,
    test_an_uploaded_photograph_shows_the_models_own_weights_and_hovering_asks_nobody,
)

__all__ = [
    "model",
    "photograph",
    "test_a_first_visit_is_led_from_dot_products_to_the_next_lesson",
    "test_an_uploaded_photograph_shows_the_models_own_weights_and_hovering_asks_nobody",
]


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    with started(launch_firefox, playwright) as running:
        yield running


@pytest.fixture(scope="module")
def tabs(browser: Browser) -> Tabs:
    return Tabs(browser)


def test_it_is_firefox(browser: Browser) -> None:
    assert browser.browser_type.name == "firefox"


PAGE = """<!doctype html><title>reader</title>
<style>body { margin: 0; height: 3000px } button { position: absolute; top: 300px }</style>
<button>press</button><script>
globalThis.heard = [];
for (const kind of ["pointerdown", "pointerup", "click"])
  addEventListener(kind, ({ type, pointerType }) => heard.push(`${type} ${pointerType}`));
</script>"""
WISHES = """["(prefers-color-scheme: dark)", "(prefers-reduced-motion: reduce)", "print", "(pointer: coarse)", "(hover: hover)"]
  .filter(query => matchMedia(query).matches)"""


def test_pages_take_the_wishes_of_a_reader_as_in_chromium(tabs: Tabs, tmp_path: Path) -> None:
    file = tmp_path / "reader.html"
    file.write_text(PAGE)
    with tabs.lend(file.as_uri()) as page:
        assert page.evaluate(WISHES) == ["(hover: hover)"]
        emulate(page, media="print")
        assert page.evaluate(WISHES) == ["print", "(hover: hover)"]
    with tabs.lend(file.as_uri(), color_scheme="dark", reduced_motion="reduce", has_touch=True) as page:
        assert page.evaluate(WISHES) == [
            "(prefers-color-scheme: dark)",
            "(prefers-reduced-motion: reduce)",
            "(pointer: coarse)",
        ]
        page.reload()
        emulate(page, color_scheme="light", reduced_motion="no-preference")
        assert page.evaluate(WISHES) == ["(pointer: coarse)"]


def test_fingers_and_pointers_reach_what_is_in_sight_and_scroll_nothing(tabs: Tabs, tmp_path: Path) -> None:
    file = tmp_path / "reader.html"
    file.write_text(PAGE)
    with tabs.lend(file.as_uri(), viewport={"width": 500, "height": 400}) as page:
        page.get_by_role("button").click()
        tap_on(page.get_by_role("button"))
        page.wait_for_function("heard.length === 6")
        kinds = ("pointerdown", "pointerup", "click")
        assert page.evaluate("heard") == [f"{kind} {finger}" for finger in ("mouse", "touch") for kind in kinds]
        assert page.evaluate("scrollY") == 0
