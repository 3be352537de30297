"""The unseen behaviour of every page: its menu closes, Back goes one page back, a cut line loses no run of the script."""

from __future__ import annotations

import streamlit as st

from attention_core.export.bundler import bundle
from ui.components.component import component
from ui.shared.faults import RUNNING

_menu = component("regard_menu", js=bundle("menu/menu.js"))


def complete_menu() -> None:
    """On the page that app.py runs; the browser tells by its name whether the reader has gone back to another meanwhile."""
    with st.container(key="unseen-menu"):
        _menu(key="menu", data={"page": st.session_state[RUNNING]}, on_again_change=lambda: None)
