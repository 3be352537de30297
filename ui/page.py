"""How every page begins."""

from __future__ import annotations

import streamlit as st

from attention_core.export.bundler import ASSETS
from ui.components.menu import complete_menu
from ui.links import begin_controls
from ui.streamlit_workarounds import enter_through_app


def begin_page() -> None:
    """Enter through app.py and take Regard's spacing."""
    enter_through_app()
    begin_controls()
    st.html(ASSETS / "shared/page.css")
    complete_menu()
