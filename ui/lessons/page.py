"""The script of every lesson's page: it shows the lesson and leads to the next page."""

from __future__ import annotations

from typing import Final

import streamlit as st

from ui.components.lesson import asked_to_leave, lesson
from ui.contents import LESSONS, PAGES

PAGES_AFTER: Final = tuple(each.name for each in (*LESSONS, *PAGES))


def show_lesson(name: str, entered: bool) -> None:
    """Show the lesson of that name, or open the page that the reader has chosen next."""
    if page := asked_to_leave(name, PAGES_AFTER):
        st.switch_page(f"pages/{page}.py")
    lesson(name, entered)
