"""Links that somebody has made by hand or that were cut short: every page opens, with defaults and at most a sentence."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from attention_core.export.view_settings import EXPLORER_NAMES
from tests.ui.pages import run_page
from ui.compare.reading import settings_of_link as compare_of_link
from ui.compare.settings import OPENING as COMPARED
from ui.explorer.state import DEFAULTS
from ui.explorer.view_state import OPENING, settings_of_link
from ui.whatif.acts import handover

PAGES: Final = ("your_image", "compare", "what_if", "atlas", "start", "self_attention", "queries_keys_values", "multi_head")
CONTROLS: Final = [*DEFAULTS, "hub", "weights"]
NAMES: Final = sorted(
    {
        *CONTROLS,
        *(f"{side}-{name}" for side in ("left", "right") for name in CONTROLS),
        *OPENING.for_explorer(),
        *EXPLORER_NAMES.values(),
        *COMPARED.for_browser(),
        *("tab", "pictures", "edits", "target", "limit", "step", "row", "x", "mask", "recipe", "embed"),
        *("atlas", "beside", "measure", "show", "order", "head", "by", "are", "of-atlas", "of-picture"),
    }
)
WORDS: Final = (
    *("", "0", "-1", "3", "999", "1000", "9" * 40, "1e999", "nan", "-0", "²", "٣", "1,2", "1,2,3,4", "999,999,999,999"),
    *("right,1,2", ",,,", "None", "true", "[]", '{"a": 1}', "<script>alert(1)</script>", "../../etc/passwd", "\0", "💥" * 50),
    *("a" * 5000, "Random heads", "Raw patches", "From the hub", "Yours", "Yours 3", "yours-²", "Cat", "8 px", "hf-hub:"),
    *("99999 px, one every 7", "abcdef12", "8.3:off;99.99:off", "swap:1,1,1,1>999,999", "8.3:t1e308", "pca", "segment-11"),
    *("rollout", "All layers", "Looked at by", "CLS", "Matrix", "Depth and outliers", "In Python", "Why this weight"),
    *("photographs", "photographs-untrained", "From an atlas", "Effect size", "By value", "8.3", "999.9999", "cat.jpg#1,2,3,4"),
)
VALUES = some.sampled_from(WORDS) | some.text(max_size=12)
LINKS = some.dictionaries(some.sampled_from(NAMES), VALUES | some.lists(VALUES, min_size=2, max_size=3), max_size=8)
SMALL: Final = {"across": "8", "left-across": "8", "right-across": "8", "model": "Raw patches"}
"""What keeps passes short, where the link does not say otherwise."""


@pytest.mark.parametrize("page", PAGES)
@given(link=LINKS)
@settings(max_examples=5)  # each runs a whole page
def test_a_page_opens_with_any_link(page: str, link: dict[str, str | list[str]]) -> None:
    shown = run_page(page, **SMALL | link)
    assert not shown.exception and not shown.error, link
    assert shown.get("bidi_component"), "the page is drawn to its end"


@given(some.dictionaries(some.sampled_from(NAMES), VALUES, max_size=8))
def test_a_link_is_read_as_far_as_it_can_be(link: dict[str, str]) -> None:
    settings_of_link(link)
    compare_of_link(link)
    handover("8.3:off").of_link(link)
