"""Hidden behaviour of every page: the menu closes, Back goes one page back, and a lost connection loses no script run."""

from __future__ import annotations

import streamlit as st

from attention_core.export.bundler import bundle
from ui.components.component import component
from ui.shared.faults import RUNNING

_menu = component("regard_menu", js=bundle("menu/menu.js"))


def complete_menu() -> None:
    """Mount the component with the page's name, so that the browser notices if the reader has gone back to another page."""
    with st.container(key="unseen-menu"):
        _menu(key="menu", data={"page": st.session_state[RUNNING]}, on_again_change=lambda: None)
