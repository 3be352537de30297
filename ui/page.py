"""How every page begins."""

from __future__ import annotations

import time
from typing import Final

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from attention_core.web_assets import ASSETS, bundle
from ui.links import begin_controls

HEAD_START_SECONDS: Final = 0.04

_menu = st.components.v2.component("regard_menu", js=bundle("menu/menu.js"))


def begin_page() -> None:
    """Enter through app.py and take Regard's spacing."""
    _enter_through_app()
    begin_controls()
    st.html(ASSETS / "shared/page.css")
    with st.container(key="unseen-menu"):
        _menu(key="menu")


def let_be_drawn() -> None:
    """The figure that was just made, before a chart that follows: what comes to the browser together is drawn together, and a
    chart takes longer.
    """
    time.sleep(HEAD_START_SECONDS)


def _enter_through_app() -> None:
    """Start again through app.py if Streamlit ran a file of pages/ by itself.

    It does so until `st.navigation` was called once in the process, because a folder of that name used to be its own way to
    build apps of several pages. Without this the first visitor by deep link would get neither the page's width nor its menu.
    """
    if PagesManager.uses_pages_directory:
        PagesManager.uses_pages_directory = False
        st.rerun()
