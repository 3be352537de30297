"""A lesson: its figure, its steps, its tasks and all its numbers. The browser owns and computes them; assets/lesson/ draws."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

import streamlit as st

from attention_core.export.bundler import bundle, text
from ui.components.component import component
from ui.components.told import told

_LINKS: Final = "lesson_links"
_VISITS: Final = "lesson_visits"
_LONGEST_LINK: Final = 20_000
LESSON_STYLES: Final = (
    "shared/roles.css",
    "figure/figure.css",
    "matrix_table/matrix_table.css",
    "lesson/plane.css",
    "lesson/lesson.css",
)

_lesson = component(
    "regard_lesson",
    html='<div class="regard-lesson-place"></div>',
    css="".join(map(text, (*LESSON_STYLES, "lesson/print.css"))),
    js=bundle("lesson/lesson.js"),
)


def lesson(name: str, entered: bool, confirmed: dict[str, Any] | None) -> None:
    """The lesson of that name (assets/lesson/lessons.js).

    entered: whether the reader has just come to the page; then the lesson opens with the page's link, or else as it was left.
    confirmed: what Python found of the numbers that were told last: their serial, and the largest difference.
    """
    visits = st.session_state.setdefault(_VISITS, {})
    if entered or name not in visits:
        asked = urlencode({key: st.query_params.get_all(key) for key in st.query_params}, doseq=True)
        number = visits.get(name, {}).get("visit", 0) + 1
        visits[name] = {"visit": number, "link": asked or left_link(name)}
    _lesson(
        key=name,
        data={"lesson": name, **visits[name], "confirmed": confirmed},
        on_shown_change=lambda: None,
        on_leave_change=lambda: None,
    )


def told_of_lesson(name: str) -> dict[str, Any] | None:
    """What the browser shows, as it told it last; from the browser, so check it. None before it told anything."""
    shown = told(name, "shown")
    if not isinstance(shown, dict):
        return None
    link = shown.get("link")
    if isinstance(link, str) and len(link) <= _LONGEST_LINK:
        st.session_state.setdefault(_LINKS, {})[name] = link
    return shown


def left_link(name: str) -> str:
    """What the lesson's link said when it was last told; "" before."""
    links: dict[str, str] = st.session_state.get(_LINKS, {})
    return links.get(name, "")


def asked_to_leave(name: str, pages: tuple[str, ...]) -> str | None:
    """The one of these pages for which the reader leaves the lesson; None where they stay."""
    page = told(name, "leave")
    return page if page in pages else None
