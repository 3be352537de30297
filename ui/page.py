"""How every page begins."""

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
    """Enter through app.py, with the whole link, and take Regard's spacing; true where the reader has just come to the page.

    Within another site's page the heart of this one fills the frame.
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
