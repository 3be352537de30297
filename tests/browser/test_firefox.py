"""The main job in Firefox too: the tests of other files, with another browser. `make test-firefox` runs all of theirs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright

from tests.browser.conftest import started
from tests.browser.firefox import launch_firefox
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
