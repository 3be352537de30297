"""More of the main job in Firefox, each night: links, keys and files."""

from __future__ import annotations

import pytest

from tests.browser.test_compare import test_the_link_restores_what_is_bundled
from tests.browser.test_files import page, test_files_are_what_the_core_writes_and_python_repeats_them
from tests.browser.test_firefox import browser, tabs
from tests.browser.test_your_image import (
    test_a_link_restores_everything,
    test_a_pin_stays_and_the_keys_move_it_and_go_through_the_layers,
)

__all__ = [
    "browser",
    "page",
    "tabs",
    "test_a_link_restores_everything",
    "test_a_pin_stays_and_the_keys_move_it_and_go_through_the_layers",
    "test_files_are_what_the_core_writes_and_python_repeats_them",
    "test_the_link_restores_what_is_bundled",
]
pytestmark = pytest.mark.nightly
