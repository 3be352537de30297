"""What belongs to every page, unseen: how its menu closes, and what the browser's Back does."""

from __future__ import annotations

from typing import Final

import streamlit as st

from attention_core.export.bundler import bundle

RUNNING: Final = "page_that_runs"
_menu = st.components.v2.component("regard_menu", js=bundle("menu/menu.js"))


def complete_menu() -> None:
    """On the page that app.py runs; the browser tells by its name whether the reader has gone back to another meanwhile."""
    with st.container(key="unseen-menu"):
        _menu(key="menu", data=None if (page := st.session_state.get(RUNNING)) is None else {"page": page})
