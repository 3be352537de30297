"""Links that somebody has made by hand or that were cut short: every page opens, with defaults and at most a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from tests.ui.link_parameters import READERS, every, read_together
from tests.ui.link_values import JUNK, UNDERSTOOD, links, repeated
from tests.ui.pages import run_page
from ui.contents import LESSONS, PAGES
from ui.links import whole
from ui.whatif.acts import handover

NAMES: Final = ("start", *(each.name for each in (*PAGES, *LESSONS)))
SMALL: Final = {"across": "8", "left-across": "8", "right-across": "8", "model": "Raw patches"}
"""What keeps passes short, where the link does not say otherwise."""
ACTS: Final = handover("8.3:off")
KNOWN: Final = {
    *("across", "left-hub", "right-weights", "pictures", "edits", "limit", "step", "mask", "recipe", "embed", "atlas", "are"),
    *("radius", "cells", "pair", "done", "order", "positions", "width", "X", "Wq", "bv", "Z", "entries", "Wq1.4s", "W0"),
}
"""Of every kind in which a page takes one some."""


def test_the_parameters_are_found_in_the_code() -> None:
    """`every` itself raises where a page takes one in a way that it does not understand."""
    assert set(every()) >= KNOWN
    assert set(every()) >= set(UNDERSTOOD), "values of parameters that there are not"


def open_page(page: str, link: dict[str, str | list[str]]) -> None:
    shown = run_page(page, **SMALL | link)
    assert not shown.exception and not shown.error, link
    assert shown.get("bidi_component"), "the page is drawn to its end"


@pytest.mark.parametrize("page", NAMES)
@given(link=repeated())
@settings(max_examples=5)  # each runs a whole page
def test_a_page_opens_with_any_link(page: str, link: dict[str, str | list[str]]) -> None:
    open_page(page, link)


@pytest.mark.nightly
@pytest.mark.parametrize("page", NAMES)
@given(link=repeated())
@settings(max_examples=40)
def test_a_page_opens_with_any_of_many_links(page: str, link: dict[str, str | list[str]]) -> None:
    open_page(page, link)


def told_again(found: Mapping[str, Any]) -> dict[str, Any]:
    """What the browser tells after it was handed what a link said."""
    return ACTS.of_browser(ACTS.written(replace(ACTS.opening, **found)))


@pytest.mark.parametrize("reader", READERS)
def test_what_is_read_of_a_link_is_a_setting(reader: str) -> None:
    @given(links(tuple(sorted(read_together()[reader]))))
    @settings(max_examples=100)
    def holds(link: dict[str, str]) -> None:
        found = READERS[reader](link)
        again = told_again(found)
        assert {name: again[name] for name in found} == found

    holds()


@given(some.sampled_from(JUNK) | some.text(max_size=4) | some.integers().map(str))
@settings(max_examples=400)
def test_a_whole_number_is_read_within_its_limits(text: str) -> None:
    assert whole(text, 3, 20) in (None, *range(3, 21))
