"""The browser reads a list of changes as the core does: both accept a text or both refuse it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as some

from attention_core.export.bundler import text as asset
from attention_core.interventions.changes import Changes, parse_changes
from tests.interventions.test_changes import PICTURES, TEXT
from tests.interventions.test_edits import EDITS
from tests.js.node import called_each

CHANGES: Final = some.builds(Changes, some.lists(EDITS, max_size=3).map(tuple), some.lists(PICTURES, max_size=2).map(tuple))
NEAR: Final = (
    *(
        "none",
        "",
        ";",
        "none;",
        "6.3",
        "6.3:off;",
        "06.03:off",
        "6.3+3:off",
        "6.3+:off",
        "6.*:t0.50",
        "6.*:t0",
        "6.*:t100.0001",
    ),
    *("6.*:t0.01", "6.*:t0.009", "6.1:in1,2,0,3", "6.1:in01,2,3,4", "6.1:in1,2,3", "1000.1:off", "6.1000:off", "blur:1,2,3,4"),
    *("blur:1,2,3,0", "blur:1,2,3,4>5,6", "swap:1,2,3,4", "swap:1,2,3,4>5,6", "constructor:1,2,3,4", "blur", "6.3:off\n"),
    *("٣.1:off", "6.1:t" + "9" * 40, "6.1:t0." + "3" * 20, "6.1:t0." + "3" * 21, "6.3:off;" * 512, "6.3:off;" * 513),
)


def damaged(text: str, at: int, letter: str) -> str:
    at %= len(text) + 1
    return text[:at] + letter + text[at + 1 :]


TEXTS: Final = some.one_of(
    CHANGES.map(str),
    some.builds(damaged, CHANGES.map(str), some.integers(0, 200), some.sampled_from("0159.:+*;,>-tinof ")),
    some.text(max_size=12),
)


def core(text: str) -> Changes | None:
    try:
        return parse_changes(text)
    except ValueError:
        return None


def agree(texts: Sequence[str]) -> None:
    read = called_each("edits/acts_text.js", "parsedActs", [[text] for text in texts])
    for text, acts in zip(texts, read, strict=True):
        assert (acts is None) == (core(text) is None), text
    known = [(text, acts) for text, acts in zip(texts, read, strict=True) if acts is not None]
    written = called_each("edits/acts_text.js", "writtenActs", [[acts] for _, acts in known])
    for (text, _), again in zip(known, written, strict=True):
        assert core(again) == core(text), text


def test_texts_that_are_nearly_a_list() -> None:
    agree([TEXT, *NEAR])


@given(some.lists(TEXTS, min_size=20, max_size=30))
@settings(max_examples=12)  # each example calls Node twice
def test_any_text(texts: list[str]) -> None:
    agree(texts)


def test_the_core_knows_every_change_of_a_click_on_a_head() -> None:
    kinds = re.findall(r'^  "?([a-z][\w.]*)"?: \{ title', asset("heads_to_edit/heads_to_edit.js"), re.MULTILINE)
    assert len(kinds) == 7
    agree([f"3.1:{kind}{'1,2,3,4' if kind in ('in', 'out') else ''}" for kind in kinds])
    assert all(core(f"3.1:{kind}{'1,2,3,4' if kind in ('in', 'out') else ''}") for kind in kinds)
