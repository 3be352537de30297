"""Everything in which Regard needs more of Streamlit than its public API gives, as of 1.67: on the server's side.

What the browser's side needs stands in assets/streamlit/. tests/browser/test_streamlit_workarounds.py notices when one is no
longer needed or no longer works.
"""

from __future__ import annotations

import logging
from urllib.parse import parse_qs

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ui.shared.faults import RUNNING


def enter_through_app() -> None:
    """Start again through app.py if Streamlit ran a file of pages/ by itself.

    It does so until `st.navigation` was called once in the process, because a folder of that name used to be its own way to
    build apps of several pages. Without this the first visitors by deep link would get neither the page's width nor its menu;
    several may come at once, and each asks whether app.py has run for it.
    """
    if RUNNING not in st.session_state:
        PagesManager.uses_pages_directory = False
        st.rerun()


def complete_link() -> None:
    """After Back or Forward: what the page's link says and Streamlit took out of it; call it before the page's widgets.

    It takes out what a widget of the page that was left is tied to, also where a widget of this page has the same name.
    """
    run = get_script_run_ctx()
    if run is None or not run.is_history_navigation:
        return
    lost = {name: values for name, values in parse_qs(run.query_string).items() if name not in st.query_params}
    if lost:
        st.query_params.update(lost)
        with run.session_state.query_params() as parameters:
            parameters.set_initial_query_params_from_current()  # what widgets begin with


def keep_messages_out_of_the_log() -> None:
    """Where a server's on_script_error says what has failed: Streamlit logs the error first, and its message may name files."""
    logging.getLogger("streamlit.error_util").addFilter(lambda record: record.exc_info is None)
