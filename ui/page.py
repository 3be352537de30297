"""How every page begins."""

from __future__ import annotations

import streamlit as st

from attention_core.export.bundler import ASSETS
from ui.components.menu import complete_menu
from ui.links import begin_controls
from ui.streamlit_workarounds import complete_link, enter_through_app


def begin_page() -> None:
    """Enter through app.py, with the whole link, and take Regard's spacing."""
    enter_through_app()
    complete_link()
    begin_controls()
    st.html(ASSETS / "shared/page.css")
    complete_menu()
