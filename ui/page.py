"""The beginning of every page."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

import streamlit as st

from attention_core.export.bundler import ASSETS
from ui.components.embedded import is_embedded, link_to_whole_page
from ui.components.menu import complete_menu
from ui.orders import note_arrival
from ui.streamlit_workarounds import complete_link, enter_through_app

_PAGE: Final = "page_shown"


def begin_page() -> bool:
    """Begin a page: enter through app.py, complete the link, and load Regard's styles.

    Return True if the reader has just opened the page. On an embedded page, the main part fills the frame.
    """
    enter_through_app()
    complete_link()
    st.html(ASSETS / "page/page.css")
    if is_embedded():
        st.html(ASSETS / "page/embed.css")
        link_to_whole_page()
    complete_menu()
    page = urlsplit(st.context.url or "").path
    entered = st.session_state.get(_PAGE) != page
    if entered:
        note_arrival(by_link=_PAGE not in st.session_state and bool(st.query_params))
    st.session_state[_PAGE] = page
    return entered
