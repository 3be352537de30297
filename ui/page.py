"""How every page begins."""

from __future__ import annotations

import streamlit as st

from attention_core.export.bundler import ASSETS, bundle
from ui.links import begin_controls
from ui.streamlit_workarounds import enter_through_app

_menu = st.components.v2.component("regard_menu", js=bundle("menu/menu.js"))


def begin_page() -> None:
    """Enter through app.py and take Regard's spacing."""
    enter_through_app()
    begin_controls()
    st.html(ASSETS / "shared/page.css")
    with st.container(key="unseen-menu"):
        _menu(key="menu")
