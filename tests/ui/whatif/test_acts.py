"""What a link and a browser may say of changes."""

from __future__ import annotations

import re
from typing import Any

import pytest

from attention_core.export.bundler import text
from attention_core.interventions.changes import parse_changes
from ui.whatif.acts import handover


def test_what_the_buttons_write_is_written_alike_here() -> None:
    """Or the page would wait for ever for the answer to what it asked."""
    kinds = re.findall(r'^  "?([a-z][\w.]*)"?: \{ title', text("heads_to_edit/heads_to_edit.js"), re.MULTILINE)
    assert len(kinds) == 7
    for kind in kinds:
        written = f"3.1:{kind}{'1,2,3,4' if kind in ('in', 'out') else ''}"
        assert str(parse_changes(written)) == written


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"edits": "6.3:off"}, {"edits": "6.3:off"}),
        ({"edits": ""}, {"edits": "none"}),
        ({"edits": "none", "target": "207"}, {"edits": "none", "target": 207}),
        ({"edits": "6.3:on", "target": "-1"}, {}),
        ({"target": "10000000"}, {}),
        ({"limit": "0.125"}, {"limit": 0.125}),
        ({"limit": "nan"}, {}),
        ({"limit": "-1"}, {}),
        ({"limit": "all"}, {}),
    ],
)
def test_of_a_link_what_cannot_be_read_is_left_out(said: dict[str, str], found: dict[str, Any]) -> None:
    assert handover("8.3:off").of_link(said) == found


@pytest.mark.parametrize(
    "told",
    [
        {"edits": 3},
        {"edits": ["6.3:off"]},
        {"target": True},
        {"target": 1.5},
        {"limit": True},
        {"limit": 3},
        {"edits": "x" * 9999},
    ],
)
def test_of_a_browser_what_is_no_setting_is_left_out(told: dict[str, Any]) -> None:
    assert handover("8.3:off").of_browser(told) == {}
