"""A lesson: its figure, its steps, its tasks and its numbers. The browser computes them, and assets/lesson/ draws them."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

import streamlit as st

from attention_core.export.bundler import bundle, text
from ui.components.component import component, component_in
from ui.components.told import told

_VISITS: Final = "lesson_visits"
LESSON_STYLES: Final = (
    "figures/roles.css",
    "lesson_figure/figure.css",
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
_files = component_in("lesson_files", "regard_lesson_files")


def lesson(name: str, entered: bool) -> None:
    """Show the lesson of that name (assets/lesson/lessons.js).

    entered: True if the reader has just opened the page. Then the lesson follows the page's link; else it stays as it is.
    """
    visits = st.session_state.setdefault(_VISITS, {})
    if entered or name not in visits:
        link = urlencode({key: st.query_params.get_all(key) for key in st.query_params}, doseq=True)
        visits[name] = {"visit": visits.get(name, {}).get("visit", 0) + 1, "link": link}
    _lesson(key=_key(name), data={"lesson": name, **visits[name]}, on_leave_change=lambda: None)


def _key(name: str) -> str:
    """Return the component's key. assets/page/embed.css finds lessons by this key."""
    return f"lesson-{name}"


def asked_to_leave(name: str, pages: tuple[str, ...]) -> str | None:
    """Return the page that the reader has chosen to open next; None if they stay."""
    page = told(_key(name), "leave")
    return page if page in pages else None


def lesson_files(name: str) -> None:
    """Show buttons that export the lesson of that name. ui/lessons/kinds.py makes the files."""
    _files(key=f"{name}-files", data={"lesson": name})
