"""What every lesson's page does: show the lesson, confirm its numbers, go on to the next page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

import streamlit as st

from attention_core import AttentionTrace, MultiHeadTrace
from ui.components.lesson import asked_to_leave, lesson, told_of_lesson
from ui.lessons.confirmation import Heads, Projected, SelfAttention, difference

PAGES: Final = ("queries_keys_values", "multi_head", "your_image")
Told = TypeVar("Told", SelfAttention, Projected, Heads)


def show_lesson(name: str, entered: bool, read: Callable[[Mapping[str, Any]], Told]) -> Told | None:
    """The lesson of that name, whose numbers torch confirms; returns what is shown, None before the browser has told it."""
    if page := asked_to_leave(name, PAGES):
        st.switch_page(f"pages/{page}.py")
    shown = told_of_lesson(name)
    found, confirmed = _confirm(shown, read) if shown else (None, None)
    lesson(name, entered, confirmed)
    return found


def _confirm(shown: dict[str, Any], read: Callable[[Mapping[str, Any]], Told]) -> tuple[Told | None, dict[str, Any] | None]:
    """What cannot be read comes from no lesson of ours, and nobody waits for an answer to it."""
    try:
        found = read(shown)
        trace: AttentionTrace | MultiHeadTrace = found.trace()
        return found, {"serial": shown.get("serial"), "difference": difference(shown, trace)}
    except ValueError:
        return None, None
