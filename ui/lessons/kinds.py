"""Kinds of data about a lesson: whether torch confirms its numbers, its Python program, and the lesson as one file.

The request contains all inputs, so no kind needs a lease.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ui.contents import LESSONS
from ui.data.answers import Answer, Kind, download, number
from ui.data.asked import word
from ui.lessons.confirmation import (
    VERSIONS,
    Heads,
    Projected,
    SelfAttention,
    difference,
    read_heads,
    read_projected,
    read_self_attention,
)
from ui.lessons.snippets import multi_head_snippet, qkv_snippet, self_attention_snippet
from ui.lessons.standalone import standalone_lesson

Shown = SelfAttention | Projected | Heads
READERS: Final[dict[str, Callable[[Mapping[str, Any]], Shown]]] = {
    "plain": read_self_attention,
    "projected": read_projected,
    "heads": read_heads,
}
"""Readers of a request, by the lesson's arithmetic."""
TITLES: Final = {lesson.name: lesson.title for lesson in LESSONS}
_ARITHMETIC: Final = {lesson.name: lesson.arithmetic for lesson in LESSONS}
LONGEST_LINK: Final = 20_000


@dataclass(frozen=True)
class Report:
    """A lesson's inputs from the browser. `told` also holds the weights and outputs that the browser has computed."""

    shown: Shown
    told: Mapping[str, Any]


def _read(_leased: None, asked: Mapping[str, Any]) -> Report:
    return Report(READERS[_ARITHMETIC[_lesson_of(asked)]](asked), asked)


def _lesson_of(asked: Mapping[str, Any]) -> str:
    return word(asked, "lesson", tuple(TITLES))


def _confirm(_leased: None, report: Report, _result: None) -> Answer:
    """Answer with the largest difference; None if torch cannot compute these numbers, or if the shapes differ."""
    try:
        return Answer({"difference": number(difference(report.told, report.shown.trace()))})
    except ValueError:
        return Answer({"difference": None})


def _program(_leased: None, report: Report, _result: None) -> Answer:
    return Answer({"code": program_of(report.shown)})


def program_of(shown: Shown) -> str:
    """Return a program that computes the lesson's numbers."""
    if isinstance(shown, SelfAttention):
        return self_attention_snippet(shown.x, shown.mask, **VERSIONS[shown.version])
    if isinstance(shown, Projected):
        return qkv_snippet(shown.x, shown.z, shown.made, shown.mask)
    return multi_head_snippet(shown.layer, shown.x, shown.mask, shown.heads_on)


def _read_page(_leased: None, asked: Mapping[str, Any]) -> tuple[str, str]:
    lesson, link = _lesson_of(asked), asked.get("link")
    if not isinstance(link, str) or len(link) > LONGEST_LINK:
        raise ValueError(f"expected a link of at most {LONGEST_LINK} characters")
    return lesson, link


def _page(_leased: None, asked: tuple[str, str], _result: None) -> Answer:
    lesson, link = asked
    page = standalone_lesson(TITLES[lesson], lesson, link)
    return download(page, f"{lesson.replace('_', '-')}.html", "text/html")


KINDS: Final = {
    "confirm": Kind(_confirm, _read, of=None),
    "lesson-program": Kind(_program, _read, of=None),
    "lesson-page": Kind(_page, _read_page, of=None),
}
