"""What every lesson's page does: show the lesson, and go on to the next page."""

from __future__ import annotations

from typing import Final

import streamlit as st

from ui.components.lesson import asked_to_leave, lesson

PAGES: Final = ("queries_keys_values", "multi_head", "your_image")


def show_lesson(name: str, entered: bool) -> None:
    """The lesson of that name, which the browser computes and owns."""
    if page := asked_to_leave(name, PAGES):
        st.switch_page(f"pages/{page}.py")
    lesson(name, entered)
