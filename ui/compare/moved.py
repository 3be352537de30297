"""The tab "How far they moved": a table of heads and layers."""

from __future__ import annotations

import streamlit as st

from attention_core.export.bundler import text
from ui.compare.movement import why_not
from ui.components.moved import moved_table
from ui.recording import Recording


def show_movement(left: Recording, right: Recording, key: str) -> None:
    """Show the table for the comparison of that key, or why it does not exist."""
    if reason := why_not(left, right):
        st.markdown(reason)
    elif left.large:
        st.markdown(text("texts/too_many_to_measure.md"))
    else:
        st.markdown(text("texts/moved.md"))
        moved_table(key)
