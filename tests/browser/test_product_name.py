"""The name at the top of every page; test_every_page.py has each of them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.held_scripts import HeldScripts
from tests.browser.lessons import ready
from tests.browser.matrix import type_into
from tests.browser.serving import PHONE, ROOT
from tests.browser.themes import GROUNDS
from tests.browser.waiting import LATE_CLICKS, answered

Open = Callable[..., Page]
LEGIBLE = 4
"""Contrast; WCAG asks 3 of letters of this size."""


def test_the_name_leads_to_start(open_page: Open, server: str) -> None:
    page = open_page(f"{server}/self_attention?mask=Causal", viewport=PHONE)
    answered(page)
    expect(page.get_by_test_id("stHeaderLogo")).to_be_in_viewport(ratio=1)
    page.get_by_test_id("stHeaderLogo").click()
    arrived_at_start(page, server)


@pytest.mark.parametrize(("ours_is_there", "late"), [(False, 2000), (True, 6000)])
def test_who_leaves_a_page_is_not_held_by_what_it_has_to_say(
    open_page: Open, server: str, ours_is_there: bool, late: int
) -> None:
    """The lesson tells Python of its numbers soon after it is there, and of the page that was left."""
    held: list[HeldScripts] = []

    def prepare(page: Page) -> None:
        page.add_init_script(f"({LATE_CLICKS})({late})")
        held.append(HeldScripts(page))

    page = open_page(f"{server}/self_attention?mask=Causal", prepare=prepare)
    logo = page.get_by_test_id("stHeaderLogo")
    if ours_is_there:
        held[0].release()
        ready(page)
        type_into(page, "X", "x1, column 1", "3")  # of which the lesson tells in a moment
    logo.click()
    if not ours_is_there:
        held[0].release()
    arrived_at_start(page, server)


def arrived_at_start(page: Page, server: str) -> None:
    expect(page).to_have_title("Start · Regard")
    page.wait_for_url(f"{server}/")


def test_the_name_is_legible_on_both_grounds() -> None:
    letters = re.findall(r'fill="(#\w{6})"', (ROOT / "assets/wordmark.svg").read_text())[-1]
    for ground in GROUNDS.values():
        light, dark = sorted((luminance(channels(letters)), luminance(channels(ground))), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= LEGIBLE, ground


def channels(colour: str) -> list[float]:
    """Of "#rrggbb" or "rgb(r, g, b)", from 0 to 1."""
    hexadecimal = colour.startswith("#")
    return [int(part, 16 if hexadecimal else 10) / 255 for part in re.findall(r"\w\w" if hexadecimal else r"\d+", colour)]


def luminance(of: list[float]) -> float:
    """As WCAG defines it."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in of]
    return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
