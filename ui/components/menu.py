"""What belongs to every page, unseen: how its menu closes, and what the browser's Back does."""

from __future__ import annotations

import streamlit as st

from attention_core.export.bundler import bundle

_menu = st.components.v2.component("regard_menu", js=bundle("menu/menu.js"))


def complete_menu() -> None:
    with st.container(key="unseen-menu"):
        _menu(key="menu")
